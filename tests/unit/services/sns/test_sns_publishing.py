"""Publish and PublishBatch.  Recorded answers of AWS are cited by the name of their case."""

import hashlib
import json

import msgspec
import pytest

from tidegate.base.arn import HIDDEN_MARK
from tidegate.base.refusals import (
    BatchEntryIdsNotDistinctException,
    BatchRequestTooLongException,
    EmptyBatchRequestException,
    EndpointDisabledException,
    InvalidBatchEntryIdException,
    InvalidParameterException,
    KMSAccessDeniedException,
    NotFoundException,
    PlatformApplicationDisabledException,
    TooManyEntriesInBatchRequestException,
)
from tidegate.catalog.push import PlatformApplication, PlatformEndpoint

ACCOUNT, REGION = "111122223333", "eu-west-1"
NEWS = f"arn:aws:sns:{REGION}:{ACCOUNT}:news"
FIFO = f"{NEWS}.fifo"
SENDER = ACCOUNT
KIB_256 = 262_144
DEVICE = f"arn:aws:sns:{REGION}:{ACCOUNT}:endpoint/GCM/app/6f2c1a6e-0f5c-4f0e-9a44-0c8b6f2f9a11"
OF_FIFO = {"TopicArn": FIFO, "MessageGroupId": "g"}


@pytest.fixture(autouse=True)
def topic(sns):
    return sns.topic()


@pytest.fixture
def jobs(sns):
    """A queue that has the topic's messages."""
    queue = sns.create_queue()
    sns.subscribe()
    return queue


@pytest.fixture
def ordered(sns):
    """The same of a FIFO topic."""
    sns.topic("news.fifo", {"ContentBasedDeduplication": "true"})
    sns.subscribe(FIFO, endpoint=sns.create_queue("jobs.fifo"))
    return FIFO


def wrong(refused, text, **parameters):
    parameters = {"TopicArn": NEWS, "Message": "text", **parameters}
    refused(InvalidParameterException, f"Invalid parameter: {text}", "Publish", **parameters)


def messages(deliveries):
    return [each.message for each in deliveries]


def bodies(deliveries):
    return [each.body for each in messages(deliveries)]


# --- To a topic ----------------------------------------------------------------------------------


def test_a_message_is_in_the_queue_with_all_that_was_said(sns, jobs) -> None:
    answer = sns.publish("hello", Subject="s", MessageGroupId="tenant")
    assert answer.SequenceNumber is None
    (delivery,) = sns.received()
    message = delivery.message
    assert message.id == answer.MessageId != delivery.message_id
    assert (message.body, message.sender_id, message.group_id) == ("hello", SENDER, "tenant")
    assert message.md5 == hashlib.md5(b"hello").hexdigest()
    assert message.through.is_notification
    assert message.through.subscription.startswith(f"{NEWS}:")
    assert message.publication.subject == "s"
    assert message.publication.published_at == sns.now
    assert (message.publication.is_structured, message.publication.signature_version) == (
        False,
        "1",
    )


def test_a_topic_is_a_target(sns, jobs) -> None:
    """publish_message_by_target_arn"""
    sns.ask("Publish", TargetArn=NEWS, Message="text")
    assert bodies(sns.received()) == ["text"]


def test_nobody_gets_what_was_published_before_they_came(sns) -> None:
    """publish_message_before_subscribe_topic"""
    sns.create_queue()
    assert sns.publish("before").MessageId
    sns.subscribe()
    sns.publish("after")
    assert bodies(sns.received()) == ["after"]


def test_the_topic_says_how_it_signs(sns, jobs) -> None:
    sns.ask(
        "SetTopicAttributes",
        TopicArn=NEWS,
        AttributeName="SignatureVersion",
        AttributeValue="2",
    )
    sns.publish()
    (message,) = messages(sns.received())
    assert message.publication.signature_version == "2"


