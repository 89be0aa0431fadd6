"""Who may do what with a topic: its policy, the one that AWS gives it, and single permissions.

What a policy means is decided elsewhere; here it is text, of which each permission is a statement
that has the permission's label for its Sid.
"""

import json
from collections.abc import Sequence
from typing import Any, Final

import msgspec

from tidegate.base.refusals import invalid_parameter
from tidegate.catalog.entities import Entities
from tidegate.catalog.identities import root_arn
from tidegate.catalog.named_principals import document_now, named_ids
from tidegate.catalog.topics import Topic

ACTIONS: Final = frozenset(
    {
        "AddPermission",
        "DeleteTopic",
        "GetDataProtectionPolicy",
        "GetTopicAttributes",
        "ListSubscriptionsByTopic",
        "ListTagsForResource",
        "Publish",
        "PutDataProtectionPolicy",
        "Receive",
        "RemovePermission",
        "SetTopicAttributes",
        "Subscribe",
    }
)
"""What a topic's policy may be about; the rest of SNS is for the owner alone (developer guide,
"Amazon SNS API permissions").  `Receive` stands in policies that AWS's console writes."""

_DEFAULT_ACTIONS: Final = [
    "SNS:GetTopicAttributes",
    "SNS:SetTopicAttributes",
    "SNS:AddPermission",
    "SNS:RemovePermission",
    "SNS:DeleteTopic",
    "SNS:Subscribe",
    "SNS:ListSubscriptionsByTopic",
    "SNS:Publish",
]


def with_policy_ids(entities: Entities, topic: Topic) -> Topic:
    """With whom the policy means, now that a client has set it.

    Permissions that come and go leave this alone: they name accounts, and what else the policy says
    is meant as it was.
    """
    ids = {} if topic.policy is None else named_ids(entities, topic.policy)
    return msgspec.structs.replace(topic, policy_ids=ids)


def policy_text(entities: Entities, topic: Topic) -> str:
    """The policy as GetTopicAttributes shows it."""
    return document_now(entities, _text(topic), topic.policy_ids)


def resource_policy(entities: Entities, topic: Topic) -> str | None:
    """The policy by which access to the topic is decided; None where no statement is left."""
    text = policy_text(entities, topic)
    return text if _statements(json.loads(text)) else None


def with_permission(
    topic: Topic, label: str, accounts: Sequence[str], actions: Sequence[str]
) -> str:
    """The policy with one more statement; raises InvalidParameterException where the label is
    taken."""
    document = json.loads(_text(topic))
    statements = _statements(document)
    if any(_has_label(statement, label) for statement in statements):
        raise invalid_parameter("Statement already exists")
    added = {
        "Sid": label,
        "Effect": "Allow",
        "Principal": {"AWS": _one_or_list([root_arn(each) for each in accounts])},
        "Action": _one_or_list([f"SNS:{action}" for action in actions]),
        "Resource": topic.arn,
    }
    return _written({**document, "Statement": [*statements, added]})


def without_permission(topic: Topic, label: str) -> str:
    """The policy without the statements of a label, of which there may be none."""
    document = json.loads(_text(topic))
    kept = [each for each in _statements(document) if not _has_label(each, label)]
    return _written({**document, "Statement": kept})


def _text(topic: Topic) -> str:
    """The policy as it was set."""
    return _written(_default(topic)) if topic.policy is None else topic.policy


def _default(topic: Topic) -> dict[str, Any]:
    """The policy of a topic that nobody gave one (as recorded).  AWS:SourceOwner is the account for
    which a service of AWS calls; a client's own calls do not have it."""
    return {
        "Version": "2008-10-17",
        "Id": "__default_policy_ID",
        "Statement": [
            {
                "Sid": "__default_statement_ID",
                "Effect": "Allow",
                "Principal": {"AWS": "*"},
                "Action": _DEFAULT_ACTIONS,
                "Resource": topic.arn,
                "Condition": {"StringEquals": {"AWS:SourceOwner": topic.account}},
            }
        ],
    }


def _statements(document: Any) -> list[Any]:
    found = document.get("Statement", [])
    return found if isinstance(found, list) else [found]


def _has_label(statement: Any, label: str) -> bool:
    return isinstance(statement, dict) and statement.get("Sid") == label


def _one_or_list(values: list[str]) -> str | list[str]:
    return values[0] if len(values) == 1 else values


def _written(document: dict[str, Any]) -> str:
    """In ASCII: a JSON escape may stand for half of a surrogate pair, which has no UTF-8."""
    return json.dumps(document, separators=(",", ":"))
