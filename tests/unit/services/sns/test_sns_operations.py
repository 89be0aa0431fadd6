"""The table of operations as a whole."""

import pytest

from tidegate.api import sns as api
from tidegate.base.refusals import InvalidParameterException
from tidegate.catalog.topic_policy import ACTIONS, policy_text, resource_policy
from tidegate.catalog.topics import Topic

TOPIC = Topic("111122223333", "eu-west-1", "news", 1)


def test_every_operation_but_publishing_has_a_row(sns) -> None:
    assert set(api.OPERATIONS) - set(sns.rows) <= {"Publish", "PublishBatch"}
    assert len(sns.rows) == len(sns.service.operations())


def test_what_a_topics_policy_may_grant_is_not_for_owners_only(sns) -> None:
    itself = {"ConfirmSubscription", "Unsubscribe"}
    for name, row in sns.rows.items():
        assert row.owners_only is (name not in ACTIONS | itself)
        assert row.decides_itself is (name in itself)
        assert row.signed is (name not in itself)


@pytest.mark.parametrize("name", sorted(api.OPERATIONS))
def test_arns_that_are_none_are_refused_before_anything_else(sns, name) -> None:
    if name not in sns.rows:
        return
    fields = api.OPERATIONS[name].input.__struct_fields__
    arns = [field for field in fields if field.endswith("Arn") and field != "ReturnSubscriptionArn"]
    if not arns:
        return
    for value in ("", "x", "a:b:c:d:e:f", "arn:aws:sns:eu-west-1:1:a/b:c", "arn:aws:sns:::\ud800"):
        filled = {field: value for field in fields if field.endswith("Arn")}
        shape = api.OPERATIONS[name].input(
            **filled, **{field: "" for field in fields if field not in filled}
        )
        with pytest.raises(InvalidParameterException):
            sns.rows[name].resource(sns.call(), shape)


def test_a_policy_without_statements_decides_nothing() -> None:
    assert resource_policy(TOPIC) == policy_text(TOPIC)
    emptied = Topic("1", "r", "news", 1, policy='{"Version":"2008-10-17","Statement":[]}')
    assert resource_policy(emptied) is None
