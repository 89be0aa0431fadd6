"""The kinds of values that settings have, and what a row of the table of options says."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec

from tidegate.auth.credentials import AccessKey, is_account
from tidegate.kms.secret import Secret

ENVIRONMENT_PREFIX = "TIDEGATE_"


class SettingsError(Exception):
    """A setting that the server cannot start with.  The text names it and where it came from."""


class Text:
    """A text that is not empty."""

    def __init__(self, metavar: str, check: Callable[[str], str | None] | None = None) -> None:
        self.metavar = metavar
        self._check = check

    def from_text(self, text: str) -> Any:
        return self.from_toml(text)

    def from_toml(self, value: object) -> Any:
        if not isinstance(value, str) or not value:
            raise ValueError("must be a text that is not empty")
        problem = self._check(value) if self._check else None
        if problem:
            raise ValueError(problem)
        return value


class Words(Text):
    """Words: in the file a list of texts, elsewhere parted by commas or white space."""

    def from_text(self, text: str) -> Any:
        return self.from_toml(text.replace(",", " ").split())

    def from_toml(self, value: object) -> Any:
        if not isinstance(value, list) or not value:
            raise ValueError("must be a list that is not empty")
        return tuple(super(Words, self).from_toml(word) for word in value)


class SecretText(Text):
    """A text that no error and no repr shows."""

    def from_toml(self, value: object) -> Any:
        return Secret(super().from_toml(value).encode())


class Place(Text):
    """The path of a directory or a file."""

    def from_toml(self, value: object) -> Any:
        return Path(super().from_toml(value))


class Whole:
    """A whole number in a range."""

    def __init__(self, metavar: str, low: int, high: int) -> None:
        self.metavar = metavar
        self._low = low
        self._high = high

    def from_text(self, text: str) -> Any:
        digits = text.replace("_", "")
        return self.from_toml(int(digits) if re.fullmatch(r"[0-9]{1,18}", digits) else text)

    def from_toml(self, value: object) -> Any:
        in_range = type(value) is int and self._low <= value <= self._high
        if not in_range:
            raise ValueError(f"must be a whole number from {self._low} to {self._high}")
        return value


class Choice:
    """One of a few words."""

    def __init__(self, *words: str) -> None:
        self.metavar = "|".join(words)
        self._words = words

    def from_text(self, text: str) -> Any:
        return self.from_toml(text)

    def from_toml(self, value: object) -> Any:
        if value not in self._words:
            raise ValueError(f"must be one of {', '.join(self._words)}")
        return value


class Switch:
    """On or off."""

    metavar = "true|false"

    def from_text(self, text: str) -> Any:
        words = {"true": True, "1": True, "on": True, "false": False, "0": False, "off": False}
        return self.from_toml(words.get(text.lower(), text))

    def from_toml(self, value: object) -> Any:
        if not isinstance(value, bool):
            raise ValueError("must be true or false")
        return value


class Keys:
    """Access keys: in the file `[[credentials]]` tables, in the environment
    `access_key:secret_key:account`, several of them parted by commas or white space."""

    metavar = "KEY:SECRET:ACCOUNT"

    def from_text(self, text: str) -> Any:
        entries: list[object] = []
        for item in text.replace(",", " ").split():
            access_key, _, rest = item.partition(":")
            secret_key, _, account = rest.rpartition(":")
            entries.append({"access_key": access_key, "secret_key": secret_key, "account": account})
        return self.from_toml(entries)

    def from_toml(self, value: object) -> Any:
        if not isinstance(value, list):
            raise ValueError("must be a list of tables, each written [[credentials]]")
        keys = [self._key(number, entry) for number, entry in enumerate(value, 1)]
        names = [key.principal.access_key for key in keys]
        for name in names:
            if names.count(name) > 1:
                raise ValueError(f"hold the access key {name!r} twice")
        return tuple(keys)

    def _key(self, number: int, entry: object) -> AccessKey:
        """One key.  No error shows what the entry holds: it may be a secret in the wrong place."""
        wanted = ("access_key", "secret_key", "account")
        if not isinstance(entry, dict) or set(entry) != set(wanted):
            raise ValueError(f"entry {number} must hold access_key, secret_key and account alone")
        for name in wanted:
            if not isinstance(entry[name], str) or not entry[name]:
                raise ValueError(f"entry {number}: {name} must be a text that is not empty")
        if not re.fullmatch(r"[A-Za-z0-9_.+=@-]{1,128}", entry["access_key"]):
            raise ValueError(
                f"entry {number}: access_key must be 1 to 128 of the characters A-Z a-z 0-9 _.+=@-"
            )
        if not is_account(entry["account"]):
            raise ValueError(f"entry {number}: account must be 12 digits")
        return AccessKey(entry["access_key"], entry["secret_key"], entry["account"])


Kind = Text | Whole | Choice | Switch | Keys


class Option(msgspec.Struct, frozen=True):
    """One row of the table of options."""

    name: str
    kind: Kind
    default: Any
    """None where the default depends on other settings, or where there is none."""
    explained: str
    group: str
    has_flag: bool = True
    in_file: bool = True

    @property
    def is_secret(self) -> bool:
        return isinstance(self.kind, Keys | SecretText)

    @property
    def flag(self) -> str:
        return "--" + self.name.replace("_", "-")

    @property
    def variable(self) -> str:
        return ENVIRONMENT_PREFIX + self.name.upper()
