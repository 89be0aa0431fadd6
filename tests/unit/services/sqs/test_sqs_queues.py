"""Operations on queues, their tags and permissions."""

import pytest

from tidegate.base.refusals import (
    AccessDeniedException,
    InvalidAttributeName,
    InvalidAttributeValue,
    InvalidParameterValueException,
    MissingRequiredParameterException,
    OverLimit,
    QueueDoesNotExist,
)
from tidegate.engine.commands import (
    AddPermission,
    CreateQueue,
    DeleteQueue,
    DescribeQueue,
    ListDeadLetterSources,
    ListQueues,
    PurgeQueue,
    QueueDescription,
    QueueNames,
    RemovePermission,
    SetQueueAttributes,
    TagQueue,
    UntagQueue,
)

DESCRIBED = QueueDescription(
    1, {"QueueArn": "arn", "DelaySeconds": "0", "VisibilityTimeout": "30"}, {"team": "blue"}
)
BAD_NAME = "Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in length"


def arn(name):
    return f"arn:aws:sqs:eu-west-1:000000000000:{name}"


def test_create_answers_with_a_url_on_the_clients_address(sqs):
    answer = sqs.ask(
        "CreateQueue", QueueName="jobs", Attributes={"DelaySeconds": "5"}, tags={"team": "blue"}
    )
    assert answer.QueueUrl == sqs.url
    assert sqs.command == CreateQueue(sqs.arn, {"DelaySeconds": "5"}, {"team": "blue"})


def test_create_answers_with_the_public_address(sqs_with):
    bench = sqs_with(public_base="https://example.com")
    answer = bench.ask("CreateQueue", QueueName="jobs")
    assert answer.QueueUrl == "https://example.com/eu-west-1/000000000000/jobs"


@pytest.mark.parametrize("name", ["a b", "ü", "a" * 81, "a.b", "jobs.fifo", "a/b", "a:b", "a\n"])
def test_names_of_queues(refused, name):
    refused(InvalidParameterValueException, BAD_NAME, "CreateQueue", QueueName=name)


def test_create_needs_a_name(refused):
    refused(
        MissingRequiredParameterException,
        "The request must contain the parameter QueueName.",
        "CreateQueue",
        QueueName="",
    )


def test_create_refuses_a_wrong_attribute_before_the_queue_is_asked(refused):
    refused(
        InvalidAttributeValue,
        "Invalid value for the parameter DelaySeconds.",
        "CreateQueue",
        QueueName="jobs",
        Attributes={"DelaySeconds": "901"},
    )


def test_create_refuses_more_than_fifty_tags(refused):
    refused(
        InvalidParameterValueException,
        "Too many tags added for queue jobs.",
        "CreateQueue",
        QueueName="jobs",
        tags={str(number): "" for number in range(51)},
    )


@pytest.mark.parametrize(
    ("operation", "command"), [("DeleteQueue", DeleteQueue), ("PurgeQueue", PurgeQueue)]
)
def test_delete_and_purge(sqs, operation, command):
    assert sqs.ask(operation) is None
    assert sqs.command == command(sqs.arn)


def test_url_of_a_queue_by_name(sqs):
    assert sqs.ask("GetQueueUrl", DESCRIBED, QueueName="jobs").QueueUrl == sqs.url
    assert sqs.command == DescribeQueue(sqs.arn)


def test_url_of_another_accounts_queue(sqs):
    answer = sqs.ask(
        "GetQueueUrl", DESCRIBED, QueueName="jobs", QueueOwnerAWSAccountId="111111111111"
    )
    assert answer.QueueUrl == "http://127.0.0.1:4566/eu-west-1/111111111111/jobs"


@pytest.mark.parametrize(
    "asked",
    [
        {"QueueName": "a:b"},
        {"QueueName": "a" * 81},
        {"QueueName": "jobs", "QueueOwnerAWSAccountId": "someone"},
    ],
)
def test_url_of_what_no_queue_is_called(refused, asked):
    refused(QueueDoesNotExist, "The specified queue does not exist.", "GetQueueUrl", **asked)


