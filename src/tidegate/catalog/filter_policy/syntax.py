"""JSON as a tree that knows where each value stands, because SNS's refusals name the place.

SNS parses a policy twice: first as JSON, then with the matcher's streaming parser (Jackson).  The
place that the second names is the position *after* what had been read when it gave up, and of a
string only the opening quote has been read until somebody looks at its text.  So every value has
two ends: `seen`, where the parser stands once it knows the value's kind, and `read`, where it
stands once it has its text.
"""

import json
import re
from typing import Final, Literal

from tidegate.catalog.filter_policy.refused import InvalidFilterPolicy, refused

Kind = Literal["object", "array", "string", "number", "true", "false", "null"]

_SPACE: Final = re.compile(r"[ \t\r\n]*")
_NUMBER: Final = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?")
_WORD: Final = re.compile(r"[A-Za-z0-9_$]+")
_WORDS: Final[dict[str, Kind]] = {"true": "true", "false": "false", "null": "null"}
_ANY_VALUE: Final = "JSON String, Number, Array, Object or token 'null', 'true' or 'false'"
_REDACTED: Final = "REDACTED (`StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION` disabled)"
_SHOWN_CHARACTERS: Final = 500
"""How much of a policy its refusal repeats."""
_DEEPEST: Final = 1_000
"""Jackson's limit of nesting."""
_STRINGS: Final = json.JSONDecoder()


class Node:
    """One value.  `members` are an object's, `items` an array's, `text` a scalar's."""

    __slots__ = ("end", "items", "kind", "members", "read", "seen", "text")

    def __init__(self, kind: Kind, seen: int, read: int, text: str = "") -> None:
        self.kind: Kind = kind
        self.seen = seen
        self.read = read
        self.text = text
        self.members: list[tuple[str, Node]] = []
        self.items: list[Node] = []
        self.end = read
        """Where an object or an array has been read whole."""

    @property
    def is_open(self) -> bool:
        return self.kind in ("object", "array")

    def after(self, index: int) -> int:
        """Where the parser stands when it has stepped to the item or member of that index, or to
        the end where there is none."""
        if self.kind == "object":
            return self.members[index][1].seen if index < len(self.members) else self.end
        return self.items[index].seen if index < len(self.items) else self.end


class Source:
    """A policy's text, and the refusals that show a place in it."""

    __slots__ = ("text",)

    def __init__(self, text: str) -> None:
        self.text = text

    def refused(self, reason: str, offset: int) -> InvalidFilterPolicy:
        """What the matcher says about the policy, having read `offset` characters."""
        shown = "".join(map(_printable, self.text[:_SHOWN_CHARACTERS]))
        more = len(self.text) - _SHOWN_CHARACTERS
        source = f'(String)"{shown}"' + (f"[truncated {more} chars]" if more > 0 else "")
        return refused(f"{reason}\n at [Source: {source}; {self.place(offset)}]")

    def malformed(self, reason: str, offset: int) -> InvalidFilterPolicy:
        """What SNS says about text that is no JSON, whose fault is at `offset`."""
        return refused(
            f"failed to parse JSON. {reason}\n at [Source: {_REDACTED}; {self.place(offset)}]"
        )

    def place(self, offset: int) -> str:
        start = self.text.rfind("\n", 0, offset) + 1
        column = len(self.text[start:offset].encode("utf-16-le", "surrogatepass")) // 2 + 1
        return f"line: {self.text.count(chr(10), 0, offset) + 1}, column: {column}"


def _printable(character: str) -> str:
    if character in "\r\n" or not (character < " " or "\x7f" <= character <= "\x9f"):
        return character
    return f"\\u{ord(character):04X}"


def parse(source: Source) -> Node:
    """The one value of the text; raises InvalidFilterPolicy where it is no JSON."""
    return _Parser(source).parse()


