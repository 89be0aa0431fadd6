"""A key's values: literals and match expressions, as operators.

`{"key": ["literal", {"operator": operand}, ...]}`.  The order of the checks and their texts are
those of Event Ruler's JsonRuleCompiler, because SNS repeats them; where a refusal stands is
explained in `syntax`.
"""

from collections.abc import Callable, Sequence
from typing import Final, NamedTuple

from tidegate.base import sns_filter_limits as limits
from tidegate.catalog.filter_policy.operators import (
    EXISTS,
    AddressRange,
    AnythingBut,
    EqualsIgnoreCase,
    NumberRange,
    Operator,
    Prefix,
    Suffix,
    Wildcard,
)
from tidegate.catalog.filter_policy.refused import refused
from tidegate.catalog.filter_policy.syntax import Node, Source
from tidegate.catalog.filter_policy.values import (
    HIGHEST,
    LOWEST,
    Value,
    address_of,
    looks_like_address,
    number_value,
    scaled,
)

_OUT_OF_BOUNDS: Final = "Value must be between -1.0E9 and 1.0E9, inclusive"
_ONE_KEY: Final = "Only one key allowed in match expression"
_TOO_MANY: Final = "Too many elements in numeric expression"


class Accepted(NamedTuple):
    """What one element of a key's array accepts: literals, an operator, a missing key."""

    literals: tuple[Value, ...] = ()
    operator: Operator | None = None
    absence: bool = False
    wildcards: tuple[int, ...] = ()
    """How many `*` each pattern of the element has; SNS counts them."""


def element(source: Source, node: Node) -> Accepted:
    """One element of a key's array; raises InvalidFilterPolicy."""
    match node.kind:
        case "object":
            return _expression(source, node)
        case "string":
            # A policy's address means all ways to write that address.
            address = address_of(node.text)
            if address is None:
                return Accepted(literals=(node.text,))
            version, number = address
            return Accepted(operator=AddressRange(version, number, number))
        case "number":
            return Accepted(literals=(number_value(node.text),))
        case "true" | "false" | "null":
            return Accepted(literals=((node.text,),))
        case "array":
            raise source.refused(
                "Match value must be String, number, true, false, or null", node.seen
            )


def _expression(source: Source, node: Node) -> Accepted:
    if not node.members:
        raise source.refused("Match expression name not found", node.end)
    name, operand = node.members[0]
    reader = _OPERATORS.get(name)
    if reader is None:
        raise source.refused(f"Unrecognized match type {name}", operand.seen)
    accepted = reader(source, operand)
    if len(node.members) > 1:
        # The parser knows numbers and anything-but by another text.
        reason = _TOO_MANY if name in ("numeric", "anything-but") else _ONE_KEY
        raise source.refused(reason, node.after(1))
    return accepted


def _text(source: Source, operand: Node, called: str) -> str:
    if operand.kind != "string":
        raise source.refused(f"{called} match pattern must be a string", operand.seen)
    return operand.text


def _exactly(source: Source, operand: Node) -> Accepted:
    return Accepted(literals=(_text(source, operand, "exact"),))


def _prefix(source: Source, operand: Node) -> Accepted:
    return Accepted(operator=Prefix(_text(source, operand, "prefix")))


def _suffix(source: Source, operand: Node) -> Accepted:
    return Accepted(operator=Suffix(_text(source, operand, "suffix")))


def _equals_ignore_case(source: Source, operand: Node) -> Accepted:
    return Accepted(operator=EqualsIgnoreCase(_text(source, operand, "equals-ignore-case")))


def _wildcard(source: Source, operand: Node) -> Accepted:
    pieces = _pieces(source, operand, _text(source, operand, "wildcard"))
    return Accepted(operator=Wildcard(pieces), wildcards=(len(pieces) - 1,))


def _pieces(source: Source, operand: Node, pattern: str) -> list[str]:
    """The texts between a pattern's `*`; a backslash makes `*` and itself stand for themselves."""
    pieces = [""]
    at = 0
    while at < len(pattern):
        following = pattern[at + 1 : at + 2]
        # The parser counts in bytes, and the opening quote as the first of them.
        position = len(pattern[:at].encode("utf-8", "surrogatepass")) + 1
        if pattern[at] == "*":
            if following == "*":
                reason = f"Consecutive wildcard characters at pos {position}"
                raise source.refused(reason, operand.read)
            pieces.append("")
        elif pattern[at] == "\\":
            if following not in ("*", "\\"):
                raise source.refused(f"Invalid escape character at pos {position}", operand.read)
            pieces[-1] += following
            at += 1
        else:
            pieces[-1] += pattern[at]
        at += 1
    return pieces


