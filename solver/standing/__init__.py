"""One workshop while the rest of a schedule stands: where it could be, with whom, and what forbids it.

The ground that `solver.moves` and the reasons of `solver.explanation` share. In plain Python: sets of
starts are the bits of whole numbers (`bits`), so that a rule is asked of all days, or of all half hours,
of a workshop at once.

    bits         sets of days and slots, sliding windows over them, "in at least k of these sets"
    calendar     days as numbers; off days of a place; the clocks of a home
    rest         what the other sessions take of people, venues and funds
    atoms        the single facts that can forbid a session
    sites        one venue, or online: which starts it has, and whom they suit
    case         one workshop: its sites, who could be in it, what it needs
    choose       the best team and the best seats of one start
    compose      a whole session at one start, or the certainty that there is none
    broken       the atoms that a session breaks
    conflict     a smallest set of atoms that leaves no session at all
    obstacles    atoms as facts for people
"""
