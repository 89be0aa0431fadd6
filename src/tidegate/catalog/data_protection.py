"""Data protection policies: kept and shown, not enforced.

AWS has closed them to new customers; topics that have one can be moved here with it.  Source: SNS
developer guide, "Data protection policies in Amazon SNS".
"""

from typing import Any, Final

from tidegate.base.refusals import InvalidParameterException, invalid_parameter
from tidegate.base.sns_limits import DATA_PROTECTION_POLICY_CHARACTERS
from tidegate.catalog.json_object import parse_object

_NAME: Final = "DataProtectionPolicy"
_VERSION: Final = "2021-06-01"
_OPERATIONS: Final = frozenset({"Audit", "Deidentify", "Deny"})


def check_data_protection(text: str) -> None:
    """Raises InvalidParameterException for what is no such policy."""
    if len(text) > DATA_PROTECTION_POLICY_CHARACTERS:
        raise _wrong(f"Policy must be at most {DATA_PROTECTION_POLICY_CHARACTERS} characters long")
    policy = parse_object(_NAME, text)
    if not isinstance(policy.get("Name"), str):
        raise _wrong("Policy must have a Name")
    if policy.get("Version") != _VERSION:
        raise _wrong(f"Policy Version must be {_VERSION}")
    statements = policy.get("Statement")
    if not isinstance(statements, list) or not statements:
        raise _wrong("Policy must have at least one Statement")
    for statement in statements:
        _check_statement(statement)


def _check_statement(statement: Any) -> None:
    if not isinstance(statement, dict):
        raise _wrong("Statement must be a JSON object")
    if statement.get("DataDirection") not in ("Inbound", "Outbound"):
        raise _wrong("Statement DataDirection must be either Inbound or Outbound")
    for name in ("Principal", "DataIdentifier"):
        if not _is_texts(statement.get(name)):
            raise _wrong(f"Statement {name} must be a list of strings")
    operation = statement.get("Operation")
    if not isinstance(operation, dict) or len(operation) != 1 or not operation.keys() & _OPERATIONS:
        raise _wrong("Statement Operation must be one of Audit, Deidentify or Deny")


def _is_texts(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(one, str) for one in value)


def _wrong(reason: str) -> InvalidParameterException:
    return invalid_parameter(f"{_NAME} Reason: {reason}")