# --- Listing -------------------------------------------------------------------------------------


def test_list_without_a_page_size_asks_for_a_thousand(sqs):
    answer = sqs.ask("ListQueues", QueueNames([arn("a"), arn("b")], more=True))
    assert sqs.command == ListQueues("000000000000", "eu-west-1", "", "", 1000)
    assert [url.rpartition("/")[2] for url in answer.QueueUrls] == ["a", "b"]
    assert answer.NextToken is None


def test_list_of_nothing_has_no_list(sqs):
    assert sqs.ask("ListQueues", QueueNames([], more=False)).QueueUrls is None


def test_a_page_leads_to_the_next(sqs):
    """Recorded as list_queues_pagination."""
    first = sqs.ask(
        "ListQueues",
        QueueNames([arn("a"), arn("b")], more=True),
        QueueNamePrefix="q",
        MaxResults=2,
    )
    assert sqs.command == ListQueues("000000000000", "eu-west-1", "q", "", 2)
    last = sqs.ask(
        "ListQueues", QueueNames([arn("c")], more=False), MaxResults=2, NextToken=first.NextToken
    )
    assert sqs.command.after == "b"
    assert last.NextToken is None


@pytest.mark.parametrize("operation", ["ListQueues", "ListDeadLetterSourceQueues"])
@pytest.mark.parametrize("count", [0, 1001])
def test_page_size_has_a_range(refused, operation, count):
    refused(
        InvalidParameterValueException,
        f"Value {count} for parameter MaxResults is invalid. Reason: Must be between 1 and 1000, "
        "if provided.",
        operation,
        MaxResults=count,
    )


@pytest.mark.parametrize("operation", ["ListQueues", "ListDeadLetterSourceQueues"])
@pytest.mark.parametrize("token", ["not base64!", "/w==", "ü"])
def test_tokens_that_are_none(refused, operation, token):
    refused(InvalidParameterValueException, None, operation, NextToken=token, MaxResults=1)


def test_dead_letter_sources_have_pages_too(sqs):
    first = sqs.ask("ListDeadLetterSourceQueues", QueueNames([arn("a")], more=True), MaxResults=1)
    assert first.queueUrls == ["http://127.0.0.1:4566/eu-west-1/000000000000/a"]
    sqs.ask(
        "ListDeadLetterSourceQueues",
        QueueNames([], more=False),
        MaxResults=1,
        NextToken=first.NextToken,
    )
    assert sqs.command == ListDeadLetterSources(sqs.arn, arn("a"), 1)


def test_dead_letter_sources_of_a_queue_without_any_are_an_empty_list(sqs):
    """The model requires the member queueUrls."""
    assert sqs.ask("ListDeadLetterSourceQueues", QueueNames([], more=False)).queueUrls == []


# --- Attributes ----------------------------------------------------------------------------------


def test_no_names_show_no_attributes(sqs):
    assert sqs.ask("GetQueueAttributes", DESCRIBED).Attributes is None


def test_all_names_show_all_attributes(sqs):
    answer = sqs.ask("GetQueueAttributes", DESCRIBED, AttributeNames=["All"])
    assert answer.Attributes == DESCRIBED.attributes
    assert sqs.command == DescribeQueue(sqs.arn)


def test_names_show_the_attributes_that_the_queue_has(sqs):
    answer = sqs.ask(
        "GetQueueAttributes", DESCRIBED, AttributeNames=["DelaySeconds", "RedrivePolicy"]
    )
    assert answer.Attributes == {"DelaySeconds": "0"}


def test_names_that_no_queue_has_are_refused(refused):
    refused(
        InvalidAttributeName,
        "Unknown Attribute Foo.",
        "GetQueueAttributes",
        AttributeNames=["All", "Foo"],
    )


def test_attributes_are_set(sqs):
    assert sqs.ask("SetQueueAttributes", Attributes={"Policy": ""}) is None
    assert sqs.command == SetQueueAttributes(sqs.arn, {"Policy": ""})


