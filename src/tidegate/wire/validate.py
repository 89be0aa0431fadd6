"""Whether an input satisfies what its service's model says of it, in AWS's words:

    2 validation errors detected: Value null at 'userName' failed to satisfy constraint: Member must
    not be null; Value '0' at 'maxItems' failed to satisfy constraint: Member must have value
    greater than or equal to 1

Places are written as AWS writes them in every protocol: `tags.1.member.key`.  A list or map of
scalars is one value, and what its elements must be is said at once.  The wording, and the order in
which it names what one value breaks, are those of answers of STS, IAM, KMS and Lambda.
"""

from collections.abc import Callable, Iterable
from typing import Any, TypeAlias

from tidegate.api.operation import Constraint, Shape
from tidegate.base.refusals import ValidationException
from tidegate.wire.java_patterns import matcher
from tidegate.wire.members import MemberType, members_of

Checker: TypeAlias = Callable[[Any, str, list[str]], None]
"""(value, its place, the violations found so far)."""
Rule: TypeAlias = tuple[str, Callable[[Any], bool]]
"""What AWS says of a value that is wrong, and whether a value is right."""

_checkers: dict[type[Shape], Checker] = {}


def check(shape: Shape) -> None:
    """Raises ValidationException, which names all violations.  A required member that is None is
    missing."""
    found: list[str] = []
    _checker(type(shape))(shape, "", found)
    if found:
        errors = "1 validation error" if len(found) == 1 else f"{len(found)} validation errors"
        raise ValidationException(f"{errors} detected: {'; '.join(found)}")


def _checker(shape: type[Shape]) -> Checker:
    checker = _checkers.get(shape)
    if checker is None:
        checker = _checkers[shape] = _structure_checker(shape)
    return checker


def _structure_checker(shape: type[Shape]) -> Checker:
    members = [
        (member.name, _bean_name(member.name), member.required, _value_checker(member.type))
        for member in members_of(shape)
    ]
    # Of most members the model says nothing.
    members = [each for each in members if each[2] or each[3] is not _anything_goes]

    def run(value: Any, place: str, found: list[str]) -> None:
        before = f"{place}." if place else ""
        for name, bean_name, required, checker in members:
            member = getattr(value, name)
            if member is not None:
                checker(member, before + bean_name, found)
            elif required:
                found.append(
                    _violation("Value null", before + bean_name, "Member must not be null")
                )

    return run


def _value_checker(type_: MemberType) -> Checker:
    checkers = [_own_checker(type_)]
    if type_.kind is list and type_.element:
        checkers.append(_elements_checker(type_.element))
    if type_.kind is dict and type_.element and type_.key:
        checkers.append(_entries_checker(type_.key, type_.element))
    if issubclass(type_.kind, Shape):
        checkers.append(_checker(type_.kind))
    return _one_after_another(checkers)


def _own_checker(type_: MemberType) -> Checker:
    """What the model says of the value itself, each rule a violation."""
    rules = _rules(type_)
    if not rules:
        return _anything_goes

    def run(value: Any, place: str, found: list[str]) -> None:
        for text, holds in rules:
            if not holds(value):
                found.append(_violation(_shown(value, type_), place, text))

    return run


def _elements_checker(element: MemberType) -> Checker:
    if _is_scalar(element):
        return _all_scalars_checker(element, "Member must satisfy constraint", iter, element)
    checker = _value_checker(element)

    def run(value: Any, place: str, found: list[str]) -> None:
        for number, each in enumerate(value, 1):
            checker(each, f"{place}.{number}.member", found)

    return run


def _entries_checker(key: MemberType, element: MemberType) -> Checker:
    keys = _all_scalars_checker(key, "Map keys must satisfy constraint", dict.keys, element)
    if _is_scalar(element):
        values = "Map value must satisfy constraint"
        return _one_after_another(
            [keys, _all_scalars_checker(element, values, dict.values, element)]
        )
    checker = _value_checker(element)

    def run(value: Any, place: str, found: list[str]) -> None:
        for name, each in value.items():
            checker(each, f"{place}.{name}.member", found)

    return _one_after_another([keys, run])


