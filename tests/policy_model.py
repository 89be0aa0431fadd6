"""A policy evaluation that is easy to believe: documents as JSON, every statement looked at anew.

It shares nothing with the evaluation under test but the caller, and knows the operators and the
principals that the properties make up.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Mapping
from typing import Any

from tidegate.auth.policy.caller import Caller

Keys = Mapping[str, Any]
Document = list[dict[str, Any]]


def fits(pattern: str, text: str) -> bool:
    if not pattern:
        return not text
    if pattern[0] == "*":
        return any(fits(pattern[1:], text[at:]) for at in range(len(text) + 1))
    return bool(text) and pattern[0] in ("?", text[0]) and fits(pattern[1:], text[1:])


def arn_fits(pattern: str, arn: str) -> bool:
    if pattern == "*":
        return True
    wanted, given = pattern.split(":", 5), arn.split(":", 5)
    return len(given) == len(wanted) == 6 and all(map(fits, wanted, given))


def listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def caller_keys(caller: Caller) -> dict[str, Any]:
    keys: dict[str, Any] = {f"aws:principaltag/{name}": tag for name, tag in caller.tags.items()}
    if caller.account:
        keys["aws:userid"] = caller.user_id
        keys["aws:principalaccount"] = caller.account
    if caller.kind == "User":
        keys["aws:username"] = caller.name
    return keys


def substituted(text: str, keys: Keys) -> str | None:
    """The text with its variables' values; None where one has none."""
    for name in re.findall(r"\$\{([^}]*)\}", text):
        value = keys.get(name.lower())
        if not isinstance(value, str):
            return None
        text = text.replace("${" + name + "}", value)
    return text


def within(network: str, text: str) -> bool:
    try:
        return ipaddress.ip_address(text) in ipaddress.ip_network(network)
    except ValueError:
        return False


def less(bound: str, text: str) -> bool:
    return text.isdigit() and int(text) < int(bound)


POSITIVE: dict[str, Callable[[str, str], bool]] = {
    "StringEquals": lambda wanted, text: wanted == text,
    "StringLike": fits,
    "ArnLike": arn_fits,
    "NumericLessThan": less,
    "IpAddress": within,
    "Bool": lambda wanted, text: wanted.lower() == text.lower(),
}
NEGATIVE = {
    "StringNotEquals": "StringEquals",
    "StringNotLike": "StringLike",
    "ArnNotLike": "ArnLike",
    "NotIpAddress": "IpAddress",
}


def condition_holds(name: str, key: str, values: list[str], keys: Keys, *, allows: bool) -> bool:
    quantifier, _, base = name.rpartition(":")
    if_exists = base.endswith("IfExists")
    base = base.removesuffix("IfExists")
    given = keys.get(key.lower())
    given = [] if given is None else listed(given)
    if base == "Null":
        return ("false" if given else "true") in values
    negated = base in NEGATIVE
    wanted = [substituted(value, keys) for value in values]
    if negated and allows and None in wanted:
        return False
    test = POSITIVE[NEGATIVE.get(base, base)]

    def one(text: str) -> bool:
        return any(test(value, text) for value in wanted if value is not None)

    if quantifier and given == [""]:
        given = []
    if quantifier == "ForAllValues":
        return all(one(text) != negated for text in given)
    if quantifier == "ForAnyValue":
        return any(one(text) != negated for text in given)
    if not given:
        return negated or if_exists
    return any(map(one, given)) != negated


def named(caller: Caller) -> list[tuple[str, list[str]]]:
    """The levels on which a caller may be named, from itself up: how, and by which texts."""
    account = [caller.account, f"arn:aws:iam::{caller.account}:root"]
    levels = {
        "Root": [("account", account)],
        "User": [("direct", [caller.arn]), ("account", account)],
        "AssumedRole": [
            ("direct", [caller.arn]),
            ("entity", [caller.entity_arn]),
            ("account", account),
        ],
        "FederatedUser": [
            ("direct", [caller.arn]),
            ("entity", account if caller.entity_arn.endswith(":root") else [caller.entity_arn]),
            ("account", account),
        ],
        "Service": [("direct", [caller.service])],
    }
    return levels.get(caller.kind, [])


def grant(statement: dict[str, Any], caller: Caller) -> str:
    """How a statement of a resource's policy names the caller, or nothing."""
    element = statement.get("Principal", statement.get("NotPrincipal"))
    kind = "Service" if caller.kind == "Service" else "AWS"
    everyone = element == "*" or "*" in listed(element.get("AWS", []))
    texts = [] if element == "*" else listed(element.get(kind, []))
    levels = [(how, any(name in texts for name in names)) for how, names in named(caller)]
    if "Principal" in statement:
        if everyone:
            return "direct"
        return next((how for how, found in levels if found), "")
    found = [is_named for _, is_named in levels]
    spared = any(found) if statement["Effect"] == "Allow" else bool(found) and all(found)
    return "" if everyone or spared else "direct"


def applies(statement: dict[str, Any], action: str, resource: str, keys: Keys) -> bool:
    allows = statement["Effect"] == "Allow"
    actions = listed(statement.get("Action", statement.get("NotAction")))
    has_action = any(fits(one.lower(), action.lower()) for one in actions)
    if has_action == ("NotAction" in statement):
        return False
    patterns = [
        substituted(one, keys)
        for one in listed(statement.get("Resource", statement.get("NotResource")))
    ]
    has_resource = any(one is not None and arn_fits(one, resource) for one in patterns)
    if "NotResource" in statement:
        if has_resource or (allows and None in patterns):
            return False
    elif not has_resource:
        return False
    return all(
        condition_holds(name, key, listed(values), keys, allows=allows)
        for name, tests in statement.get("Condition", {}).items()
        for key, values in tests.items()
    )


def evaluate(
    caller: Caller,
    action: str,
    resource: str,
    request: Keys,
    *,
    identity: list[Document],
    boundary: Document | None,
    session: list[Document] | None,
    policy: Document | None,
    owner: str,
    must_allow: bool,
) -> str:
    """The verdict.  `policy` is the resource's; `must_allow`: it is a key's or a role's."""
    settled = caller_keys(caller)
    keys = {
        key: value for key, value in request.items() if not key.startswith("aws:principal")
    } | settled
    for key in ("aws:username", "aws:userid"):
        if key not in settled:
            keys.pop(key, None)

    def effects(documents: list[Document]) -> set[str]:
        return {
            one["Effect"]
            for statements in documents
            for one in statements
            if applies(one, action, resource, keys)
        }

    own = effects(identity)
    limit = effects([] if boundary is None else [boundary])
    passed = effects(session or [])
    of_resource = [
        (one["Effect"], grant(one, caller))
        for one in policy or []
        if grant(one, caller) and applies(one, action, resource, keys)
    ]
    if "Deny" in own | limit | passed | {effect for effect, _ in of_resource}:
        return "explicitDeny"
    grants = {how for effect, how in of_resource if effect == "Allow"}

    unlimited = (boundary is None or "Allow" in limit) and (
        "Allow" in passed if session is not None else caller.kind != "FederatedUser"
    )
    root = caller.kind == "Root" or caller.entity_arn.endswith(":root")
    allowed_itself = root or "Allow" in own
    if not caller.account:
        allowed = bool(grants)
    elif caller.account != owner:
        allowed = bool(grants) and allowed_itself and unlimited
    elif "direct" in grants:
        allowed = True
    elif "entity" in grants:
        allowed = unlimited
    elif must_allow:
        allowed = "account" in grants and allowed_itself and unlimited
    else:
        allowed = allowed_itself and unlimited
    return "allowed" if allowed else "implicitDeny"