def test_setting_nothing_is_refused(refused):
    refused(MissingRequiredParameterException, None, "SetQueueAttributes", Attributes={})


# --- Tags ----------------------------------------------------------------------------------------


def test_tags_are_added_removed_and_listed(sqs):
    sqs.ask("TagQueue", Tags={"team": "", "k": "v"})
    assert sqs.command == TagQueue(sqs.arn, {"team": "", "k": "v"})
    sqs.ask("UntagQueue", TagKeys=["team"])
    assert sqs.command == UntagQueue(sqs.arn, ["team"])
    assert sqs.ask("ListQueueTags", DESCRIBED).Tags == {"team": "blue"}


def test_a_queue_without_tags_lists_none(sqs):
    assert sqs.ask("ListQueueTags", QueueDescription(1, {}, {})).Tags is None


@pytest.mark.parametrize("tags", [{"": "v"}, {"k" * 129: "v"}, {"k": "v" * 257}, {"aws:k": "v"}])
def test_tags_that_no_queue_may_have(refused, tags):
    refused(InvalidParameterValueException, None, "TagQueue", Tags=tags)


def test_adding_no_tags_is_refused(refused):
    refused(
        MissingRequiredParameterException,
        "The request must contain the parameter Tags.",
        "TagQueue",
        Tags={},
    )


def test_removing_no_tags_is_refused(refused):
    refused(InvalidParameterValueException, None, "UntagQueue", TagKeys=[])


# --- Permissions ---------------------------------------------------------------------------------


def permission(**changes):
    return {
        "Label": "alice",
        "AWSAccountIds": ["111111111111"],
        "Actions": ["SendMessage", "*"],
        **changes,
    }


def test_a_permission_is_added_and_removed(sqs):
    sqs.ask("AddPermission", **permission())
    assert sqs.command == AddPermission(sqs.arn, "alice", ["111111111111"], ["SendMessage", "*"])
    sqs.ask("RemovePermission", Label="alice")
    assert sqs.command == RemovePermission(sqs.arn, "alice")


def test_seven_actions_are_the_most(refused):
    refused(
        OverLimit,
        "8 Actions were found, maximum allowed is 7.",
        "AddPermission",
        **permission(Actions=["SendMessage"] * 8),
    )


@pytest.mark.parametrize("accounts", [[], ["1"], ["111111111111", "alice"]])
def test_principals_are_accounts(refused, accounts):
    refused(
        InvalidParameterValueException,
        f"Value [{', '.join(accounts)}] for parameter PrincipalId is invalid. Reason: Unable to "
        "verify.",
        "AddPermission",
        **permission(AWSAccountIds=accounts),
    )


def test_actions_of_the_owner_cannot_be_granted(refused):
    refused(
        InvalidParameterValueException,
        "Value SQS:CreateQueue for parameter ActionName is invalid. Reason: Only the queue owner "
        "is allowed to invoke this action.",
        "AddPermission",
        **permission(Actions=["CreateQueue"]),
    )


@pytest.mark.parametrize("changes", [{"Actions": ["Foo"]}, {"Label": "a b"}, {"Label": "a" * 81}])
def test_permissions_that_cannot_be(refused, changes):
    refused(InvalidParameterValueException, None, "AddPermission", **permission(**changes))


@pytest.mark.parametrize("changes", [{"Actions": []}, {"Label": ""}])
def test_permissions_that_lack_something(refused, changes):
    refused(MissingRequiredParameterException, None, "AddPermission", **permission(**changes))


def test_a_queue_that_is_made_with_tags_needs_the_permission_to_tag_it(sqs, refused):
    sqs.refused["sqs:TagQueue", sqs.arn] = AccessDeniedException("no")
    refused(AccessDeniedException, "no", "CreateQueue", QueueName="jobs", tags={"team": "blue"})
    sqs.ask("CreateQueue", QueueName="jobs")
    assert sqs.command == CreateQueue(sqs.arn, {}, {})
