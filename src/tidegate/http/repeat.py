"""A short cut for heads that repeat: most of a head is what the connection's last head was.

An SDK sends the same header fields in the same order on a connection; only a few values (a
signature, a date, an id, a length) move.  A `Repetition` is learned from two heads in a row and is
a list of constant pieces with the moving values between them:

    b"POST / HTTP/1.1.Host: a.X-Amz-Date: "  value  b".Authorization: "  value  b".."

where each dot is a line end.

A head that consists of exactly these pieces, with clean values between them, can only be read the
way `heads.parse_head` reads it, so nothing else of it needs to be looked at; every other head,
whether bad or only different, is left to `parse_head`.  It saves most of the time of a head.
"""

from collections.abc import Callable
from operator import itemgetter
from typing import Final

from tidegate.http.heads import CONTROLS, Head, HttpLimits, parse_length
from tidegate.http.messages import HttpError, Request

_DECISIVE: Final = frozenset((b"host", b"connection", b"expect", b"transfer-encoding"))
"""Fields whose value decides how the request is read: where one moves, nothing is learned."""

_MAX_LEARNED_BYTES: Final = 4096
"""Longer heads are not learned: they would cost memory on each connection."""

_NOTHING: Final = slice(0, 0)
"""Added to every choice of slices, so that `itemgetter` has two at least and gives a tuple."""


class Repetition:
    """What the last head of one connection was, and, from the second on, which values move."""

    __slots__ = (
        "_constants",
        "_constants_of",
        "_fixed_length",
        "_head",
        "_limits",
        "_moving",
        "_moving_lines",
        "_names",
        "_prefix",
        "_raw",
        "_usual_end",
        "_values_of",
        "end",
        "length",
    )

    def __init__(
        self, raw: bytes, head: Head, limits: HttpLimits, previous: "Repetition | None"
    ) -> None:
        self._raw = raw
        self._head = head
        self._limits = limits
        self._prefix = b""
        """The first constant piece; empty as long as there is only one head to learn from."""
        self._moving: list[tuple[str, int, bytes]] = []
        """Of each moving value: its name, the length seen last, the constant piece behind it."""
        self._moving_lines: frozenset[int] = frozenset()
        self._fixed_length: int | None = head.content_length
        """None where Content-Length moves."""

        # The same once more, to take apart a head at the beginning of the data whose values have
        # the lengths seen last, as signatures, dates and ids have: a few calls for all of them.
        self._names: list[str] = []
        self._constants: tuple[bytes, ...] = ()
        self._constants_of: Callable[[bytes], tuple[bytes, ...]] = itemgetter(_NOTHING, _NOTHING)
        self._values_of: Callable[[bytes], tuple[bytes, ...]] = itemgetter(_NOTHING, _NOTHING)
        self._usual_end = 0

        self.end = 0
        """After a match: where the body begins."""
        self.length = 0
        """After a match: the length of the body."""
        if previous is not None:
            self._compare(previous)

    def match(self, data: bytes, start: int, peer: str) -> Request | None:
        """The request whose head begins at `start`, without its body; None if it differs."""
        if start or self._constants_of(data) != self._constants:
            headers = self._take_apart(data, start)
            if headers is None:
                return None
        else:
            values = self._values_of(data)
            joined = b"".join(values)
            if len(joined.translate(None, CONTROLS)) != len(joined):
                return None
            headers = self._head.headers.copy()
            # `strict=...` would cost as much as all of the loop.
            for name, value in zip(self._names, values):  # noqa: B905
                headers[name] = value.decode("latin-1").strip(" \t")
            self.end = self._usual_end
        if self._fixed_length is not None:
            self.length = self._fixed_length
        elif not self._take_length(headers["content-length"]):
            return None
        head = self._head
        return Request(
            head.method, head.path, head.query, headers, b"", head.keep_alive, head.minor, peer
        )

    def _take_apart(self, data: bytes, start: int) -> dict[str, str] | None:
        """The headers of a head whose values may have other lengths than the last one's."""
        prefix = self._prefix
        if not prefix or not data.startswith(prefix, start):
            return None
        headers = self._head.headers.copy()
        position = start + len(prefix)
        for name, length, piece in self._moving:
            end = position + length
            if not data.startswith(piece, end):
                end = data.find(b"\r\n", position)
                if end < 0 or not data.startswith(piece, end):
                    return None
            value = data[position:end]
            # A line end inside `value` is a control character too, so its guessed length is proven.
            if len(value.translate(None, CONTROLS)) != len(value):
                return None
            headers[name] = value.decode("latin-1").strip(" \t")
            position = end + len(piece)
        if position - start > self._limits.max_head_bytes:
            return None
        self.end = position
        return headers

    def _take_length(self, value: str) -> bool:
        try:
            self.length = parse_length(value, self._limits.max_body_bytes)
        except HttpError:
            return False
        return True

    def _compare(self, previous: "Repetition") -> None:
        """Learn which lines move; nothing where the two heads differ in more than values."""
        before = previous._raw.split(b"\r\n")
        lines = self._raw.split(b"\r\n")
        if len(before) != len(lines) or before[0] != lines[0]:
            return
        moving = set(previous._moving_lines)
        for index, line in enumerate(lines):
            if line == before[index]:
                continue
            name = line.partition(b":")[0]
            if name != before[index].partition(b":")[0] or name.lower() in _DECISIVE:
                return
            moving.add(index)
        self._moving_lines = frozenset(moving)
        self._cut(lines)

    def _cut(self, lines: list[bytes]) -> None:
        """Cut the head into constant pieces with the moving values between them."""
        pieces = [[lines[0]]]
        values: list[tuple[str, int]] = []
        for index in range(1, len(lines)):
            if index not in self._moving_lines:
                pieces[-1].append(lines[index])
                continue
            name, _, value = lines[index].partition(b":")
            blank = b" " if value.startswith(b" ") else b""
            pieces[-1].append(name + b":" + blank)
            pieces.append([b""])
            values.append((name.decode("latin-1").lower(), len(value) - len(blank)))
        pieces[-1] += [b"", b""]
        constants = [b"\r\n".join(piece) for piece in pieces]
        self._prefix = constants[0]
        self._moving = [
            (name, length, constant)
            for (name, length), constant in zip(values, constants[1:], strict=True)
        ]
        if "content-length" in (name for name, _ in values):
            self._fixed_length = None
        self._measure()

    def _measure(self) -> None:
        """Note where the pieces and the values lie as long as no value changes its length."""
        position = len(self._prefix)
        constant_slices = [slice(0, position)]
        value_slices = [_NOTHING] if not self._moving else []
        for _, length, constant in self._moving:
            value_slices.append(slice(position, position + length))
            position += length
            constant_slices.append(slice(position, position + len(constant)))
            position += len(constant)
        self._names = [name for name, _, _ in self._moving]
        self._constants = (self._prefix, *(constant for _, _, constant in self._moving), b"")
        self._constants_of = itemgetter(*constant_slices, _NOTHING)
        self._values_of = itemgetter(*value_slices, _NOTHING)
        self._usual_end = position


def learn(
    previous: Repetition | None, raw: bytes, head: Head, limits: HttpLimits
) -> Repetition | None:
    """What is known after `raw` (a head without its empty line), which `previous` did not match."""
    plain = head.repeated is None and head.content_length >= 0 and not head.expects_continue
    if not plain or len(raw) > _MAX_LEARNED_BYTES:
        return None
    return Repetition(raw, head, limits, previous)