class _Parser:
    __slots__ = ("_at", "_source", "_text")

    def __init__(self, source: Source) -> None:
        self._source = source
        self._text = source.text
        self._at = 0

    def parse(self) -> Node:
        self._skip_space()
        if self._at == len(self._text):
            raise self._malformed("No content to map due to end-of-input", self._at)
        root = self._value()
        containers = [root] if root.is_open else []
        while containers:
            value = self._next_of(containers[-1])
            if value is None:
                containers.pop()
            elif value.is_open:
                containers.append(value)
                if len(containers) > _DEEPEST:
                    raise self._malformed(_too_deep(len(containers)), self._at)
        self._skip_space()
        if self._at < len(self._text):
            raise self._unexpected("expected the end of the input")
        return root

    def _next_of(self, container: Node) -> Node | None:
        """The next value in an object or an array, None at its end."""
        self._skip_space()
        closer, entries = ("}", "Object") if container.kind == "object" else ("]", "Array")
        if self._peek(container) == closer:
            self._at += 1
            container.end = self._at
            return None
        if container.members or container.items:
            if self._text[self._at] in "]}":
                raise self._wrong_closer(container, closer, entries)
            self._take(",", f"was expecting comma to separate {entries} entries")
            self._skip_space()
            self._peek(container)
        elif self._text[self._at] in "]}":
            raise self._wrong_closer(container, closer, entries)
        return self._member(container) if container.kind == "object" else self._item(container)

    def _member(self, container: Node) -> Node:
        self._take('"', "was expecting double-quote to start field name")
        name = self._string()
        self._skip_space()
        self._peek(container)
        self._take(":", "was expecting a colon to separate field name and value")
        self._skip_space()
        self._peek(container)
        value = self._value()
        container.members.append((name, value))
        return value

    def _item(self, container: Node) -> Node:
        value = self._value()
        container.items.append(value)
        return value

    def _value(self) -> Node:
        start = self._at
        character = self._text[start]
        if character in "{[":
            self._at += 1
            return Node("object" if character == "{" else "array", self._at, self._at)
        if character == '"':
            self._at += 1
            text = self._string()
            return Node("string", start + 1, self._at, text)
        number = _NUMBER.match(self._text, start)
        if number is not None:
            self._at = number.end()
            if number[0] in ("0", "-0") and self._text[self._at : self._at + 1].isdecimal():
                reason = "Invalid numeric value: Leading zeroes not allowed"
                raise self._malformed(reason, self._at)
            return Node("number", self._at, self._at, number[0])
        return self._word(start)

    def _word(self, start: int) -> Node:
        word = _WORD.match(self._text, start)
        if word is None:
            raise self._unexpected(f"expected a valid value ({_ANY_VALUE})")
        kind = _WORDS.get(word[0])
        if kind is None:
            raise self._malformed(
                f"Unrecognized token '{word[0]}': was expecting ({_ANY_VALUE})", word.end()
            )
        self._at = word.end()
        return Node(kind, self._at, self._at, word[0])

    def _string(self) -> str:
        """The string whose opening quote has been taken."""
        try:
            text, self._at = _STRINGS.raw_decode(self._text, self._at - 1)
        except json.JSONDecodeError as wrong:
            raise self._bad_string(wrong) from None
        assert isinstance(text, str)
        return text

    def _bad_string(self, wrong: json.JSONDecodeError) -> InvalidFilterPolicy:
        if wrong.msg.startswith("Unterminated"):
            end = len(self._text)
            return self._malformed(
                "Unexpected end-of-input: was expecting closing quote for a string value", end
            )
        at = min(wrong.pos, len(self._text) - 1)
        if wrong.msg.startswith("Invalid control"):
            return self._malformed(
                f"Illegal unquoted character ({_named(self._text[at])}): has to be escaped using "
                "backslash to be included in string value",
                at,
            )
        escaped = self._text[at + 1 : at + 2] or "\\"
        return self._malformed(f"Unrecognized character escape {_named(escaped)}", at)

    def _skip_space(self) -> None:
        space = _SPACE.match(self._text, self._at)
        assert space is not None
        self._at = space.end()

    def _peek(self, container: Node) -> str:
        if self._at < len(self._text):
            return self._text[self._at]
        name = "Object" if container.kind == "object" else "Array"
        raise self._malformed(
            f"Unexpected end-of-input: expected close marker for {name} (start marker at "
            f"{self._start_of(container)})",
            self._at,
        )

    def _take(self, character: str, otherwise: str) -> None:
        if self._text[self._at] != character:
            raise self._unexpected(otherwise)
        self._at += 1

    def _start_of(self, container: Node) -> str:
        return f"[Source: {_REDACTED}; {self._source.place(container.seen - 1)}]"

    def _wrong_closer(self, container: Node, closer: str, entries: str) -> InvalidFilterPolicy:
        return self._malformed(
            f"Unexpected close marker '{self._text[self._at]}': expected '{closer}' (for {entries} "
            f"starting at {self._start_of(container)})",
            self._at,
        )

    def _unexpected(self, reason: str) -> InvalidFilterPolicy:
        character = _named(self._text[self._at])
        return self._malformed(f"Unexpected character ({character}): {reason}", self._at)

    def _malformed(self, reason: str, offset: int) -> InvalidFilterPolicy:
        return self._source.malformed(reason, offset)


def _named(character: str) -> str:
    """A character as Jackson shows it."""
    code = ord(character)
    if code < 32 or code == 127:
        return f"CTRL-CHAR, code {code}"
    return f"'{character}' (code {code}" + (f" / 0x{code:x})" if code > 255 else ")")


def _too_deep(depth: int) -> str:
    return (
        f"Document nesting depth ({depth}) exceeds the maximum allowed ({_DEEPEST}, from "
        "`StreamReadConstraints.getMaxNestingDepth()`)"
    )
