"""Anchors: what a message must show, at one path, for a condition to hold there.

A condition has a set of anchors, and holds only where a message shows one of them.  Some imply the
condition (a literal, a prefix, the case-folded text), with others it must still be asked:

    is       a literal                     folded   the text without regard to case
    prefix   how a text begins             suffix   how it ends
    address  an IP address, however it is written
    cell     a stretch of numbers          present  any value at all
    absent   no value

A range of numbers is found by cells.  Cells of level n are 2^n scaled numbers wide; a range stands
in the level whose cells are just wider than itself, so it lies in two of them at most, and a number
asks one cell of each level that is in use.
"""

from collections.abc import Hashable, Iterable, Iterator
from operator import itemgetter
from typing import Final

from tidegate.catalog.filter_policy.matching import Condition
from tidegate.catalog.filter_policy.operators import (
    AddressRange,
    EqualsIgnoreCase,
    NumberRange,
    Operator,
    Prefix,
    Suffix,
    Wildcard,
)
from tidegate.catalog.filter_policy.values import Value, address_of

Anchor = tuple[str, Hashable]
Probe = tuple[str, int]
"""How a value is cut to find anchors of one kind: the length of a prefix or suffix, the level of a
cell, 0 for the others."""

PRESENT: Final[Anchor] = ("present", None)
ABSENT: Final[Anchor] = ("absent", None)


def anchors_of(condition: Condition) -> tuple[tuple[Anchor, ...], bool]:
    """A condition's anchors, each once, and whether each of them implies it."""
    anchors: list[Anchor] = [("is", literal) for literal in condition.literals]
    implied = True
    for operator in condition.operators:
        of_operator, implies = _anchors_of(operator)
        anchors += of_operator
        implied = implied and implies
    if PRESENT in anchors:
        # A message with any value there asks anyway, and the others would ask once more.
        anchors = [PRESENT]
    if condition.absence or condition.null:
        anchors.append(ABSENT)
        implied = implied and condition.null
    # In an order that is the same in every process, as a set's is not.
    return tuple(dict.fromkeys(anchors)), implied


def _anchors_of(operator: Operator) -> tuple[Iterable[Anchor], bool]:
    match operator:
        case EqualsIgnoreCase():
            return [("folded", operator.folded)], True
        case Prefix():
            return [("prefix", operator.text)], True
        case Suffix():
            return [("suffix", operator.text)], True
        case Wildcard() if operator.first:
            return [("prefix", operator.first)], False
        case Wildcard() if operator.last:
            return [("suffix", operator.last)], False
        case AddressRange() if operator.low == operator.high:
            return [("address", (operator.version, operator.low))], True
        case NumberRange():
            level = (operator.high - operator.low).bit_length()
            ends = (operator.low >> level, operator.high >> level)
            return [("cell", (level, cell)) for cell in ends], False
        case _:
            return [PRESENT], False


def probe_of(anchor: Anchor) -> Probe | None:
    """How values are cut to find the anchor; None where they need not be."""
    kind, name = anchor
    match kind:
        case "prefix" | "suffix":
            assert isinstance(name, str)
            return kind, len(name)
        case "cell":
            assert isinstance(name, tuple)
            return kind, name[0]
        case "folded" | "address":
            return kind, 0
        case _:
            return None


class Probes:
    """The probes that are asked for: of texts, the smallest first, and of numbers."""

    __slots__ = ("of_numbers", "of_texts")

    def __init__(self, probes: Iterable[Probe] = ()) -> None:
        self.of_texts: list[Probe] = []
        self.of_numbers: list[Probe] = []
        for probe in sorted(probes, key=itemgetter(1)):
            (self.of_numbers if probe[0] == "cell" else self.of_texts).append(probe)


def shown(value: Value, probes: Probes) -> Iterator[Anchor]:
    """The anchors that a value shows, of the kinds and sizes that are asked for."""
    yield "is", value
    if isinstance(value, str):
        for kind, size in probes.of_texts:
            if size > len(value):
                # Text would be cut to itself, which is no prefix of that length.
                break
            if kind == "prefix":
                yield kind, value[:size]
            elif kind == "suffix":
                yield kind, value[len(value) - size :]
            elif kind == "folded":
                yield kind, value.casefold()
            else:
                yield kind, address_of(value)
    elif isinstance(value, int):
        for kind, size in probes.of_numbers:
            yield kind, (size, value >> size)
