"""Why there is no session: a smallest set of atoms that leaves none.

Every conceivable session σ of the workshop breaks a set of atoms V(σ). A set F of atoms *explains* that none
is right when each V(σ) shares an atom with F, and it is irreducible when each of its atoms is the only one
that some V(σ) shares with F: a minimal hitting set (Reiter 1987). Two steps find one:

1. By rules: the fewest rules whose atoms together explain it. A smallest hitting set of the rules broken by
   the sessions known so far is proposed; either it explains, or there is a session that it does not hit,
   which is known from now on (Ignatiev, Previti, Liffiton and Marques-Silva 2015).
2. By atoms: of these rules' atoms an irreducible set, by dividing them (QuickXplain, Junker 2004).

Whether there is a session that breaks none of some atoms is decided by composing one, with all others waived.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from itertools import combinations

from solver.schedule import Session
from solver.standing.atoms import Atom
from solver.standing.bits import numbers
from solver.standing.broken import broken
from solver.standing.case import Case
from solver.standing.compose import Composer, Known
from solver.standing.sites import Site

Found = tuple[Site, int, list[str], list[str]]


class Conflict:
    """The search for what forbids a workshop."""

    def __init__(self, case: Case, composer: Composer) -> None:
        self.case, self.composer = case, composer
        self.atoms = case.atoms
        self._broken: list[frozenset[Atom]] = []  # by the sessions known
        self.questions = 0

    def smallest(self) -> tuple[Atom, ...] | None:
        """A smallest explanation; `None` where there is a right session."""
        if not self.explains(self.atoms):
            return None
        by_rule: dict[str, list[Atom]] = {}
        for atom in self.atoms:
            by_rule.setdefault(atom.rule, []).append(atom)
        rules = self._fewest(by_rule)
        return tuple(self._irreducible([atom for rule in rules for atom in by_rule[rule]]))

    def explains(self, atoms: Collection[Atom]) -> bool:
        """Whether every conceivable session breaks one of these atoms."""
        imposed = frozenset(atoms)
        if any(imposed.isdisjoint(broken) for broken in self._broken):
            return False
        self.questions += 1
        found = self._found(imposed)
        if found is None:
            return True
        site, start, team, seats = found
        cost = self.composer.cost(site, team, seats)
        self._broken.append(broken(self.case, site, start, team, seats, cost))
        return False

    def session_without(self, atoms: Collection[Atom]) -> Session | None:
        """A session that breaks none of these atoms, whatever else; `None` where they explain."""
        found = self._found(frozenset(atoms))
        return self.composer.composed(*found).session if found else None

    def _found(self, imposed: frozenset[Atom]) -> Found | None:
        waived = frozenset(self.atoms) - imposed
        for site in self.case.sites:
            starts = self.case.open(site, waived)
            if not starts or not self.composer.affords_some(site, waived):
                continue
            known: Known = set()
            for start in numbers(starts):
                found = self.composer.any(site, start, waived, known)
                if found is not None:
                    return site, start, *found
        return None

    def _fewest(self, by_rule: dict[str, list[Atom]]) -> Sequence[str]:
        """The fewest rules that explain."""
        rules = list(by_rule)
        while True:
            known = [{atom.rule for atom in broken} for broken in self._broken]
            chosen = next(
                each
                for size in range(len(rules) + 1)
                for each in combinations(rules, size)
                if all(broken.intersection(each) for broken in known)
            )
            if self.explains([atom for rule in chosen for atom in by_rule[rule]]):
                return chosen
            # As large a set as this session shows not to explain: what is left must be hit.
            grown = list(chosen)
            for rule in rules:
                if rule not in grown and not self.explains(
                    [atom for each in (*grown, rule) for atom in by_rule[each]]
                ):
                    grown.append(rule)

    def _irreducible(self, atoms: list[Atom]) -> list[Atom]:
        """An irreducible part of atoms that explain."""
        for part in self._parts(atoms):
            if len(part) < len(atoms) and self.explains(part):
                atoms = part
        return [] if self.explains([]) else self._divided([], False, atoms)

    def _parts(self, atoms: list[Atom]) -> list[list[Atom]]:
        """Atoms without those about people who matter only for the seats, the team, or not as leads."""
        case = self.case
        leads = {id for id in case.team if case.may_lead(id)}
        return [
            [atom for atom in atoms if atom.what != "person" or atom.subject in people]
            for people in (case.seats, case.team, leads)
        ]

    def _divided(self, base: list[Atom], grown: bool, atoms: list[Atom]) -> list[Atom]:
        """Atoms that with `base` explain, none of which can be spared (QuickXplain)."""
        if grown and self.explains(base):
            return []
        if len(atoms) == 1:
            return atoms
        half = len(atoms) // 2
        one, other = atoms[:half], atoms[half:]
        found = self._divided([*base, *one], bool(one), other)
        return [*self._divided([*base, *found], bool(found), one), *found]