@pytest.mark.parametrize(
    ("target", "text"),
    [
        (
            {"TopicArn": "randomstring"},
            "TopicArn Reason: An ARN must have at least 6 elements, not 1",
        ),
        (
            {"TopicArn": "random:string"},
            "TopicArn Reason: An ARN must have at least 6 elements, not 2",
        ),
        ({"TopicArn": ""}, "TopicArn Reason: An ARN must have at least 6 elements, not 1"),
        ({"TargetArn": "x"}, "TargetArn Reason: An ARN must have at least 6 elements, not 1"),
        ({"TopicArn": NEWS.replace("eu-west-1", "us-east-2")}, "TopicArn"),
        ({"TargetArn": NEWS.replace("eu-west-1", "us-east-2")}, "TargetArn"),
        ({"TopicArn": f"{NEWS}/x"}, "TopicArn"),
    ],
)
def test_what_is_no_topic_is_refused(refused, target, text) -> None:
    """publish_wrong_arn_format, topic_publish_another_region"""
    refused(
        InvalidParameterException,
        f"Invalid parameter: {text}",
        "Publish",
        Message="text",
        **target,
    )


@pytest.mark.parametrize("operation", ["Publish", "PublishBatch"])
def test_a_topic_that_is_not_there(refused, operation) -> None:
    """unknown_topic_publish"""
    what = {
        "Publish": {"Message": "text"},
        "PublishBatch": {"PublishBatchRequestEntries": [{"Id": "1", "Message": "text"}]},
    }[operation]
    refused(NotFoundException, "Topic does not exist", operation, TopicArn=f"{NEWS}-other", **what)


@pytest.mark.parametrize(
    "targets",
    [
        {},
        {"TopicArn": NEWS, "TargetArn": NEWS},
        {"TopicArn": NEWS, "PhoneNumber": "+4912345"},
        {"TargetArn": DEVICE, "PhoneNumber": "+4912345"},
    ],
)
def test_there_is_one_target(refused, targets) -> None:
    refused(InvalidParameterException, None, "Publish", Message="text", **targets)


