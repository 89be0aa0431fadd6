"""Text in XML 1.0: every character that can be carried comes out of a parser as it went in.

A parser turns a carriage return into a line feed unless it is written as a reference (XML 1.0,
2.11).  The characters that XML 1.0 cannot carry in any form (2.2: most control characters, lone
surrogates, U+FFFE and U+FFFF) become "?" or U+FFFD; messages cannot hold them, but an error's text
may repeat what a client sent.
"""

from typing import Final

_FORBIDDEN: Final = bytes(set(range(0x20)) - set(b"\t\n\r"))
_PRINTED: Final = bytes.maketrans(_FORBIDDEN, b"?" * len(_FORBIDDEN))


def escape(text: str) -> str:
    """`text` as the content of an element."""
    return (
        text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace('"', "&quot;")
        .replace("\r", "&#xD;")
    )


def document(parts: list[str]) -> bytes:
    """The document made of `parts`, in UTF-8; always well-formed if the parts are escaped."""
    raw = "".join(parts).encode("utf-8", "replace").translate(_PRINTED)
    if b"\xef\xbf" in raw:
        raw = raw.replace("\ufffe".encode(), "\ufffd".encode())
        raw = raw.replace("\uffff".encode(), "\ufffd".encode())
    return raw
