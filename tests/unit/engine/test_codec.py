"""Commands, results and records survive being sent."""

from __future__ import annotations

import typing

import msgspec
import pytest

from tidegate.catalog.entity import EntityName
from tidegate.catalog.identities import AccessKey, User
from tidegate.catalog.queues import QueueDefinition
from tidegate.engine import codec, commands, records
from tidegate.engine.commands import AttributeValue, Delivery, Message, Receipt, Refused, Sent

MESSAGE = Message(
    "id",
    "body \u2603",
    "5d41402abc4b2a76b9719d911017c592",
    "AIDA",
    {"a": AttributeValue("String.label", "x"), "b": AttributeValue("Binary", None, b"\x00\xff")},
    "md5",
    "Root=1-2",
    "group",
    "dedup",
)
SEALED = Message("id", "", "", "AIDA", data_key=b"\x01key", sealed=b"\x00\xffsealed")
ENTRY = commands.Entry(MESSAGE, 12, 3)
RECEIPT = Receipt(1, 2, 3)
USER = User("1", "Ann", "/", "AIDA1", 5, tags={"team": "blue"}, access_keys=("AKIA1",))
KEY = AccessKey("AKIA1", "1", "Ann", 5, b"sealed")

COLUMNS = records.FanColumns(MESSAGE, [1, 2], [3, 4], [0, 5], bytes(32), b"\x00\x01")

COMMANDS = [
    commands.Send("arn", ENTRY),
    commands.SendBatch("arn", [ENTRY, commands.Entry(SEALED, 0, None, "0" * 64)]),
    commands.Receive("arn", 10, 0, 20, "attempt"),
    commands.Receive("arn"),
    commands.Release("arn", [RECEIPT]),
    commands.Delete("arn", [RECEIPT, RECEIPT]),
    commands.ChangeVisibility("arn", [commands.VisibilityChange(RECEIPT, 43_200)]),
    commands.GiveUp("arn", RECEIPT, "dead"),
    commands.CreateQueue("arn", {"DelaySeconds": "3"}, {"tag": ""}),
    commands.DeleteQueue("arn"),
    commands.SetQueueAttributes("arn", {}),
    commands.DescribeQueue("arn"),
    commands.TagQueue("arn", {"a": "b"}),
    commands.UntagQueue("arn", ["a"]),
    commands.AddPermission("arn", "label", ["1"], ["SendMessage"]),
    commands.RemovePermission("arn", "label"),
    commands.PurgeQueue("arn"),
    commands.ListQueues("account", "region", "prefix", "after", 10),
    commands.ListDeadLetterSources("arn", "after", 10),
    commands.StartMessageMoveTask("arn", None, "task", None),
    commands.CancelMessageMoveTask("arn", "task"),
    commands.ListMessageMoveTasks("arn", 1),
    commands.FanOutBatch(
        [commands.FanOut("topic", [commands.Fan(MESSAGE, commands.FanTargets.of([]))])]
    ),
    commands.ChangeEntities(3, [USER, KEY], [EntityName("User", "1", "old")]),
    commands.Observe(),
    commands.FanOut(
        "topic",
        [commands.Fan(MESSAGE, commands.FanTargets(["arn"], bytes(16), b"\1"))],
        commands.FifoTopic("hidden", "messageGroup", 86_400),
    ),
    commands.ReadArchive("hidden", -1, 5, None, 50),
    commands.Tick(),
]

RESULTS = [
    None,
    0,
    7,
    Sent("id", "10000000000000000001"),
    Refused("OverLimit", "too many"),
    [],
    [None, None],
    [Sent("id"), Refused("OverLimit", "too many"), None],
    commands.Received([], 20),
    commands.FannedOut("id", "10000000000000000001"),
    commands.Received([Delivery(RECEIPT, 1 << 60, 5, 6, "1", "arn", "new", MESSAGE)]),
    commands.Received([Delivery(RECEIPT, 1 << 60, 5, 6, message=SEALED)]),
    commands.Archived([Delivery(RECEIPT, 1 << 60, 5, 0, "1", message=MESSAGE)], 4, True),
    commands.QueueDescription(3, {"a": "b"}, {}),
    commands.QueueNames(["arn"], True),
    commands.MoveTasks(
        [commands.MoveTask("id", "FAILED", "a", None, None, 5, 0, 1, "because")],
    ),
]

