"""`tidegate keyring`: what opens the data directory, and another root key for it."""

import argparse
import os
import sys
from collections.abc import Sequence

from tidegate.cli.problems import PROBLEMS, report
from tidegate.kms.errors import KeyringMissing
from tidegate.kms.files import OsKeyFiles
from tidegate.kms.keyring import (
    PURPOSES,
    KeyringFile,
    lost_keyring,
    open_keyring,
    read_keyring_file,
)
from tidegate.kms.root_key import KeyFile, RootKey, RootKeySource
from tidegate.kms.rotation import rotate_domain, rotate_given, rotate_key_file
from tidegate.log.files.directory import read_meta
from tidegate.server.keyring import root_key_source_of
from tidegate.server.setting_kinds import SettingsError
from tidegate.server.settings import load

EPILOG = """\
The settings are those of `tidegate serve`: the same file, the same environment.

  show     the root key's id and the keys that it wraps; no key is shown
  rotate   another root key. A key file is replaced; where the settings name a value or a command,
           the new root key is read from standard input, and they must give it from the next start
           on. A server that runs goes on, and needs no restart.

The old root key still opens old copies of the keyring. If somebody may have it, rotate with
--domain-keys too: what is sealed from then on stands under new keys, which the old root key never
wrapped. A server that runs takes them at once where the root key is in a file, else at its next
start. What was sealed before stays as it is.

examples:
  tidegate keyring show --data /var/lib/tidegate
  tidegate keyring rotate --data /var/lib/tidegate
  openssl rand -base64 32 | tee new.key | tidegate keyring rotate --config tidegate.toml
"""
_FLAGS = ("config", "data", "root_key_file", "root_key_command")


def run(arguments: Sequence[str]) -> int:
    given = _parser().parse_args(arguments)
    flags = {name: value for name in _FLAGS if (value := getattr(given, name)) is not None}
    try:
        settings = load(flags, os.environ)
        directory, source = os.fspath(settings.data), root_key_source_of(settings)
    except SettingsError as error:
        print(f"tidegate: {error}", file=sys.stderr)
        return 2
    try:
        # Before anything is written: it may be another directory that somebody named by mistake.
        is_sealed = read_meta(directory).is_sealed
        stored = _stored(directory, is_sealed=is_sealed)
        if given.action == "rotate":
            print("\n".join(_rotate(directory, source, stored, domain_keys=given.domain_keys)))
        else:
            print("\n".join(_show(directory, source, stored)))
    except PROBLEMS as problem:
        return report(problem)
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="tidegate keyring",
        usage="tidegate keyring {show,rotate} [--data DIR] [--config FILE] [--domain-keys] ...",
        description="Show or rotate the keys that open what is encrypted in a data directory.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument("action", choices=("show", "rotate"))
    parser.add_argument("--data", metavar="DIR", help="data directory (default: the settings')")
    parser.add_argument("--config", metavar="FILE", help="settings in a TOML file")
    parser.add_argument("--root-key-file", metavar="FILE", help="file with the root key")
    parser.add_argument("--root-key-command", metavar="COMMAND", help="command that prints it")
    parser.add_argument(
        "--domain-keys",
        action="store_true",
        help="with rotate: make new keys below the root key too",
    )
    return parser


def _show(directory: str, source: RootKeySource, stored: KeyringFile) -> list[str]:
    """Raises KeysUnusable, OSError."""
    open_keyring(directory, source, create=False)
    return [
        f"Keyring of {directory}",
        f"Root key    {stored.root_key_id}; {_lower(source.name)} gives it",
        *(f"{purpose:<12}{_generations(stored, purpose)}" for purpose in PURPOSES),
    ]


def _rotate(
    directory: str, source: RootKeySource, stored: KeyringFile, *, domain_keys: bool
) -> list[str]:
    """Raises KeysUnusable, OSError."""
    if isinstance(source, KeyFile):
        new = rotate_key_file(directory, source)
        kept = f"It is in {source.path}; keep a copy somewhere else, as of the one before."
    else:
        new = RootKey.from_text(sys.stdin.buffer.read(), "Standard input")
        rotate_given(directory, source, new)
        kept = f"{source.name} must give it from the next start on."
    said = [f"Root key {new.id} has taken the place of {stored.root_key_id}.", kept]
    if domain_keys:
        for purpose in PURPOSES:
            rotate_domain(directory, _Known(new), purpose)
        taken = "at once" if isinstance(source, KeyFile) else "at its next start"
        said.append(f"The keys below it are new as well; a server that runs takes them {taken}.")
    return said


class _Known:
    """The root key that was given a moment ago."""

    name = "This command"

    def __init__(self, key: RootKey) -> None:
        self._key = key

    def read(self) -> tuple[RootKey, ...]:
        return (self._key,)


def _stored(directory: str, *, is_sealed: bool) -> KeyringFile:
    """Raises KeyringMissing, KeyringDamaged."""
    stored = read_keyring_file(directory, OsKeyFiles())
    if stored is None and is_sealed:
        raise lost_keyring(directory)
    if stored is None:
        raise KeyringMissing(f"{directory} has no keyring: the first start of a server makes it.")
    return stored


def _generations(stored: KeyringFile, purpose: str) -> str:
    found = [key.generation for key in stored.keys if key.purpose == purpose]
    return f"generation {max(found)}" + (f" of {len(found)}" if len(found) > 1 else "")


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:]