def test_a_message_for_the_topic_is_as_long_as_it_says(sns, refused, jobs) -> None:
    text = "\u00e9" * (KIB_256 // 2)
    sns.publish(text)
    wrong(refused, "Message too long", Message=text + "x")
    attribute = {"a": {"DataType": "String", "StringValue": "v"}}
    wrong(refused, "Message too long", Message=text[:-3], MessageAttributes=attribute)
    sns.publish(text[:-4], MessageAttributes=attribute, Subject="does not count")
    assert len(sns.received()) == 2
    sns.ask(
        "SetTopicAttributes",
        TopicArn=NEWS,
        AttributeName="MaximumMessageSize",
        AttributeValue="1024",
    )
    wrong(refused, "Message too long", Message="x" * 1025)
    sns.publish("x" * 1024)


def test_who_may_not_use_the_topics_key_publishes_nothing(sns, refused) -> None:
    sns.refused_keys.add(NEWS)
    refused(KMSAccessDeniedException, None, "Publish", TopicArn=NEWS, Message="text")
    entries = [{"Id": "1", "Message": "text"}]
    refused(
        KMSAccessDeniedException,
        None,
        "PublishBatch",
        TopicArn=NEWS,
        PublishBatchRequestEntries=entries,
    )


def test_a_standard_topic_deduplicates_nothing(refused) -> None:
    """validations_for_fifo"""
    wrong(
        refused,
        "MessageDeduplicationId Reason: The request includes MessageDeduplicationId parameter that "
        "is not valid for this topic type",
        MessageDeduplicationId="1",
    )


# --- To a FIFO topic -----------------------------------------------------------------------------


def test_a_fifo_topic_gives_numbers_that_grow(sns, ordered) -> None:
    numbers = [sns.publish(text, FIFO, MessageGroupId="g").SequenceNumber for text in "abc"]
    assert numbers == sorted(set(numbers))
    assert all(len(number) == 20 for number in numbers)
    found = sns.received("jobs.fifo")
    assert bodies(found) == ["a", "b", "c"]
    assert [each.message.through.sequence_number for each in found] == numbers


def test_a_group_is_needed(refused, ordered) -> None:
    """validations_for_fifo"""
    wrong(refused, "The MessageGroupId parameter is required for FIFO topics", TopicArn=FIFO)


def test_an_id_is_needed_unless_the_content_is_one(sns, refused) -> None:
    """validations_for_fifo"""
    sns.topic("news.fifo")
    wrong(
        refused,
        "The topic should either have ContentBasedDeduplication enabled or "
        "MessageDeduplicationId provided explicitly",
        **OF_FIFO,
    )
    sns.ask("Publish", Message="text", **OF_FIFO, MessageDeduplicationId="1")


def test_the_content_is_all_of_the_message(sns, ordered) -> None:
    """message_to_fifo_sqs[True]"""
    sns.publish("Test", FIFO, MessageGroupId="g")
    first, second = (
        json.dumps({"default": "d", "sqs": each}) for each in ("for queues", "for other queues")
    )
    for text in (first, first, second):
        sns.publish(text, FIFO, MessageGroupId="g", MessageStructure="json")
    found = messages(sns.received("jobs.fifo"))
    assert [each.body for each in found] == ["Test", "for queues", "for other queues"]
    assert found[0].deduplication_id == hashlib.sha256(b"Test").hexdigest()
    assert found[0].deduplication_id == (
        "532eaabd9574880dbf76b9b8cc00832c20a6ec113d682299550d7a6e0f345e25"
    )
    assert found[2].deduplication_id == hashlib.sha256(second.encode()).hexdigest()


def test_a_duplicate_is_answered_as_the_first(sns, ordered) -> None:
    first = sns.publish("a", FIFO, MessageGroupId="g", MessageDeduplicationId="1")
    again = sns.publish("b", FIFO, MessageGroupId="h", MessageDeduplicationId="1")
    assert again == first
    assert bodies(sns.received("jobs.fifo")) == ["a"]


def test_ids_count_in_groups_where_the_topic_says_so(sns, ordered) -> None:
    sns.ask(
        "SetTopicAttributes",
        TopicArn=FIFO,
        AttributeName="FifoThroughputScope",
        AttributeValue="MessageGroup",
    )
    sns.subscribe(FIFO, endpoint=sns.create_queue("all"))
    for group in "gh":
        sns.publish(group, FIFO, MessageGroupId=group, MessageDeduplicationId="1")
    assert bodies(sns.received("all")) == ["g", "h"]


def test_what_has_to_wait_is_published_later(sns, ordered) -> None:
    """While an older message comes to a subscription first."""
    sns.is_held = True
    row, call = sns.rows["Publish"], sns.call()
    row.handler(call, sns.shape("Publish", Message="a", **OF_FIFO))
    entries = [{"Id": "1", "Message": "b", "MessageGroupId": "g"}]
    batch = sns.call()
    shape = sns.shape("PublishBatch", TopicArn=FIFO, PublishBatchRequestEntries=entries)
    sns.rows["PublishBatch"].handler(batch, shape)
    assert call.answers == batch.answers == []
    assert [arn for arn, _ in sns.held] == [FIFO, FIFO]
    sns.is_held = False
    for _, publish in sns.held:
        publish()
    assert call.answers[0].MessageId
    assert batch.answers[0].Successful[0].Id == "1"
    assert bodies(sns.received("jobs.fifo")) == ["a", "b"]


def test_what_waited_in_vain_is_told(sns, ordered) -> None:
    sns.is_held = True
    call = sns.call()
    sns.rows["Publish"].handler(call, sns.shape("Publish", Message="a", **OF_FIFO))
    sns.ask("DeleteTopic", TopicArn=FIFO)
    sns.held[0][1]()
    assert isinstance(call.answers[0], NotFoundException)


# --- To a device ---------------------------------------------------------------------------------


APPLICATION = PlatformApplication(ACCOUNT, REGION, "GCM", "app", 0, b"sealed")


@pytest.fixture
def device(sns):
    endpoint = PlatformEndpoint(APPLICATION.arn, DEVICE.rpartition("/")[2], "token", sns.now)
    sns.put(APPLICATION, endpoint)
    assert endpoint.arn == DEVICE
    return DEVICE


def hidden(sns):
    """What is on its way out of the server: by the queue's name, its messages."""
    return {
        arn.rpartition(":")[2]: sns.received(arn)
        for arn in list(sns.node.partition.state.by_arn)
        if HIDDEN_MARK in arn
    }


def test_a_device_has_its_platforms_text(sns, device) -> None:
    text = json.dumps({"default": "d", "GCM": "for google", "APNS": "for apple"})
    answer = sns.ask("Publish", TargetArn=DEVICE, Message=text, MessageStructure="json")
    ((message,),) = (messages(found) for found in hidden(sns).values())
    assert (message.id, message.body) == (answer.MessageId, "for google")
    assert message.publication.is_structured
    assert message.publication.destination is None


def test_or_the_default(sns, device) -> None:
    text = json.dumps({"default": "d", "APNS": "for apple"})
    sns.ask("Publish", TargetArn=DEVICE, Message=text, MessageStructure="json")
    ((message,),) = (messages(found) for found in hidden(sns).values())
    assert (message.body, message.publication.is_structured) == ("d", False)


def test_a_device_that_is_not_there(refused) -> None:
    """publish_non_existent_target"""
    refused(
        InvalidParameterException,
        "Invalid parameter: TargetArn Reason: No endpoint found for the target arn specified",
        "Publish",
        TargetArn=DEVICE,
        Message="text",
    )


def test_devices_and_applications_that_are_disabled(sns, refused, device) -> None:
    sns.ask("SetEndpointAttributes", EndpointArn=DEVICE, Attributes={"Enabled": "false"})
    refused(
        EndpointDisabledException, "Endpoint is disabled", "Publish", TargetArn=DEVICE, Message="x"
    )
    sns.put(msgspec.structs.replace(APPLICATION, attributes={"Enabled": "false"}))
    refused(PlatformApplicationDisabledException, None, "Publish", TargetArn=DEVICE, Message="x")


def test_a_message_for_a_device_is_of_the_usual_size(sns, refused, device) -> None:
    sns.ask("Publish", TargetArn=DEVICE, Message="x" * KIB_256)
    refused(
        InvalidParameterException,
        "Invalid parameter: Message too long",
        "Publish",
        TargetArn=DEVICE,
        Message="x" * (KIB_256 + 1),
    )


# --- To a phone ----------------------------------------------------------------------------------


def test_a_phone_has_the_text_for_phones(sns) -> None:
    text = json.dumps({"default": "d", "sms": "short"})
    answer = sns.ask("Publish", PhoneNumber="+491701234567", Message=text, MessageStructure="json")
    ((message,),) = (messages(found) for found in hidden(sns).values())
    assert (message.id, message.body) == (answer.MessageId, "short")
    assert message.publication.destination == "+491701234567"


@pytest.mark.parametrize("number", ["NAA+15551234567", "+1a234", "", "+0123", "15551234567"])
def test_what_is_no_number(refused, number) -> None:
    """publish_wrong_phone_format"""
    refused(
        InvalidParameterException,
        f"Invalid parameter: PhoneNumber Reason: {number} is not valid to publish to",
        "Publish",
        PhoneNumber=number,
        Message="text",
    )


# --- Batches -------------------------------------------------------------------------------------


def batch(sns, *entries, topic=NEWS):
    return sns.ask("PublishBatch", TopicArn=topic, PublishBatchRequestEntries=list(entries))


def entry(id, message="text", **more):
    return {"Id": id, "Message": message, **more}


def test_a_batch_is_answered_and_delivered_in_its_order(sns, jobs) -> None:
    answer = batch(sns, *(entry(f"id-{n}", str(n)) for n in range(10)))
    assert [each.Id for each in answer.Successful] == [f"id-{n}" for n in range(10)]
    assert answer.Failed == []
    found = messages(sns.received())
    assert [each.body for each in found] == [str(n) for n in range(10)]
    assert [each.id for each in found] == [each.MessageId for each in answer.Successful]


def test_what_is_wrong_with_an_entry_is_its_own(sns, jobs) -> None:
    answer = batch(
        sns,
        entry("1", ""),
        entry("2"),
        entry("3", Subject=""),
        entry("4", MessageAttributes={"a": {"DataType": "Number", "StringValue": "x"}}),
        entry("5", MessageDeduplicationId="1"),
    )
    assert [each.Id for each in answer.Successful] == ["2"]
    assert [(each.Id, each.Code, each.SenderFault) for each in answer.Failed] == [
        ("1", "InvalidParameter", True),
        ("3", "InvalidParameter", True),
        ("4", "ParameterValueInvalid", True),
        ("5", "InvalidParameter", True),
    ]
    assert answer.Failed[0].Message == "Invalid parameter: Empty message"
    assert len(sns.received()) == 1


def test_a_batch_may_fail_to_the_last(sns, jobs) -> None:
    answer = batch(sns, entry("1", ""))
    assert (answer.Successful, len(answer.Failed)) == ([], 1)
    assert sns.received() == []


@pytest.mark.parametrize(
    ("refusal", "text", "entries"),
    [
        (EmptyBatchRequestException, None, []),
        (TooManyEntriesInBatchRequestException, None, [entry(str(n)) for n in range(11)]),
        (BatchEntryIdsNotDistinctException, None, [entry("1"), entry("2"), entry("1")]),
        (
            InvalidBatchEntryIdException,
            "The Id of a batch entry in the batch request contains an impermissible character: "
            "message.id",
            [entry("1"), entry("message.id")],
        ),
        (InvalidBatchEntryIdException, None, [entry("")]),
        (
            InvalidBatchEntryIdException,
            f"The Id of a batch entry in the batch request is too long: {'a' * 81}",
            [entry("a" * 81)],
        ),
        (BatchRequestTooLongException, None, [entry("1", "x" * (KIB_256 + 1))]),
        (BatchRequestTooLongException, None, [entry("1", "x" * KIB_256), entry("2", "x")]),
    ],
)
def test_batches_that_are_refused_whole(sns, refused, jobs, refusal, text, entries) -> None:
    """publish_batch_invalid_entry_id"""
    refused(refusal, text, "PublishBatch", TopicArn=NEWS, PublishBatchRequestEntries=entries)
    assert sns.received() == []


def test_a_batch_may_be_as_long_as_a_message(sns, jobs) -> None:
    """publish_batch_invalid_entry_id"""
    assert (
        len(batch(sns, *(entry("a" * n, "x" * (KIB_256 // 4)) for n in (1, 79, 80, 8))).Failed) == 0
    )


def test_duplicates_within_a_batch(sns, ordered) -> None:
    of_group = {"MessageGroupId": "g"}
    answer = batch(
        sns, *(entry(str(n), text, **of_group) for n, text in enumerate("aba")), topic=FIFO
    )
    first, second, third = answer.Successful
    assert first.SequenceNumber < second.SequenceNumber
    assert (third.MessageId, third.SequenceNumber) == (first.MessageId, first.SequenceNumber)
    assert bodies(sns.received("jobs.fifo")) == ["a", "b"]


@pytest.mark.parametrize("without", [{}, {"MessageDeduplicationId": "1"}])
def test_what_a_fifo_topic_needs_is_needed_of_all(sns, refused, ordered, without) -> None:
    entries = [entry("1", MessageGroupId="g"), entry("2", **without)]
    refused(
        InvalidParameterException,
        "Invalid parameter: The MessageGroupId parameter is required for FIFO topics",
        "PublishBatch",
        TopicArn=FIFO,
        PublishBatchRequestEntries=entries,
    )
    assert sns.received("jobs.fifo") == []
