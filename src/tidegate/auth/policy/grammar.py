"""The grammar of the policy language: JSON in, elements out, or MalformedPolicy.

User guide, "Grammar of the IAM JSON policy language".  What a service allows in its policies stands
in Rules; how large a document may be is the caller's to check.
"""

import json
import re
from collections.abc import Iterator
from typing import Any, Final

import msgspec

from tidegate.auth.policy import literals
from tidegate.auth.policy import rules as texts
from tidegate.auth.policy.malformed import MalformedPolicy
from tidegate.auth.policy.rules import Rules
from tidegate.auth.policy.wildcard import wildcard

_PLAIN_SID: Final = re.compile(r"[0-9A-Za-z]*")
_VENDOR: Final = re.compile(r"[A-Za-z0-9-]+")
# Nothing in these patterns can match one text in two ways: policies come from strangers, and a
# pattern that tries all ways takes a time that grows with the square of the text.
_PARTITION: Final = re.compile(r"aws(?:-[a-z]+)*|[a-z-]*[*?][a-z*?-]*")
_REGION: Final = re.compile(r"[a-z0-9*?-]*")
_ACCOUNT: Final = re.compile(r"[0-9]{12}|aws|cloudfront|[0-9?]*\*[0-9*?]*|[0-9?]*|")
_ARN_FIELDS: Final = 6


class Elements(msgspec.Struct, frozen=True):
    """A statement's elements, each of the type that it must have."""

    sid: str
    allows: bool
    principal: object
    """The element as it stands, for `parse_principals`; None where there is none."""
    not_principal: bool
    actions: tuple[str, ...]
    not_action: bool
    resources: tuple[str, ...] | None
    """None: the resource that the policy belongs to."""
    not_resource: bool
    conditions: tuple[tuple[str, str, tuple[str, ...]], ...]
    """(operator, key, values)."""


class _Number(str):
    """A number's text as the document has it, which is what a condition compares."""

    __slots__ = ()


def read(text: str, rules: Rules) -> tuple[str, tuple[Elements, ...]]:
    """(version, statements) of a policy document."""
    document = _json(text, rules)
    if not isinstance(document, dict):
        raise MalformedPolicy(texts.SYNTAX)
    for name in document.keys() - texts.POLICY_ELEMENTS:
        raise MalformedPolicy(_unknown(name, rules))
    version = _version(document, rules)
    if "Id" in document and (rules.kind == "identity" or type(document["Id"]) is not str):
        raise MalformedPolicy(texts.SYNTAX)
    statements = document.get("Statement")
    if isinstance(statements, dict):
        statements = [statements]
    if not isinstance(statements, list) or not statements:
        raise MalformedPolicy(_missing("Statement", texts.SYNTAX, rules))
    elements = tuple(_statement(statement, rules) for statement in statements)
    sids = [element.sid for element in elements if element.sid]
    if len(sids) != len(set(sids)):
        raise MalformedPolicy(texts.SAME_SIDS)
    return version, elements


