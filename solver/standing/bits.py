"""Sets of small numbers (days, slots) as the bits of one whole number.

Python's integers have any length, so that `&`, `|` and shifts act on a year of days, or of half hours, at
once. Counting over many sets is done in the same way, digit by digit.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator


def span_bits(first: int, last: int) -> int:
    """The numbers from `first` to `last`, both included; those below 0 are left out."""
    first = max(first, 0)
    return ((1 << (last - first + 1)) - 1) << first if last >= first else 0


def ahead(bits: int, count: int) -> int:
    """Where one of the next `count` numbers, itself included, is in the set."""
    found, reach = bits, 1
    while reach < count:
        step = min(reach, count - reach)
        found |= found >> step
        reach += step
    return found if count > 0 else 0


def numbers(bits: int) -> Iterator[int]:
    """The numbers of a set, ascending."""
    while bits:
        low = bits & -bits
        yield low.bit_length() - 1
        bits ^= low


def at_least(count: int, sets: Iterable[int], everything: int) -> int:
    """The numbers of `everything` that are in at least `count` of the sets.

    The sets are added as binary counters, one bit plane after the other, then compared with `count`.
    """
    if count <= 0:
        return everything
    planes: list[int] = []
    for carry in sets:
        for i, plane in enumerate(planes):
            planes[i], carry = plane ^ carry, plane & carry
            if not carry:
                break
        else:
            if carry:
                planes.append(carry)
    if count.bit_length() > len(planes):
        return 0
    more, equal = 0, everything
    for i in reversed(range(len(planes))):
        if count >> i & 1:
            equal &= planes[i]
        else:
            more |= equal & planes[i]
            equal &= ~planes[i]
    return (more | equal) & everything


def capped(count: int, sets: Iterable[int]) -> list[int]:
    """Sets C_1 ⊇ C_2 ⊇ … ⊇ C_count: C_k holds the numbers in at least k of the sets."""
    levels = [0] * count
    for each in sets:
        for k in range(count - 1, 0, -1):
            levels[k] |= levels[k - 1] & each
        if count:
            levels[0] |= each
    return levels
