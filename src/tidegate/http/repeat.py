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

from tidegate.http.heads import CONTROLS, Head, HttpLimits, parse_length
from tidegate.http.messages import HttpError, Request

_DECISIVE = frozenset((b"host", b"connection", b"expect", b"transfer-encoding"))
"""Fields whose value decides how the request is read: where one moves, nothing is learned."""

_MAX_LEARNED_BYTES = 4096
"""Longer heads are not learned: they would cost memory on each connection."""


class Repetition:
    """What the last head of one connection was, and, from the second on, which values move."""

    __slots__ = ("_head", "_limits", "_moving", "_moving_lines", "_prefix", "_raw", "end", "length")

    def __init__(
        self, raw: bytes, head: Head, limits: HttpLimits, previous: "Repetition | None"
    ) -> None:
        self._raw = raw
        self._head = head
        self._limits = limits
        self._prefix = b""
        self._moving: list[tuple[str, int, bytes]] = []
        """Of each moving value: its name, the length seen last, the constant piece behind it."""
        self._moving_lines: frozenset[int] = frozenset()
        self.end = 0
        """After a match: where the body begins."""
        self.length = 0
        """After a match: the length of the body."""
        if previous is not None:
            self._compare(previous)

    @property
    def learned(self) -> bool:
        """Whether `match` is worth calling: two heads of one form were seen."""
        return bool(self._prefix)

    def match(self, data: bytes, start: int, peer: str) -> Request | None:
        """The request whose head begins at `start`, without its body; None if it differs."""
        prefix = self._prefix
        if not data.startswith(prefix, start):
            return None
        head = self._head
        headers = head.headers.copy()
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
            headers[name] = str(value, "latin-1").strip(" \t")
            position = end + len(piece)
        if position - start > self._limits.max_head_bytes or not self._take_length(headers):
            return None
        self.end = position
        return Request(
            head.method, head.path, head.query, headers, b"", head.keep_alive, head.minor, peer
        )

    def _take_length(self, headers: dict[str, str]) -> bool:
        value = headers.get("content-length")
        if value is None:
            self.length = 0
            return True
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


def learn(
    previous: Repetition | None, raw: bytes, head: Head, limits: HttpLimits
) -> Repetition | None:
    """What is known after `raw` (a head without its empty line), which `previous` did not match."""
    plain = head.repeated is None and head.content_length >= 0 and not head.expects_continue
    if not plain or len(raw) > _MAX_LEARNED_BYTES:
        return None
    return Repetition(raw, head, limits, previous)
