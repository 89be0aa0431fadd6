"""Records, commands and results as bytes: MessagePack, by the types themselves."""

from typing import Any

import msgspec

from tidegate.engine.commands import (
    AnyCommand,
    AnyResult,
    Message,
    MoveTasks,
    QueueDescription,
    QueueNames,
    Received,
    Refused,
    Sent,
)
from tidegate.engine.records import MessageRewritten, MessageSent, Record


class Entries(msgspec.Struct, frozen=True, array_like=True, tag=True):
    """The result of a batch on its way: tagged, since a bare list and the other results, which are
    arrays as well, could not be told apart."""

    results: list[Sent | Refused | None]


_Carried = (
    None | int | Entries | Sent | Received | QueueDescription | QueueNames | MoveTasks | Refused
)

_encoder = msgspec.msgpack.Encoder()
_record_decoder = msgspec.msgpack.Decoder(Record)
_message_decoder: msgspec.msgpack.Decoder[MessageSent | MessageRewritten] = msgspec.msgpack.Decoder(
    MessageSent | MessageRewritten
)
_command_decoder: msgspec.msgpack.Decoder[Any] = msgspec.msgpack.Decoder(AnyCommand)
_result_decoder: msgspec.msgpack.Decoder[Any] = msgspec.msgpack.Decoder(_Carried)

encode_record = _encoder.encode
"""A record as bytes."""

decode_record = _record_decoder.decode
"""The record in bytes; raises msgspec.DecodeError on anything else."""


def decode_message(record: bytes) -> Message:
    """The message in a record that holds one; raises msgspec.DecodeError on anything else."""
    return _message_decoder.decode(record).message


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
