"""Policies made ready: parsed once, when they are set, and evaluated many times."""

from collections.abc import Iterable

import msgspec

from tidegate.auth.policy import rules as texts
from tidegate.auth.policy.caller import Caller
from tidegate.auth.policy.conditions import Condition, UnknownOperator
from tidegate.auth.policy.grammar import Elements, read
from tidegate.auth.policy.malformed import MalformedPolicy
from tidegate.auth.policy.principals import Exists, Grant, Named, Principals, parse_principals
from tidegate.auth.policy.rules import Rules
from tidegate.auth.policy.variables import Context, Template, nothing_known
from tidegate.auth.policy.wildcard import ArnPattern, Wildcard, wildcard


class ResourcePattern:
    """One text of a Resource element."""

    __slots__ = ("_fixed", "_template", "names")

    def __init__(self, text: str, *, variables: bool) -> None:
        self._template = Template(text, variables=variables)
        self.names = self._template.names
        self._fixed = None if self.names else self._pattern(nothing_known)

    def matches(self, resource: str, context: Context) -> bool | None:
        """Whether the pattern fits the ARN; None where a variable in it has no value."""
        pattern = self._fixed or self._pattern(context)
        return None if pattern is None else pattern.matches(resource)

    def _pattern(self, context: Context) -> ArnPattern | None:
        parts = self._template.resolve(context)
        return None if parts is None else ArnPattern(parts, complete=True)


class Statement:
    """One statement of a policy."""

    __slots__ = (
        "_actions",
        "_not_action",
        "_not_principal",
        "_not_resource",
        "_principals",
        "_resources",
        "allows",
        "conditions",
        "index",
        "resource_names",
        "sid",
    )

    def __init__(
        self, index: int, elements: Elements, principals: Principals | None, *, variables: bool
    ) -> None:
        """Raises MalformedPolicy where a condition is none."""
        self.index = index
        self.sid = elements.sid
        self.allows = elements.allows
        self._principals = principals
        self._not_principal = elements.not_principal
        self._actions: tuple[Wildcard, ...] = tuple(
            wildcard(action.lower()) for action in elements.actions
        )
        self._not_action = elements.not_action
        self._resources: tuple[ResourcePattern, ...] | None = None
        if elements.resources is not None:
            self._resources = tuple(
                ResourcePattern(resource, variables=variables) for resource in elements.resources
            )
        self._not_resource = elements.not_resource
        self.resource_names = frozenset(
            name for pattern in self._resources or () for name in pattern.names
        )
        """The keys that stand in the resources as variables."""
        try:
            self.conditions = tuple(
                Condition(name, key, values, allows=elements.allows, variables=variables)
                for name, key, values in elements.conditions
            )
        except (UnknownOperator, ValueError):
            raise MalformedPolicy(texts.SYNTAX) from None

    def grant(self, caller: Caller) -> Grant:
        """How directly the statement names the caller; an identity's policy names its identity."""
        if self._principals is None:
            return Grant.DIRECT
        if self._not_principal:
            return self._principals.grant_to_others(caller, allows=self.allows)
        return self._principals.grant(caller)

    def has_action(self, action: str) -> bool:
        """Whether the statement is about an action, whose name is in lower case."""
        return any(pattern.matches(action) for pattern in self._actions) is not self._not_action

    def has_resource(self, resource: str, context: Context) -> bool:
        """Whether the statement is about a resource.

        A variable without a value fits nothing; an Allow of all but what has one is void then.
        """
        if self._resources is None:
            return True
        answers = [pattern.matches(resource, context) for pattern in self._resources]
        if not self._not_resource:
            return True in answers
        return True not in answers and not (self.allows and None in answers)


class CompiledPolicy(msgspec.Struct, frozen=True):
    """A policy that is ready to be asked."""

    name: str
    """What explanations call it: a managed policy's ARN, an inline policy's name."""
    statements: tuple[Statement, ...]


def everyone_exists(_principal: Named) -> bool:
    """For documents whose principals were looked up when they were set."""
    return True


def compile_policy(
    text: str, rules: Rules, *, name: str = "", exists: Exists = everyone_exists
) -> CompiledPolicy:
    """The policy of a document.  Raises MalformedPolicy for one that the rules do not allow."""
    version, statements = read(text, rules)
    variables = version == texts.VERSIONS[-1]
    return CompiledPolicy(name, tuple(_compiled(statements, exists, variables=variables)))


def _compiled(
    statements: Iterable[Elements], exists: Exists, *, variables: bool
) -> Iterable[Statement]:
    for index, elements in enumerate(statements):
        principals = elements.principal
        named = None if principals is None else parse_principals(principals, exists)
        yield Statement(index, elements, named, variables=variables)
