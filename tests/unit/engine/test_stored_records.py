"""What earlier versions wrote is still read: records as they stood in a log once.

A record that changes gets a field at its end, or another tag; what stands here stays.
"""

from __future__ import annotations

from tidegate.engine import codec
from tidegate.engine.commands import AttributeValue, Message
from tidegate.engine.records import MessageRewritten, MessageSent
from tidegate.engine.state import State

BEFORE_SEALED_MESSAGES = [
    "940801cf0000018bcfe56800de0004a361726ed92c61726e3a6177733a7371733a65752d776573742d313a31313131"
    "32323232333333333a6a6f62732e6669666faa637265617465645f6174cf0000018bcfe56800ab6d6f646966696564"
    "5f6174cf0000018bcfe56800a769735f6669666fc3",
    "96010100cf0000018bcfe568010099d92433663162326130302d303030302d343030302d383030302d303030303030"
    "303030303031a568656c6c6fd9203564343134303261626334623261373662393731396439313130313763353932ac"
    "313131313232323233333333c0c0c0a167a26431",
    "96010101cf0000018bcfe568020099d92433663162326130302d303030302d343030302d383030302d303030303030"
    "303030303032a8736e6f7720e29883d920303030303030303030303030303030303030303030303030303030303030"
    "3030a44149444182a16e93a64e756d626572a137c0a16293a642696e617279c0c40200ffd920313131313131313131"
    "3131313131313131313131313131313131313131313131a6526f6f743d31a167a26432",
    "95020100cf0000018bcfe5680399d92433663162326130302d303030302d343030302d383030302d30303030303030"
    "3030303031a568656c6c6fd9203564343134303261626334623261373662393731396439313130313763353932ac31"
    "3131313232323233333333c0c0c0a167a26431",
]
"""A FIFO queue, two messages, and the first of them rewritten."""

FIRST = Message(
    "3f1b2a00-0000-4000-8000-000000000001",
    "hello",
    "5d41402abc4b2a76b9719d911017c592",
    "111122223333",
    group_id="g",
    deduplication_id="d1",
)
SECOND = Message(
    "3f1b2a00-0000-4000-8000-000000000002",
    "snow \u2603",
    "0" * 32,
    "AIDA",
    {"n": AttributeValue("Number", "7"), "b": AttributeValue("Binary", None, b"\x00\xff")},
    "1" * 32,
    "Root=1",
    "g",
    "d2",
)


def stored() -> list[bytes]:
    return [bytes.fromhex(text) for text in BEFORE_SEALED_MESSAGES]


def test_messages_of_before_there_were_sealed_ones_are_read() -> None:
    _, *with_messages = stored()
    assert [codec.decode_message(each) for each in with_messages] == [FIRST, SECOND, FIRST]


def test_their_records_are_read_as_records() -> None:
    _, sent, _, rewritten = (codec.decode_record(each) for each in stored())
    assert sent == MessageSent(1, 0, 1_700_000_000_001, 0, FIRST)
    assert rewritten == MessageRewritten(1, 0, 1_700_000_000_003, FIRST)


def test_their_log_is_replayed() -> None:
    state = State()
    for position, record in enumerate(stored(), 1):
        state.apply(codec.decode_record(record), position << 40)
    (queue,) = state.queues.values()
    assert queue.slots.live == 2
    assert queue.slots.position(0) == 4 << 40
    assert queue.definition.sqs_managed_sse, "messages that come from now on are sealed"
