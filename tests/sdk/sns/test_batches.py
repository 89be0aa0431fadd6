"""PublishBatch: up to ten messages, of which each is answered by itself."""

import pytest

from sdk.refusals import refused
from sdk.sns.topic_under_test import text

KIB_256 = 262_144


def numbered(count, **more):
    return [{"Id": f"id{i}", "Message": f"m{i}", **more} for i in range(count)]


def test_ten_messages_at_once(topic, subscribe, subscriber):
    raw = subscribe(topic, RawMessageDelivery="true")
    answer = topic.publish_batch(numbered(10))
    assert answer["Failed"] == []
    assert [entry["Id"] for entry in answer["Successful"]] == [f"id{i}" for i in range(10)]
    ids = {entry["MessageId"] for entry in answer["Successful"]}
    assert len(ids) == 10
    assert {envelope["MessageId"] for envelope in subscriber.envelopes()} == ids
    assert sorted(raw.bodies()) == [f"m{i}" for i in range(10)]


def test_entries_have_all_that_a_message_has(topic, subscriber):
    topic.publish_batch(
        [
            {"Message": "plain"},
            {"Message": "titled", "Subject": "s"},
            {"Message": "attributed", "MessageAttributes": {"a": text("1", "Number")}},
            {"Message": '{"default": "structured"}', "MessageStructure": "json"},
        ]
    )
    found = {envelope["Message"]: envelope for envelope in subscriber.envelopes()}
    assert set(found) == {"plain", "titled", "attributed", "structured"}
    assert found["titled"]["Subject"] == "s"
    assert found["attributed"]["MessageAttributes"] == {"a": {"Type": "Number", "Value": "1"}}


@pytest.mark.parametrize(
    ("code", "entries"),
    [
        ("TooManyEntriesInBatchRequest", numbered(11)),
        ("BatchEntryIdsNotDistinct", numbered(2, Id="same")),
        ("InvalidBatchEntryId", [{"Id": "", "Message": "x"}]),
        ("InvalidBatchEntryId", [{"Id": "ü", "Message": "x"}]),
        ("EmptyBatchRequest", []),
        ("BatchRequestTooLong", numbered(2, Message="m" * (KIB_256 // 2 + 1))),
        ("BatchRequestTooLong", numbered(1, Message="m" * (KIB_256 + 1))),
        (
            "BatchRequestTooLong",
            numbered(2, Message="m" * (KIB_256 // 2), MessageAttributes={"a": text("v")}),
        ),
    ],
)
def test_batches_that_are_refused_whole(topic, subscriber, code, entries):
    with refused(code):
        topic.publish_batch(entries)
    assert subscriber.messages() == []


def test_a_batch_of_256_kib(topic, subscribe):
    raw = subscribe(topic, RawMessageDelivery="true")
    answer = topic.publish_batch(numbered(8, Message="m" * (KIB_256 // 8)))
    assert len(answer["Successful"]) == 8
    assert len(raw.messages()) == 8


def test_an_entry_that_fails_takes_no_other_with_it(topic, subscriber):
    answer = topic.publish_batch(
        [
            {"Message": "first"},
            {"Message": ""},
            {"Message": "x", "Subject": "line\nbreak"},
            {"Message": "no json", "MessageStructure": "json"},
            {"Message": "x", "MessageAttributes": {"a": text("one", "Number")}},
            {"Message": "last"},
        ]
    )
    assert [entry["Id"] for entry in answer["Successful"]] == ["0", "5"]
    assert [entry["Id"] for entry in answer["Failed"]] == ["1", "2", "3", "4"]
    for entry in answer["Failed"]:
        assert entry["SenderFault"] is True
        assert entry["Code"] in (
            "InvalidParameter",
            "ParameterValueInvalid",
            "InvalidParameterValue",
        )
        assert entry["Message"]
    assert sorted(subscriber.texts()) == ["first", "last"]


def test_a_batch_of_nothing_but_failures_is_no_error(topic, subscriber):
    answer = topic.publish_batch([{"Message": ""}])
    assert answer["Successful"] == []
    assert len(answer["Failed"]) == 1
    assert subscriber.messages() == []


def test_ids_of_80_letters(topic):
    for name in ("a" * 80, "valid-message_123"):
        answer = topic.publish_batch([{"Id": name, "Message": "x"}])
        assert [entry["Id"] for entry in answer["Successful"]] == [name]


def test_a_batch_to_a_topic_that_is_not_there(home, topic):
    home.sns.delete_topic(TopicArn=topic.arn)
    with refused("NotFound", "Topic does not exist", status=404):
        topic.publish_batch(numbered(1))
