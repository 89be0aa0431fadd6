"""A queue's policy: a light check of its shape, and the statements that AddPermission makes.

What a policy means is decided elsewhere; here it is a JSON document that keeps AWS's limits
(developer guide, "Amazon SQS policy quotas") and in which each permission is a statement whose Sid
is the permission's label.
"""

import json
from collections.abc import Sequence
from typing import Any, Final

from tidegate.base import limits
from tidegate.base.refusals import InvalidParameterValueException, OverLimit
from tidegate.catalog.identities import root_arn

VERSIONS: Final = ("2008-10-17", "2012-10-17")
ELEMENTS: Final = frozenset({"Version", "Id", "Statement"})
_DEEPEST: Final = 10
"""Levels of lists and objects; a condition with a list of values needs seven."""


def is_valid(text: str) -> bool:
    """Whether `text` may be a queue's policy: JSON, AWS's shape, within its limits."""
    if len(text.encode()) > limits.POLICY_BYTES:
        return False
    policy = parse(text)
    if policy is None or not policy.keys() <= ELEMENTS or not _is_shallow(policy, _DEEPEST):
        return False
    if policy.get("Version", VERSIONS[0]) not in VERSIONS:
        return False
    statements = _statements(policy)
    if not 1 <= len(statements) <= limits.POLICY_STATEMENTS:
        return False
    return all(_is_statement(statement) for statement in statements)


def parse(text: str) -> dict[str, Any] | None:
    """The policy as a JSON object, None where it is no such thing."""
    try:
        policy = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return policy if isinstance(policy, dict) else None


def _is_shallow(value: Any, levels: int) -> bool:
    """Whether nothing that walks the value later can run out of stack."""
    if isinstance(value, dict):
        value = list(value.values())
    if not isinstance(value, list):
        return True
    return levels > 0 and all(_is_shallow(part, levels - 1) for part in value)


def _statements(policy: dict[str, Any]) -> list[Any]:
    statement = policy.get("Statement", [])
    return statement if isinstance(statement, list) else [statement]


def _is_statement(statement: Any) -> bool:
    if not isinstance(statement, dict) or statement.get("Effect") not in ("Allow", "Deny"):
        return False
    if not ({"Principal", "NotPrincipal"} & statement.keys()):
        return False
    if not ({"Action", "NotAction"} & statement.keys()):
        return False
    condition = statement.get("Condition", {})
    if not isinstance(condition, dict) or len(condition) > limits.POLICY_CONDITIONS:
        return False
    return _principals(statement) <= limits.POLICY_PRINCIPALS


def _principals(statement: dict[str, Any]) -> int:
    principal = statement.get("Principal", statement.get("NotPrincipal"))
    if not isinstance(principal, dict):
        return 1
    return sum(len(who) if isinstance(who, list) else 1 for who in principal.values())


def with_permission(
    policy: str | None, arn: str, label: str, accounts: Sequence[str], actions: Sequence[str]
) -> str:
    """The policy of the queue `arn` with one more statement.

    Raises InvalidParameterValueException where the label is taken, OverLimit where the policy
    would be too large.
    """
    document = _document(policy, arn)
    statements = _statements(document)
    if any(_has_label(statement, label) for statement in statements):
        raise InvalidParameterValueException(
            f"Value {label} for parameter Label is invalid. Reason: Already exists."
        )
    document["Statement"] = [*statements, _statement(arn, label, accounts, actions)]
    if len(document["Statement"]) > limits.POLICY_STATEMENTS:
        raise OverLimit(
            f"{len(document['Statement'])} Statements were found, maximum allowed is "
            f"{limits.POLICY_STATEMENTS}."
        )
    text = _written(document)
    if len(text) > limits.POLICY_BYTES:
        raise OverLimit(f"The policy would be longer than {limits.POLICY_BYTES} bytes.")
    return text


def without_permission(policy: str | None, arn: str, label: str) -> str | None:
    """The policy without the statements of that label; None when none is left.

    Raises InvalidParameterValueException where there is no such label.
    """
    document = _document(policy, arn)
    statements = _statements(document)
    kept = [statement for statement in statements if not _has_label(statement, label)]
    if len(kept) == len(statements):
        raise InvalidParameterValueException(
            f"Value {label} for parameter Label is invalid. Reason: can't find label."
        )
    if not kept:
        return None
    document["Statement"] = kept
    return _written(document)


def _written(document: dict[str, Any]) -> str:
    """In ASCII: a JSON escape may stand for half of a surrogate pair, which has no UTF-8."""
    return json.dumps(document, separators=(",", ":"))


def _document(policy: str | None, arn: str) -> dict[str, Any]:
    parsed = parse(policy) if policy else None
    if parsed is not None:
        return parsed
    return {"Version": "2008-10-17", "Id": f"{arn}/SQSDefaultPolicy", "Statement": []}


def _has_label(statement: Any, label: str) -> bool:
    return isinstance(statement, dict) and statement.get("Sid") == label


def _statement(
    arn: str, label: str, accounts: Sequence[str], actions: Sequence[str]
) -> dict[str, Any]:
    return {
        "Sid": label,
        "Effect": "Allow",
        "Principal": {"AWS": _one_or_list([root_arn(each) for each in accounts])},
        "Action": _one_or_list([f"SQS:{action}" for action in actions]),
        "Resource": arn,
    }


def _one_or_list(values: list[str]) -> str | list[str]:
    return values[0] if len(values) == 1 else values
