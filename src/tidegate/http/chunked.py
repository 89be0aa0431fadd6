"""Bodies that come in chunks (RFC 9112, 7.1), decoded as they come.

    chunk    1*HEXDIG [ extensions ] CRLF  data CRLF
    last     "0" [ extensions ] CRLF  *( trailer line CRLF )  CRLF

Extensions and trailers are checked for their form and dropped.  What is not data is bounded, so
that nobody sends a small body in an endless wrapping.
"""

import re

from tidegate.http.heads import CONTROLS, HttpLimits, split_field
from tidegate.http.messages import HttpError

_SIZE_LINE = re.compile(rb"([0-9A-Fa-f]{1,16})[ \t]*(?:;[\t -~\x80-\xff]*)?").fullmatch

_FREE_WRAPPING_BYTES = 64 * 1024
"""Chunk lines may take this much, and as much again as the data they wrap."""


class ChunkedBody:
    """Decodes one body; `complete` once the last chunk and the trailer have come."""

    __slots__ = ("_in_trailer", "_limits", "_missing", "_rest", "_wrapping", "body", "complete")

    def __init__(self, limits: HttpLimits) -> None:
        self._limits = limits
        self._rest = b""
        self._missing = 0
        """Bytes of the chunk under way that have not come, its line end included."""
        self._in_trailer = False
        self._wrapping = 0
        self.body = bytearray()
        self.complete = False

    @property
    def held_bytes(self) -> int:
        return len(self.body) + len(self._rest)

    def feed(self, data: bytes) -> bytes:
        """Take what has come and give back what lies behind the body's end.  Raises HttpError."""
        if self._rest:
            data = self._rest + data
            self._rest = b""
        position = 0
        while not self.complete:
            if self._missing:
                moved = self._take_data(data, position)
            elif self._in_trailer:
                moved = self._take_trailer_line(data, position)
            else:
                moved = self._take_size_line(data, position)
            if moved == position:
                self._rest = data[position:]
                return b""
            position = moved
        return data[position:]

    def _take_data(self, data: bytes, position: int) -> int:
        """Move data to the body; the two bytes behind it have to be the line's end."""
        wanted = self._missing - 2
        if wanted > 0:
            piece = data[position : position + wanted]
            self.body += piece
            self._missing -= len(piece)
            return position + len(piece)
        if len(data) - position < 2:
            return position
        if not data.startswith(b"\r\n", position):
            raise HttpError(400, "a chunk is longer than its size says")
        self._missing = 0
        return position + 2

    def _take_size_line(self, data: bytes, position: int) -> int:
        line = self._line(data, position, self._limits.max_chunk_line_bytes)
        if line is None:
            return position
        found = _SIZE_LINE(line)
        if found is None:
            raise HttpError(400, "a chunk size that is no hexadecimal number")
        size = int(found[1], 16)
        if len(self.body) + size > self._limits.max_body_bytes:
            raise HttpError(413, f"the body is larger than {self._limits.max_body_bytes} bytes")
        self._wrapping += len(line) + 4
        if self._wrapping > _FREE_WRAPPING_BYTES + len(self.body):
            raise HttpError(400, "more chunk lines than data")
        if size:
            self._missing = size + 2
        else:
            self._in_trailer = True
            self._wrapping = 0
        return position + len(line) + 2

    def _take_trailer_line(self, data: bytes, position: int) -> int:
        line = self._line(data, position, self._limits.max_trailer_bytes)
        if line is None:
            return position
        self._wrapping += len(line) + 2
        if self._wrapping > self._limits.max_trailer_bytes:
            raise HttpError(431, "the trailer is too large")
        if line:
            if line.translate(None, CONTROLS) != line:
                raise HttpError(400, "a control character in the trailer")
            split_field(line.decode("latin-1"))
        else:
            self.complete = True
        return position + len(line) + 2

    def _line(self, data: bytes, position: int, limit: int) -> bytes | None:
        end = data.find(b"\r\n", position, position + limit + 2)
        if end >= 0:
            return data[position:end]
        if len(data) - position >= limit + 2:
            raise HttpError(400, "a line of a chunked body is too long")
        return None