def _exists(source: Source, operand: Node) -> Accepted:
    if operand.kind not in ("true", "false"):
        raise source.refused("exists match pattern must be either true or false.", operand.seen)
    return Accepted(operator=EXISTS) if operand.kind == "true" else Accepted(absence=True)


def _cidr(source: Source, operand: Node) -> Accepted:
    # The text speaks of a prefix: it is SNS's, word for word.
    text = _text(source, operand, "prefix")
    parts = text.rstrip("/").split("/")
    if len(parts) != 2:
        raise refused("Malformed CIDR, one '/' required")
    mask_bits = _mask_bits(parts[1])
    if not looks_like_address(parts[0]):
        raise refused(f"Nonstandard IP address: {parts[0]}")
    address = address_of(parts[0])
    if address is None:
        raise refused(f"Invalid IP address: {parts[0]}")
    version, number = address
    width = 32 if version == 4 else 128
    if mask_bits >= width:
        raise refused(f"IPv{version} mask bits must be < {width}")
    rest = (1 << (width - mask_bits)) - 1
    return Accepted(operator=AddressRange(version, number & ~rest, number | rest))


def _mask_bits(text: str) -> int:
    digits = text[1:] if text[:1] in ("+", "-") else text
    if not (digits.isascii() and digits.isdecimal() and len(digits) <= 9):
        raise refused("Malformed CIDR, mask bits must be an integer")
    if int(text) < 0:
        raise refused("Malformed CIDR, mask bits must not be negative")
    return int(text)


# --- Numbers -------------------------------------------------------------------------------------


def _numeric(source: Source, operand: Node) -> Accepted:
    if operand.kind != "array":
        raise source.refused("Value of numeric must be an array.", operand.seen)
    terms = operand.items
    if not terms or terms[0].kind != "string":
        shown, at = _shown(terms[0], source) if terms else ("]", operand.end)
        raise source.refused(f"Invalid member in numeric match: {shown}", at)
    comparison = terms[0].text
    if comparison not in ("=", "<", "<=", ">", ">="):
        reason = f"Unrecognized numeric range operator: {comparison}"
        raise source.refused(reason, operand.after(1))
    if len(terms) < 2 or terms[1].kind != "number":
        named = "equals" if comparison == "=" else comparison
        raise source.refused(f"Value of {named} must be numeric", operand.after(1))
    if len(terms) > 2 and comparison in (">", ">="):
        return Accepted(operator=_between(source, operand))
    if len(terms) > 2:
        raise source.refused(_TOO_MANY, operand.after(2))
    number = _scaled(source, terms[1], operand.end)
    if comparison == "=":
        return Accepted(literals=(number,))
    return Accepted(operator=_half_open(comparison, number))


def _half_open(comparison: str, number: int) -> NumberRange:
    match comparison:
        case "<":
            return NumberRange(LOWEST, number - 1)
        case "<=":
            return NumberRange(LOWEST, number)
        case ">":
            return NumberRange(number + 1, HIGHEST)
        case _:
            return NumberRange(number, HIGHEST)


def _between(source: Source, operand: Node) -> NumberRange:
    terms = operand.items
    if terms[2].kind != "string":
        shown, at = _shown(terms[2], source)
        raise source.refused(f"Bad value in numeric range: {shown}", at)
    upper = terms[2].text
    if upper not in ("<", "<="):
        raise source.refused(f"Bad numeric range operator: {upper}", terms[2].read)
    if len(terms) < 4 or terms[3].kind != "number":
        raise source.refused(f"Value of {upper} must be numeric", operand.after(3))
    if len(terms) > 4:
        reason = "Too many terms in numeric range expression"
        raise source.refused(reason, operand.after(4))
    bottom = _scaled(source, terms[1], operand.end)
    top = _scaled(source, terms[3], operand.end)
    if bottom >= top:
        raise source.refused("Bottom must be less than top", operand.end)
    return NumberRange(
        bottom + 1 if terms[0].text == ">" else bottom, top - 1 if upper == "<" else top
    )


def _scaled(source: Source, node: Node, at: int) -> int:
    number = scaled(node.text)
    if number is None:
        raise source.refused(_OUT_OF_BOUNDS, at)
    return number


