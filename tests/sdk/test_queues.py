"""Queues as things: made, found, listed, deleted, named."""

import pytest
from botocore.exceptions import ClientError

from sdk.clients import ACCOUNT, REGION, unique_name
from sdk.queue_under_test import Queue
from sdk.refusals import NO_SUCH_QUEUE, refused

MISSING = {"json": "The specified queue does not exist."}
MISSING["query"] = "The specified queue does not exist for this wsdl version."

STANDARD_DEFAULTS = {
    "ApproximateNumberOfMessages": "0",
    "ApproximateNumberOfMessagesDelayed": "0",
    "ApproximateNumberOfMessagesNotVisible": "0",
    "DelaySeconds": "0",
    "MaximumMessageSize": "1048576",
    "MessageRetentionPeriod": "345600",
    "ReceiveMessageWaitTimeSeconds": "0",
    "SqsManagedSseEnabled": "true",
    "VisibilityTimeout": "30",
}
FIFO_DEFAULTS = {
    **STANDARD_DEFAULTS,
    "ContentBasedDeduplication": "false",
    "DeduplicationScope": "queue",
    "FifoQueue": "true",
    "FifoThroughputLimit": "perQueue",
}


def protocol_of(sqs):
    return sqs.meta.service_model.metadata["protocol"]


def without_times(attributes):
    for name in ("CreatedTimestamp", "LastModifiedTimestamp"):
        assert attributes.pop(name).isdigit()
    return attributes


def test_url_ends_in_account_and_name(sqs):
    name = unique_name()
    url = sqs.create_queue(QueueName=name)["QueueUrl"]
    assert url.startswith(sqs.meta.endpoint_url)
    assert url.endswith(f"/{ACCOUNT}/{name}")
    assert sqs.get_queue_url(QueueName=name)["QueueUrl"] == url


def test_arn_names_region_account_and_queue(queue):
    assert queue.arn == f"arn:aws:sqs:{REGION}:{ACCOUNT}:{queue.name}"


def test_standard_queue_has_the_defaults_of_aws(queue):
    attributes = without_times(queue.attributes())
    assert attributes == {**STANDARD_DEFAULTS, "QueueArn": queue.arn}


def test_fifo_queue_has_the_defaults_of_aws(sqs):
    name = unique_name(fifo=True)
    url = sqs.create_queue(QueueName=name, Attributes={"FifoQueue": "true"})["QueueUrl"]
    queue = Queue(sqs, url)
    attributes = without_times(queue.attributes())
    assert attributes == {**FIFO_DEFAULTS, "QueueArn": queue.arn}


def test_create_again_with_equal_or_no_attributes_gives_the_same_queue(sqs):
    name = unique_name()
    attributes = {"VisibilityTimeout": "7", "DelaySeconds": "0"}
    url = sqs.create_queue(QueueName=name, Attributes=attributes)["QueueUrl"]
    assert sqs.create_queue(QueueName=name, Attributes=attributes)["QueueUrl"] == url
    assert sqs.create_queue(QueueName=name)["QueueUrl"] == url
    assert Queue(sqs, url).attributes("VisibilityTimeout") == {"VisibilityTimeout": "7"}


def test_create_again_with_another_value_is_refused(sqs):
    name = unique_name()
    sqs.create_queue(QueueName=name, Attributes={"VisibilityTimeout": "7"})
    with refused("QueueAlreadyExists", query_error="QueueNameExists") as caught:
        sqs.create_queue(QueueName=name, Attributes={"VisibilityTimeout": "8"})
    assert "VisibilityTimeout" in caught.value.response["Error"]["Message"]


@pytest.mark.parametrize("name", ["with space", "a" * 81, "dot.ted", "ünicode", "a/b", ""])
def test_illegal_names_are_refused(sqs, name):
    with refused(("InvalidParameterValue", "MissingParameter")):
        sqs.create_queue(QueueName=name)


def test_longest_name_is_accepted(sqs):
    name = unique_name().ljust(80, "x")
    assert sqs.create_queue(QueueName=name)["QueueUrl"].endswith(name)


def test_fifo_name_needs_the_attribute_and_the_attribute_the_name(sqs):
    with refused("InvalidParameterValue"):
        sqs.create_queue(QueueName=unique_name(fifo=True))
    with refused("InvalidParameterValue"):
        sqs.create_queue(QueueName=unique_name(), Attributes={"FifoQueue": "true"})


def test_names_are_case_sensitive(sqs):
    name = unique_name()
    sqs.create_queue(QueueName=name)
    with refused(NO_SUCH_QUEUE):
        sqs.get_queue_url(QueueName=name.upper())


