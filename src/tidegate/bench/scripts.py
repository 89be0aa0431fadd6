"""What clients do: send, send in batches, drain; without a socket or a clock of their own.

The body of a message is filler and, at its end, 32 hexadecimal digits: when it was sent (ns of
perf_counter_ns, or 0 where nobody looks), its lane (a producer, or a message group), and its number
in the lane.
"""

import random
import string

import msgspec

from tidegate.bench.signing import RequestTemplate, Signer
from tidegate.bench.tally import Tally

STAMP_BYTES = 32
BATCH = 10
_EMPTY_RECEIVES = 3
"""A short poll may miss what is there, so only this many in a row mean an empty queue."""


class ReceivedMessage(msgspec.Struct, rename="pascal"):
    receipt_handle: str
    body: str


class ReceiveAnswer(msgspec.Struct):
    Messages: list[ReceivedMessage] = []


class BatchAnswer(msgspec.Struct):
    Successful: list[msgspec.Raw] = []
    Failed: list[msgspec.Raw] = []


decode_received = msgspec.json.Decoder(ReceiveAnswer).decode
decode_batch = msgspec.json.Decoder(BatchAnswer).decode


class Site:
    """The queue that a run is about, and all that a request to it needs."""

    def __init__(
        self, signer: Signer, host_header: str, queue_url: str, tally: Tally, body_bytes: int
    ) -> None:
        self.tally = tally
        self._signer = signer
        self._host = host_header
        self._queue = f'{{"QueueUrl": "{queue_url}"'
        self.filler = filler(body_bytes - STAMP_BYTES)

    def template(self, action: str, fixed: str) -> RequestTemplate:
        """Requests of `action`; `fixed` is how their bodies go on after the queue's URL."""
        return RequestTemplate(self._signer, self._host, action, (self._queue + fixed).encode())


def filler(size: int) -> str:
    """`size` characters that do not compress well, the same in every run."""
    return "".join(random.Random(size).choices(string.ascii_letters + string.digits, k=size))


def delete_entries(handles: list[str]) -> bytes:
    """The rest of a DeleteMessageBatch after `"Entries": [`."""
    entries = [
        f'{{"Id": "{index}", "ReceiptHandle": "{handle}"}}' for index, handle in enumerate(handles)
    ]
    return (", ".join(entries) + "]}").encode()


def check_batch(tally: Tally, body: bytes, action: str, expected: int) -> int:
    """The number of entries that went well; counts the others as errors."""
    answer = decode_batch(body)
    failed = len(answer.Failed)
    if failed:
        tally.error(f"failed entries of {action}", bytes(answer.Failed[0]).decode(), failed)
    silent = expected - failed - len(answer.Successful)
    if silent:
        tally.error(f"entries of {action} without an answer", count=abs(silent))
    return len(answer.Successful)


class Repeater:
    """The same request but for its number, again and again until the end of the window.

    A signature costs the generator about a fifth of its time, and on a machine of two cores it
    would be the generator that limits the fastest servers.  So it may sign a stock of requests,
    each its own, before the run begins; when the stock is used up, it signs as it goes.
    """

    wake_at = 0

    def __init__(self, tally: Tally, template: RequestTemplate, tail: bytes, stock: int) -> None:
        """`tail` has a place for the number of the request."""
        self.tally = tally
        self._template = template
        self._tail = tail
        self._number = 0
        sign, tail = self._template.sign, self._tail
        self._stock = [sign(tail % number) for number in range(stock, 0, -1)]
        self.finished = False

    def next(self, now: int) -> bytes | None:
        if now >= self.tally.end_at:
            self.finished = True
            return None
        self._number = number = self._number + 1
        if self._stock:
            return self._template.assemble(self._stock.pop(), self._tail % number)
        return self._template.build(self._tail % number)

    def failed(self) -> None:
        pass


class Sender(Repeater):
    """SendMessage after SendMessage."""

    def __init__(self, site: Site, lane: int, stock: int = 0) -> None:
        template = site.template("SendMessage", f', "MessageBody": "{site.filler}')
        super().__init__(site.tally, template, b'%016x%08x%%08x"}' % (0, lane), stock)

    def answered(self, body: bytes, now: int) -> int:
        if b'"MessageId"' not in body:
            self.tally.error("an answer without a message id", body[:300].decode())
            return 0
        return 1


class BatchSender:
    """SendMessageBatch of 10, until the end of the window or of the quota."""

    wake_at = 0

    def __init__(self, site: Site, lane: int, quota: int | None = None) -> None:
        """`quota`: messages to send, rounded down to tens; None for as many as go."""
        self._site = site
        entries = ", ".join(
            f'{{"Id": "{index}", "MessageBody": "{site.filler}{"0" * STAMP_BYTES}"}}'
            for index in range(BATCH - 1)
        )
        self._template = site.template(
            "SendMessageBatch",
            f', "Entries": [{entries}, {{"Id": "{BATCH - 1}", "MessageBody": "{site.filler}',
        )
        self._tail = b'%016x%08x%%08x"}]}' % (0, lane)
        self._left = -1 if quota is None else quota // BATCH
        self._number = 0
        self.finished = False

    def next(self, now: int) -> bytes | None:
        if now >= self._site.tally.end_at or not self._left:
            self.finished = True
            return None
        self._left -= 1
        self._number += 1
        return self._template.build(self._tail % self._number)

    def answered(self, body: bytes, now: int) -> int:
        return check_batch(self._site.tally, body, "SendMessageBatch", BATCH)

    def failed(self) -> None:
        pass


class Drainer:
    """ReceiveMessage of 10 and DeleteMessageBatch by turns until the queue is empty."""

    wake_at = 0

    def __init__(self, site: Site) -> None:
        self._site = site
        self._receive = site.template("ReceiveMessage", ', "MaxNumberOfMessages": 10}')
        self._delete = site.template("DeleteMessageBatch", ', "Entries": [')
        self._handles: list[str] = []
        self._deleting = False
        self._empty = 0
        self.finished = False

    def next(self, now: int) -> bytes | None:
        if self._handles:
            self._deleting = True
            return self._delete.build(delete_entries(self._handles))
        if now >= self._site.tally.end_at or self._empty == _EMPTY_RECEIVES:
            self.finished = True
            return None
        return self._receive.build(b"")

    def answered(self, body: bytes, now: int) -> int:
        if self._deleting:
            expected = len(self._handles)
            self.failed()
            return check_batch(self._site.tally, body, "DeleteMessageBatch", expected)
        self._handles = [message.receipt_handle for message in decode_received(body).Messages]
        self._empty = 0 if self._handles else self._empty + 1
        return 0

    def failed(self) -> None:
        self._handles = []
        self._deleting = False


class Waiter:
    """Long poll after long poll on a queue that stays empty."""

    wake_at = 0

    def __init__(self, site: Site, wait_s: int) -> None:
        self._site = site
        self._receive = site.template("ReceiveMessage", f', "WaitTimeSeconds": {wait_s}}}')
        self.finished = False

    def next(self, now: int) -> bytes | None:
        if now >= self._site.tally.end_at:
            self.finished = True
            return None
        return self._receive.build(b"")

    def answered(self, body: bytes, now: int) -> int:
        if decode_received(body).Messages:
            self._site.tally.error("a message from an empty queue", body[:300].decode())
        return 1

    def failed(self) -> None:
        pass