def _shown(node: Node, source: Source) -> tuple[str, int]:
    """A value that is no string as the parser shows it, and where it then stands."""
    return (source.text[node.seen - 1] if node.is_open else node.text), node.seen


# --- Anything-but --------------------------------------------------------------------------------


def _anything_but(source: Source, operand: Node) -> Accepted:
    match operand.kind:
        case "object":
            return _anything_but_operator(source, operand)
        case "array":
            return Accepted(operator=AnythingBut(_excluded(source, operand)))
        case "string":
            return Accepted(operator=AnythingBut(frozenset((operand.text,))))
        case "number":
            number = scaled(operand.text)
            if number is None:
                raise refused(_OUT_OF_BOUNDS)
            return Accepted(operator=AnythingBut(frozenset((number,))))
        case _:
            raise source.refused(
                "Value of anything-but must be an array or single string/number value.",
                operand.seen,
            )


def _excluded(source: Source, operand: Node) -> frozenset[Value]:
    values: set[Value] = set()
    for item in operand.items:
        if item.kind == "string":
            values.add(item.text)
        elif item.kind == "number":
            values.add(_scaled(source, item, item.seen))
        else:
            reason = "Inside anything but list, start|null|boolean is not supported."
            raise source.refused(reason, item.seen)
    if len({item.kind for item in operand.items}) != 1:
        raise source.refused(
            "Inside anything but list, either all values are number or string, "
            "mixed type is not supported",
            operand.end,
        )
    return frozenset(values)


def _anything_but_operator(source: Source, operand: Node) -> Accepted:
    if not operand.members:
        raise source.refused("Anything-But expression name not found", operand.end)
    name, patterns = operand.members[0]
    if name not in _EXCLUDING:
        raise source.refused(f"Unsupported anything-but pattern: {name}", patterns.seen)
    nodes = patterns.items if patterns.kind == "array" else [patterns]
    excluded = [_EXCLUDING[name](source, node) for node in nodes]
    if not excluded:
        raise source.refused("Empty arrays are not allowed", patterns.end)
    for node in nodes:
        if not node.text and name in ("prefix", "suffix"):
            raise source.refused("Null prefix/suffix not allowed", node.read)
    if len(operand.members) > 1:
        raise source.refused(_ONE_KEY, operand.after(1))
    operators = [accepted.operator for accepted in excluded if accepted.operator is not None]
    return Accepted(
        operator=AnythingBut(frozenset(), operators),
        wildcards=tuple(stars for accepted in excluded for stars in accepted.wildcards),
    )


_Reader = Callable[[Source, Node], Accepted]

_EXCLUDING: Final[dict[str, _Reader]] = {
    "prefix": _prefix,
    "suffix": _suffix,
    "equals-ignore-case": _equals_ignore_case,
    "wildcard": _wildcard,
}
"""What may stand inside anything-but, each with one pattern or a list of them."""

_OPERATORS: Final[dict[str, _Reader]] = {
    **_EXCLUDING,
    "exactly": _exactly,
    "numeric": _numeric,
    "anything-but": _anything_but,
    "exists": _exists,
    "cidr": _cidr,
}

RESERVED: Final = frozenset(_OPERATORS) | {
    "=", "<", "<=", ">", ">=", "regex", "not-wildcard", "not-equals-ignore-case",
    "date-after", "date-on-or-after", "date-before", "date-on-or-before", "in-date-range",
    "ip-address-in-range", "ip-address-not-in-range",
}  # fmt: skip
"""Names that no key of an `$or` alternative may have (Event Ruler, Constants)."""


def check_wildcards(patterns_by_key: Sequence[Sequence[int]]) -> None:
    """Refuse what has more `*` than SNS takes; a key's patterns are given by their numbers of `*`.

    A pattern with one `*` counts one point, one with more three for each; a key counts the sum of
    its patterns' points times their number (developer guide, "Filter policy constraints").
    """
    points = 0
    for patterns in patterns_by_key:
        if max(patterns, default=0) > limits.WILDCARDS_OF_PATTERN:
            raise refused(
                "Wildcard pattern can not have more than "
                f"{limits.WILDCARDS_OF_PATTERN} wildcard characters"
            )
        points += len(patterns) * sum(stars if stars < 2 else 3 * stars for stars in patterns)
    if points > limits.WILDCARD_POINTS:
        raise refused("Filter policy is too complex")
