"""Records, commands and results as bytes: MessagePack, by the types themselves."""

from typing import Any

import msgspec

from tidegate.engine.commands import (
    AnyCommand,
    AnyResult,
    Archived,
    Delivery,
    FannedOut,
    Message,
    MoveTasks,
    QueueDescription,
    QueueNames,
    Received,
    Refused,
    Sent,
)
from tidegate.engine.fanned import message_of
from tidegate.engine.records import (
    FanOutRewritten,
    MessageRewritten,
    MessageSent,
    MessagesFannedOut,
    Record,
)


class Entries(msgspec.Struct, frozen=True, array_like=True, tag=True):
    """The result of a batch on its way: tagged, since a bare list and the other results, which are
    arrays as well, could not be told apart."""

    results: list[Sent | FannedOut | Refused | None]


_Carried = (
    None
    | int
    | Entries
    | Sent
    | Received
    | FannedOut
    | Archived
    | QueueDescription
    | QueueNames
    | MoveTasks
    | Refused
)

_encoder = msgspec.msgpack.Encoder()
_record_decoder = msgspec.msgpack.Decoder(Record)
RecordWithMessage = MessageSent | MessageRewritten | MessagesFannedOut | FanOutRewritten
_message_decoder: msgspec.msgpack.Decoder[RecordWithMessage] = msgspec.msgpack.Decoder(
    RecordWithMessage
)
_command_decoder: msgspec.msgpack.Decoder[Any] = msgspec.msgpack.Decoder(AnyCommand)
_result_decoder: msgspec.msgpack.Decoder[Any] = msgspec.msgpack.Decoder(_Carried)

encode_record = _encoder.encode
"""A record as bytes."""

decode_record = _record_decoder.decode
"""The record in bytes; raises msgspec.DecodeError on anything else."""


def decode_message(record: bytes, uid: int = 0, slot: int | None = None) -> Message:
    """The message in a record that holds one, as the queue of this uid has it where many do.

    Raises msgspec.DecodeError on anything else.
    """
    found = _message_decoder.decode(record)
    if isinstance(found, MessagesFannedOut | FanOutRewritten):
        return message_of(found, uid, slot)
    return found.message


def complete(delivery: Delivery, record: bytes) -> None:
    """Put the message of its record into a delivery; raises msgspec.DecodeError where that holds
    none for it."""
    receipt = delivery.receipt
    if delivery.born:
        message = decode_message(record, delivery.born, delivery.born_slot)
    else:
        message = decode_message(record, receipt.queue_uid, receipt.slot)
    delivery.message = message
    if message.through is not None and delivery.message_id is None:
        delivery.message_id = message.through.id


def decode_with_message(record: bytes) -> RecordWithMessage:
    """The record as a whole; raises msgspec.DecodeError on one that holds no message."""
    return _message_decoder.decode(record)


def encode_command(command: Any) -> bytes:
    return _encoder.encode(command)


def decode_command(data: bytes) -> Any:
    """The command in bytes; raises msgspec.DecodeError on anything else."""
    return _command_decoder.decode(data)


def encode_result(result: AnyResult) -> bytes:
    """What a command gave, as bytes."""
    return _encoder.encode(Entries(result) if type(result) is list else result)


def decode_result(data: bytes) -> AnyResult:
    """The result in bytes; raises msgspec.DecodeError on anything else."""
    result = _result_decoder.decode(data)
    return result.results if type(result) is Entries else result