def _all_scalars_checker(
    type_: MemberType, says: str, scalars: Callable[[Any], Iterable[Any]], shown: MemberType
) -> Checker:
    """One violation, with all rules, where a scalar in a list or a map breaks one of them."""
    rules = _rules(type_)
    if not rules:
        return _anything_goes
    rules_text = ", ".join(text for text, _ in sorted(rules, key=_place_in_list))

    def run(value: Any, place: str, found: list[str]) -> None:
        for each in scalars(value):
            if not all(holds(each) for _, holds in rules):
                whole = _shown_whole(value, type_, shown)
                found.append(_violation(whole, place, f"{says}: [{rules_text}]"))
                return

    return run


def _anything_goes(value: Any, place: str, found: list[str]) -> None:
    """The model says nothing of the value."""


def _one_after_another(checkers: list[Checker]) -> Checker:
    checkers = [each for each in checkers if each is not _anything_goes]
    if not checkers:
        return _anything_goes
    if len(checkers) == 1:
        return checkers[0]

    def run(value: Any, place: str, found: list[str]) -> None:
        for checker in checkers:
            checker(value, place, found)

    return run


# --- Rules --------------------------------------------------------------------------------------


def _rules(type_: MemberType) -> list[Rule]:
    """In the order in which AWS names them for a single value."""
    it = type_.constraint or Constraint()
    measure, what = (_itself, "value") if type_.kind is int else (len, "length")
    rules: list[Rule] = []
    if it.pattern is not None:
        pattern = it.pattern
        text = f"Member must satisfy regular expression pattern: {pattern}"
        rules.append((text, lambda value: matcher(pattern)(value)))
    if it.most is not None:
        most = it.most
        text = f"Member must have {what} less than or equal to {most}"
        rules.append((text, lambda value: measure(value) <= most))
    if it.least is not None:
        least = it.least
        text = f"Member must have {what} greater than or equal to {least}"
        rules.append((text, lambda value: measure(value) >= least))
    if it.enum:
        allowed = frozenset(it.enum)
        text = f"Member must satisfy enum value set: [{', '.join(it.enum)}]"
        rules.append((text, lambda value: value in allowed))
    return rules


def _place_in_list(rule: Rule) -> bool:
    """Where all rules are named at once, AWS names the pattern last."""
    return rule[0].startswith("Member must satisfy regular")


def _itself(value: Any) -> Any:
    return value


def _is_scalar(type_: MemberType) -> bool:
    return type_.element is None and not issubclass(type_.kind, Shape)


# --- Words --------------------------------------------------------------------------------------


def _violation(value: str, place: str, rule: str) -> str:
    return f"{value} at '{place}' failed to satisfy constraint: {rule}"


def _shown(value: Any, type_: MemberType) -> str:
    if type_.constraint and type_.constraint.secret:
        return "Value"
    if type_.kind is bytes:
        # AWS prints the object that holds the bytes.
        return f"Value 'java.nio.HeapByteBuffer[pos=0 lim={len(value)} cap={len(value)}]'"
    if type_.element:
        return _shown_whole(value, type_.key or type_.element, type_.element)
    return f"Value '{value}'"


def _shown_whole(value: Any, first: MemberType, element: MemberType) -> str:
    """A list or map of scalars as Java prints it; of others AWS's words say nothing to a reader."""
    for type_ in (first, element):
        if not _is_scalar(type_) or (type_.constraint and type_.constraint.secret):
            return "Value"
    if isinstance(value, dict):
        return f"Value '{{{', '.join(f'{key}={each}' for key, each in value.items())}}}'"
    return f"Value '[{', '.join(map(str, value))}]'"


def _bean_name(member: str) -> str:
    return member[:1].lower() + member[1:]
