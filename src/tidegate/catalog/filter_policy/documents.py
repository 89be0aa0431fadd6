"""A policy's document as rules: all conditions of one rule hold, or those of another.

`$or` multiplies rules, everything else adds conditions to them (Event Ruler, JsonRuleCompiler; SNS
developer guide, "AND/OR logic").  A key is a path: its name, under the names that it is nested in,
joined by dots; so `{"a.b": [...]}` and `{"a": {"b": [...]}}` are one key, and the later one counts.
"""

from typing import Final, Literal

from tidegate.base import sns_filter_limits as limits
from tidegate.catalog.filter_policy.expressions import RESERVED, Accepted, check_wildcards, element
from tidegate.catalog.filter_policy.matching import CompiledFilter, Condition
from tidegate.catalog.filter_policy.refused import InvalidFilterPolicy, refused
from tidegate.catalog.filter_policy.syntax import Node, Source, parse
from tidegate.catalog.filter_policy.values import NULL

Scope = Literal["MessageAttributes", "MessageBody"]

_TOO_COMPLEX: Final = "Filter policy is too complex"
_OR: Final = "$or"
_MOST_KEYS_OF_RULE: Final = 16
"""More than any rule within the limits has: five names at the top, each level below them at least
doubles the combinations."""


class _Key:
    """What a rule asks of one path."""

    __slots__ = ("depth", "elements", "top")

    def __init__(self, path: list[str], elements: list[Accepted]) -> None:
        self.top = path[0]
        self.depth = len(path)
        self.elements = elements


_Rules = list[dict[str, _Key]]


def compile_filter(text: str, scope: Scope = "MessageAttributes") -> CompiledFilter:
    """The policy, ready to match; `{}` is a policy that lets everything through.

    Raises InvalidFilterPolicy, and nothing else, whatever the text is.
    """
    if len(text.encode("utf-8", "surrogatepass")) > limits.POLICY_BYTES:
        raise refused(f"Filter policy can not be larger than {limits.POLICY_BYTES} bytes")
    source = Source(text)
    root = parse(source)
    if root.kind != "object":
        raise source.refused("Filter is not an object", root.seen)
    if not root.members:
        return CompiledFilter(text, scope, ())
    rules = _Document(source).rules(root)
    if scope == "MessageAttributes" and _is_nested(rules):
        raise InvalidFilterPolicy(
            "Filter policy scope MessageAttributes does not support nested filter policy"
        )
    if len({name for name, _ in root.members}) > limits.KEYS:
        raise refused(f"Filter policy can not have more than {limits.KEYS} keys")
    _check_limits(rules)
    null_is_absence = scope == "MessageAttributes"
    return CompiledFilter(
        text,
        scope,
        tuple(
            tuple(_condition(path, key, null_is_absence) for path, key in rule.items())
            for rule in rules
        ),
    )


class _Document:
    __slots__ = ("_source",)

    def __init__(self, source: Source) -> None:
        self._source = source

    def rules(self, root: Node) -> _Rules:
        return self._object([{}], root, [])

    def _object(self, rules: _Rules, node: Node, path: list[str]) -> _Rules:
        """The rules with the conditions of the object's keys."""
        if not node.members:
            raise self._source.refused("Empty objects are not allowed", node.end)
        if len(path) > limits.COMBINATIONS:
            raise refused(_TOO_COMPLEX)
        for name, value in node.members:
            if name == _OR and _is_or(value):
                rules = self._or(rules, value, path)
            elif value.kind == "object":
                rules = self._object(rules, value, [*path, name])
            elif value.kind == "array":
                self._array(rules, value, [*path, name])
            else:
                reason = f'"{name}" must be an object or an array'
                raise self._source.refused(reason, value.seen)
        return rules

    def _or(self, rules: _Rules, node: Node, path: list[str]) -> _Rules:
        alternatives: _Rules = []
        for item in node.items:
            alternatives += self._object([rule.copy() for rule in rules], item, path)
            if len(alternatives) > limits.COMBINATIONS:
                raise refused(_TOO_COMPLEX)
        return alternatives

    def _array(self, rules: _Rules, node: Node, path: list[str]) -> None:
        elements = [element(self._source, item) for item in node.items]
        if not elements:
            raise self._source.refused("Empty arrays are not allowed", node.end)
        key = _Key(path, elements)
        for rule in rules:
            rule[".".join(path)] = key
            if len(rule) > _MOST_KEYS_OF_RULE:
                # What is wrong with it is clear already, and the rest could take long.
                _check_limits([rule])


def _is_or(node: Node) -> bool:
    """Whether `$or` is an operator here; else it is a key like any other."""
    if node.kind != "array" or len(node.items) < 2:
        return False
    return all(
        item.kind == "object" and RESERVED.isdisjoint(name for name, _ in item.members)
        for item in node.items
    )


def _is_nested(rules: _Rules) -> bool:
    return any(key.depth > 1 for rule in rules for key in rule.values())


def _check_limits(rules: _Rules) -> None:
    combinations = 0
    for rule in rules:
        if len({key.top for key in rule.values()}) > limits.KEYS:
            raise refused(f"Filter policy can not have more than {limits.KEYS} keys")
        combinations += _combinations(rule)
    if combinations > limits.COMBINATIONS:
        raise refused(_TOO_COMPLEX)
    distinct = {id(key): key for rule in rules for key in rule.values()}
    check_wildcards(
        [[stars for part in key.elements for stars in part.wildcards] for key in distinct.values()]
    )


def _combinations(rule: dict[str, _Key]) -> int:
    """The product of each key's number of values times the levels that it is nested in."""
    product = 1
    for key in rule.values():
        product *= len(key.elements) * key.depth
    return product


def _condition(path: str, key: _Key, null_is_absence: bool) -> Condition:
    literals = frozenset(literal for part in key.elements for literal in part.literals)
    operators = tuple(part.operator for part in key.elements if part.operator is not None)
    return Condition(
        path,
        literals,
        operators,
        absence=any(part.absence for part in key.elements),
        null=null_is_absence and NULL in literals,
    )