DEFINITION = QueueDefinition(
    arn="arn:aws:sqs:r:1:q", created_at=1, modified_at=2, redrive_sources=("a", "b"), tags={"k": ""}
)
RECORDS = [
    records.MessageSent(1, 2, 3, 4, MESSAGE),
    records.MessageSent(1, 2, 3, 4, SEALED),
    records.MessageRewritten(1, 2, 3, MESSAGE),
    records.MessagesReceived(1, 2, 3, [4, 5], ["a", None], "attempt"),
    records.MessagesReceived(1, 2, 3, [4]),
    records.MessagesDeleted(1, 2, [3]),
    records.VisibilityChanged(1, 2, [3], [4]),
    records.MessagesReleased(1, 2, [3]),
    records.MessageMoved(1, 2, 3, 4, 5, "group", "task", "id"),
    records.QueueCreated(1, 2, DEFINITION),
    records.QueueDefined(1, 2, DEFINITION),
    records.QueueDeleted(1, 2),
    records.QueuePurged(1, 2),
    records.MoveTaskStarted(1, 2, "task", None, 5, 6),
    records.MoveTaskEnded(1, 2, "task", "FAILED", "because"),
    records.MessagesFannedOut("topic", 1, [COLUMNS], 2, 3, True),
    records.FanOutRewritten("topic", 1, [COLUMNS], 2, 3),
    records.EntitiesChanged(1, 2, [USER, KEY], [EntityName("User", "1", "old")]),
]


@pytest.mark.parametrize("command", COMMANDS, ids=lambda each: type(each).__name__)
def test_a_command_survives_being_sent(command: commands.Command) -> None:
    assert codec.decode_command(codec.encode_command(command)) == command


@pytest.mark.parametrize("result", RESULTS, ids=repr)
def test_a_result_survives_being_sent(result: commands.AnyResult) -> None:
    assert codec.decode_result(codec.encode_result(result)) == result


@pytest.mark.parametrize("record", RECORDS, ids=lambda each: type(each).__name__)
def test_a_record_survives_the_log(record: records.Record) -> None:
    assert codec.decode_record(codec.encode_record(record)) == record


def test_every_command_and_record_is_among_these() -> None:
    assert {type(each) for each in COMMANDS} == set(typing.get_args(commands.AnyCommand))
    assert {type(each) for each in RECORDS} == set(typing.get_args(records.Record))


def test_tags_of_records_are_told_apart() -> None:
    tags = [kind.__struct_config__.tag for kind in typing.get_args(records.Record)]
    assert sorted(tags) == list(range(1, len(tags) + 1))


@pytest.mark.parametrize("kind", [records.MessageSent, records.MessageRewritten])
def test_the_message_is_read_from_the_records_that_hold_one(kind: type) -> None:
    record = next(each for each in RECORDS if type(each) is kind)
    assert codec.decode_message(codec.encode_record(record)) == MESSAGE


def test_no_message_is_read_from_another_record() -> None:
    with pytest.raises(msgspec.DecodeError):
        codec.decode_message(codec.encode_record(records.MessagesDeleted(1, 2, [3])))


@pytest.mark.parametrize("decode", [codec.decode_record, codec.decode_command, codec.decode_result])
@pytest.mark.parametrize("data", [b"", b"\xc1", b"\x91\x63", b"\x92\xa4Nope\x01", b"\xa1x"])
def test_anything_else_is_refused(decode: typing.Callable[[bytes], object], data: bytes) -> None:
    with pytest.raises(msgspec.DecodeError):
        decode(data)