def test_missing_queue_by_name(sqs):
    with refused(NO_SUCH_QUEUE, query_error="QueueDoesNotExist") as caught:
        sqs.get_queue_url(QueueName=unique_name())
    assert caught.value.response["Error"]["Message"] == MISSING[protocol_of(sqs)]
    assert caught.value.response["Error"]["Type"] == "Sender"


CALLS_ON_A_QUEUE = {
    "add_permission": {"Label": "x", "AWSAccountIds": ["111111111111"], "Actions": ["*"]},
    "change_message_visibility": {"ReceiptHandle": "x", "VisibilityTimeout": 1},
    "change_message_visibility_batch": {"Entries": [{"Id": "1", "ReceiptHandle": "x"}]},
    "delete_message": {"ReceiptHandle": "x"},
    "delete_message_batch": {"Entries": [{"Id": "1", "ReceiptHandle": "x"}]},
    "delete_queue": {},
    "get_queue_attributes": {"AttributeNames": ["All"]},
    "list_dead_letter_source_queues": {},
    "list_queue_tags": {},
    "purge_queue": {},
    "receive_message": {},
    "remove_permission": {"Label": "x"},
    "send_message": {"MessageBody": "x"},
    "send_message_batch": {"Entries": [{"Id": "1", "MessageBody": "x"}]},
    "set_queue_attributes": {"Attributes": {"DelaySeconds": "1"}},
    "tag_queue": {"Tags": {"a": "b"}},
    "untag_queue": {"TagKeys": ["a"]},
}


@pytest.mark.parametrize("call", CALLS_ON_A_QUEUE)
def test_missing_queue_by_url(sqs, call):
    url = f"{sqs.meta.endpoint_url}/{ACCOUNT}/{unique_name()}"
    with refused(NO_SUCH_QUEUE, MISSING[protocol_of(sqs)], query_error="QueueDoesNotExist"):
        getattr(sqs, call)(QueueUrl=url, **CALLS_ON_A_QUEUE[call])


def test_deleted_queue_is_gone_and_its_name_blocked_for_a_minute(sqs):
    queue = Queue(sqs, sqs.create_queue(QueueName=unique_name())["QueueUrl"])
    queue.send("lost with the queue")
    sqs.delete_queue(QueueUrl=queue.url)
    with refused(NO_SUCH_QUEUE):
        queue.receive()
    with refused(NO_SUCH_QUEUE):
        sqs.get_queue_url(QueueName=queue.name)
    assert "QueueUrls" not in sqs.list_queues(QueueNamePrefix=queue.name)
    with refused(
        "AWS.SimpleQueueService.QueueDeletedRecently",
        containing="60 seconds",
        query_error="QueueDeletedRecently",
    ):
        sqs.create_queue(QueueName=queue.name)


def test_list_by_prefix_in_pages(sqs):
    prefix = unique_name() + "-"
    urls = [sqs.create_queue(QueueName=f"{prefix}{i}")["QueueUrl"] for i in range(10)]
    everything = sqs.list_queues(QueueNamePrefix=prefix)
    assert everything["QueueUrls"] == urls
    assert "NextToken" not in everything
    first = sqs.list_queues(QueueNamePrefix=prefix, MaxResults=2)
    assert first["QueueUrls"] == urls[:2]
    rest = sqs.list_queues(QueueNamePrefix=prefix, MaxResults=8, NextToken=first["NextToken"])
    assert rest["QueueUrls"] == urls[2:]
    assert "NextToken" not in rest
    pages = sqs.get_paginator("list_queues").paginate(
        QueueNamePrefix=prefix, PaginationConfig={"PageSize": 3}
    )
    assert [url for page in pages for url in page["QueueUrls"]] == urls


def test_list_of_nothing_has_no_urls(sqs):
    assert "QueueUrls" not in sqs.list_queues(QueueNamePrefix=unique_name())


@pytest.mark.parametrize("count", [0, -1, 1001])
def test_list_page_size_has_limits(sqs, count):
    with refused("InvalidParameterValue"):
        sqs.list_queues(MaxResults=count)


def test_list_with_a_made_up_token_is_refused(sqs):
    with pytest.raises(ClientError) as caught:
        sqs.list_queues(MaxResults=1, NextToken="made up")
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 400


def test_purge_takes_all_messages_and_comes_once_a_minute(sqs, queue):
    queue.send_all(["waiting", "in flight"])
    queue.send("delayed", DelaySeconds=900)
    queue.receive(1)
    assert queue.purge()["ResponseMetadata"]["HTTPStatusCode"] == 200
    assert queue.depth() == (0, 0, 0)
    with refused(
        "AWS.SimpleQueueService.PurgeQueueInProgress",
        f"Only one PurgeQueue operation on {queue.name} is allowed every 60 seconds.",
        status=403,
        query_error="PurgeQueueInProgress",
    ):
        queue.purge()
    queue.send("after the purge")
    assert queue.bodies() == ["after the purge"]