def _json(text: str, rules: Rules) -> Any:
    try:
        return json.loads(
            text,
            object_pairs_hook=_unique,
            parse_int=_number,
            parse_float=_number,
            parse_constant=_no_constant,
        )
    except (ValueError, RecursionError):
        invalid = texts.SYNTAX if rules.kind == "identity" else texts.NO_JSON
        raise MalformedPolicy(invalid) from None


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Individual elements must not contain multiple instances of the same key (grammar notes)."""
    found = dict(pairs)
    if len(found) != len(pairs):
        raise MalformedPolicy(texts.SYNTAX)
    return found


def _number(text: str) -> _Number:
    """Only one that a condition can compare, which every other reader of the document takes too."""
    if literals.number(text) is None:
        raise ValueError(text)
    return _Number(text)


def _no_constant(name: str) -> Any:
    """NaN and Infinity, which are Python's, not JSON's."""
    raise ValueError(name)


def _unknown(name: str, rules: Rules) -> str:
    return texts.SYNTAX if rules.kind == "identity" else f"Unknown field {name}"


def _missing(name: str, identity_text: str, rules: Rules) -> str:
    return identity_text if rules.kind == "identity" else f"Missing required field {name}"


def _version(document: dict[str, Any], rules: Rules) -> str:
    version = document.get("Version", texts.VERSIONS[0])
    if version not in texts.VERSIONS or type(version) is not str:
        raise MalformedPolicy(texts.SYNTAX if rules.kind == "identity" else texts.NO_VERSION)
    if rules.needs_latest_version and version != texts.VERSIONS[-1]:
        raise MalformedPolicy(texts.OLD_VERSION)
    return version


def _statement(statement: object, rules: Rules) -> Elements:
    if not isinstance(statement, dict):
        raise MalformedPolicy(texts.SYNTAX)
    for name in statement.keys() - texts.STATEMENT_ELEMENTS:
        raise MalformedPolicy(_unknown(name, rules))
    if statement.get("Effect") not in ("Allow", "Deny"):
        given = "Effect" in statement
        raise MalformedPolicy(texts.SYNTAX if given else _missing("Effect", texts.SYNTAX, rules))
    principal, not_principal = _principal(statement, rules)
    actions, not_action = _either(statement, "Action", rules, texts.NO_ACTIONS)
    if not actions:
        raise MalformedPolicy(_missing("Action", texts.NO_ACTIONS, rules))
    for action in actions:
        _check_action(action, rules)
    resources, not_resource = _resources(statement, rules)
    return Elements(
        _sid(statement, rules),
        statement["Effect"] == "Allow",
        principal,
        not_principal,
        actions,
        not_action,
        resources,
        not_resource,
        tuple(_conditions(statement.get("Condition", {}))),
    )


def _sid(statement: dict[str, Any], rules: Rules) -> str:
    sid = statement.get("Sid", "")
    if type(sid) is not str:
        raise MalformedPolicy(texts.SYNTAX)
    if rules.plain_sids and _PLAIN_SID.fullmatch(sid) is None:
        raise MalformedPolicy(texts.ODD_SID)
    return sid


def _principal(statement: dict[str, Any], rules: Rules) -> tuple[object, bool]:
    given = [name for name in ("Principal", "NotPrincipal") if name in statement]
    if rules.kind == "identity":
        if given:
            raise MalformedPolicy(texts.HAS_PRINCIPAL)
        return None, False
    if not given:
        raise MalformedPolicy("Missing required field Principal")
    if len(given) > 1 or statement[given[0]] is None:
        raise MalformedPolicy(texts.SYNTAX)
    return statement[given[0]], given[0] == "NotPrincipal"


def _either(
    statement: dict[str, Any], name: str, rules: Rules, empty: str
) -> tuple[tuple[str, ...], bool]:
    """(texts, whether they are excluded) of an element or of its Not- twin."""
    other = f"Not{name}"
    if name in statement and other in statement:
        raise MalformedPolicy(texts.SYNTAX)
    given = other if other in statement else name
    if given not in statement:
        return (), False
    value = statement[given]
    values = value if isinstance(value, list) else [value]
    if not values:
        raise MalformedPolicy(_missing(name, empty, rules))
    if any(type(text) is not str for text in values):
        raise MalformedPolicy(texts.SYNTAX)
    return tuple(values), given == other


def _check_action(action: str, rules: Rules) -> None:
    if action == "*":
        if rules.kind == "trust":
            raise MalformedPolicy(texts.TRUST_SCOPE)
        return
    vendor, colon, name = action.partition(":")
    if not colon or not vendor:
        raise MalformedPolicy(texts.NO_VENDOR)
    if ":" in name:
        raise MalformedPolicy(texts.COLONS)
    if vendor != "*" and _VENDOR.fullmatch(vendor) is None:
        raise MalformedPolicy(f"Vendor {vendor} is not valid")
    if not name:
        raise MalformedPolicy(texts.SYNTAX)
    pattern = wildcard(action.lower())
    if rules.kind == "trust":
        if vendor == "*" or not any(map(pattern.matches, texts.TRUST_ACTIONS)):
            raise MalformedPolicy(texts.TRUST_SCOPE)
    elif rules.service is not None and vendor.lower() not in (rules.service, "*"):
        raise MalformedPolicy(texts.OUT_OF_SCOPE)
    known = rules.actions.get(vendor.lower())
    if known is None or pattern.exact is None:
        return
    if name.lower() not in {one.lower() for one in known}:
        out_of_scope = rules.kind == "resource" and rules.service is not None
        raise MalformedPolicy(
            texts.OUT_OF_SCOPE if out_of_scope else f"Action {action} is not valid"
        )


def _resources(statement: dict[str, Any], rules: Rules) -> tuple[tuple[str, ...] | None, bool]:
    if rules.kind == "trust":
        for name in ("Resource", "NotResource"):
            if name in statement:
                raise MalformedPolicy(f"Has prohibited field {name}")
        return None, False
    resources, not_resource = _either(statement, "Resource", rules, texts.NO_RESOURCES)
    if not resources:
        if rules.needs_resource:
            raise MalformedPolicy(_missing("Resource", texts.NO_RESOURCES, rules))
        return None, False
    for resource in resources:
        _check_resource(resource)
    return resources, not_resource


def _check_resource(resource: str) -> None:
    if resource == "*":
        return
    if not resource.startswith("arn:"):
        raise MalformedPolicy(f'Resource {resource} must be in ARN format or "*".')
    fields = resource.split(":", _ARN_FIELDS - 1)
    fields += ["*"] * (_ARN_FIELDS - len(fields))
    _, partition, vendor, region, account, path = fields
    if _PARTITION.fullmatch(partition) is None:
        raise MalformedPolicy(f'Partition "{partition}" is not valid for resource "{resource}".')
    if _VENDOR.fullmatch(vendor) is None:
        raise MalformedPolicy(texts.VENDOR_PATTERN)
    if vendor == "iam":
        if region not in ("", "*"):
            raise MalformedPolicy(f"IAM resource {resource} cannot contain region information.")
        if not (path in ("*", "root") or path.startswith(texts.IAM_PATHS)):
            raise MalformedPolicy(texts.IAM_PATH)
    if _REGION.fullmatch(region) is None or _ACCOUNT.fullmatch(account) is None:
        raise MalformedPolicy(texts.LEGACY)


def _conditions(element: object) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    if not isinstance(element, dict):
        raise MalformedPolicy(texts.SYNTAX)
    for operator, keys in element.items():
        if not isinstance(keys, dict):
            raise MalformedPolicy(texts.SYNTAX)
        for key, given in keys.items():
            if ":" not in key.strip(":"):
                raise MalformedPolicy(texts.NO_VENDOR)
            values = given if isinstance(given, list) else [given]
            yield operator, key, tuple(map(_condition_value, values))


def _condition_value(value: object) -> str:
    """Quotation marks are optional for numbers and Booleans (grammar notes)."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if not isinstance(value, str):
        raise MalformedPolicy(texts.SYNTAX)
    return str(value)
