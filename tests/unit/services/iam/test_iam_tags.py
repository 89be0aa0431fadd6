"""Tags of everything that has them."""

import pytest

from tidegate.base.refusals import (
    InvalidInputException,
    LimitExceededException,
    NoSuchEntityException,
)

KINDS = ["User", "Role", "Policy", "InstanceProfile", "OpenIDConnectProvider"]
CREATED = {
    "User": lambda iam, tags: iam.user("one", Tags=tags),
    "Role": lambda iam, tags: iam.role("one", Tags=tags),
    "Policy": lambda iam, tags: iam.policy("one", Tags=tags),
    "InstanceProfile": lambda iam, tags: iam.ask(
        "CreateInstanceProfile", InstanceProfileName="one", Tags=tags
    ),
    "OpenIDConnectProvider": lambda iam, tags: iam.ask(
        "CreateOpenIDConnectProvider", Url="https://one.example", Tags=tags
    ),
}


def named(iam, kind):
    if kind == "Policy":
        return {"PolicyArn": f"arn:aws:iam::{iam.account}:policy/one"}
    if kind == "OpenIDConnectProvider":
        arn = f"arn:aws:iam::{iam.account}:oidc-provider/one.example"
        return {"OpenIDConnectProviderArn": arn}
    return {f"{kind}Name": "one"}


def pairs(**tags):
    return [{"Key": key, "Value": value} for key, value in tags.items()]


def tags_of(iam, kind, size=100):
    listed = iam.pages(f"List{kind}Tags", "Tags", size, **named(iam, kind))
    return {tag.Key: tag.Value for tag in listed}


@pytest.fixture(params=KINDS)
def kind(request):
    return request.param


def test_tags_come_and_go(iam, kind):
    CREATED[kind](iam, pairs(a="1"))
    iam.ask(f"Tag{kind}", Tags=pairs(b="2", c="3"), **named(iam, kind))
    iam.ask(f"Tag{kind}", Tags=pairs(b="4"), **named(iam, kind))
    assert tags_of(iam, kind, 2) == {"a": "1", "b": "4", "c": "3"}
    iam.ask(f"Untag{kind}", TagKeys=["A", "c", "none"], **named(iam, kind))
    assert tags_of(iam, kind) == {"b": "4"}


def test_a_key_keeps_the_case_that_it_had_first(iam, kind):
    CREATED[kind](iam, pairs(Team="1"))
    iam.ask(f"Tag{kind}", Tags=pairs(TEAM="2"), **named(iam, kind))
    assert tags_of(iam, kind) == {"Team": "2"}


def test_what_changes_nothing_writes_nothing(iam, kind):
    CREATED[kind](iam, pairs(a="1"))
    records = iam.records
    iam.ask(f"Tag{kind}", Tags=pairs(a="1"), **named(iam, kind))
    iam.ask(f"Untag{kind}", TagKeys=["b"], **named(iam, kind))
    assert iam.records == records


def test_there_are_fifty_at_most(iam, kind, refused):
    CREATED[kind](iam, pairs(**{f"k{number}": "" for number in range(50)}))
    iam.ask(f"Tag{kind}", Tags=pairs(k7="again"), **named(iam, kind))
    refused(
        LimitExceededException,
        "The number of tags has reached the maximum limit.",
        f"Tag{kind}",
        Tags=pairs(more=""),
        **named(iam, kind),
    )


def test_a_key_is_given_once(iam, kind, refused):
    CREATED[kind](iam, [])
    refused(
        InvalidInputException,
        "Duplicate tag keys found. Please note that Tag keys are case insensitive.",
        f"Tag{kind}",
        Tags=pairs(a="", A=""),
        **named(iam, kind),
    )
    with pytest.raises(InvalidInputException):
        CREATED[kind](iam, pairs(a="", A=""))


def test_aws_keeps_its_tags_to_itself(iam, kind, refused):
    CREATED[kind](iam, [])
    refused(
        InvalidInputException,
        None,
        f"Tag{kind}",
        Tags=[{"Key": "AWS:x", "Value": ""}],
        **named(iam, kind),
    )


@pytest.mark.parametrize("operation", ["Tag{}", "Untag{}", "List{}Tags"])
def test_what_is_tagged_must_be_there(iam, kind, refused, operation):
    more = {"Tag{}": {"Tags": []}, "Untag{}": {"TagKeys": []}}.get(operation, {})
    refused(NoSuchEntityException, None, operation.format(kind), **named(iam, kind), **more)
