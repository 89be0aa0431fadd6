"""Rotation: another root key for the keyring, or a fresh generation of a domain key.

A key file goes through three states, each of which opens, so that a crash between any two of them
loses nothing and the next rotation starts from there:

    1. the file gets the new root key beside the old one     the keyring is under the old one
    2. the keyring is written under the new one              the file has both
    3. the file keeps the new one alone

The old root key still opens old copies of the keyring, in backups say; whoever fears for it makes
fresh domain keys too.
"""

import os

from tidegate.kms.errors import KeyringDamaged, KeyringMissing
from tidegate.kms.files import KeyFiles, OsKeyFiles
from tidegate.kms.keyring import (
    LOCK_NAME,
    MOST_GENERATIONS,
    DomainKey,
    Keyring,
    KeyringFile,
    new_domain_secret,
    read_keyring_file,
    root_key_of,
    unwrap_keyring,
    wrap_keyring,
    write_keyring_file,
)
from tidegate.kms.root_key import KeyFile, RootKey, RootKeySource


def rotate_key_file(directory: str, key_file: KeyFile, files: KeyFiles | None = None) -> RootKey:
    """Give the keyring a fresh root key and keep that in the key file; answers with it.

    A running server needs no restart.  Raises KeysUnusable, OSError; whatever is raised, the
    keyring opens with what the key file then holds.
    """
    files = files or OsKeyFiles()
    with files.alone(os.path.join(directory, LOCK_NAME)):
        stored = _stored(directory, files)
        old = root_key_of(directory, stored, key_file)
        new = RootKey.random()
        key_file.write(new, old)
        _rewrap(directory, stored, old, new, files)
        key_file.write(new)
    return new


def rotate_given(
    directory: str, source: RootKeySource, new: RootKey, files: KeyFiles | None = None
) -> None:
    """Wrap the keyring with `new`, which the source must give from the next start on.

    Raises KeysUnusable, OSError.
    """
    files = files or OsKeyFiles()
    with files.alone(os.path.join(directory, LOCK_NAME)):
        stored = _stored(directory, files)
        _rewrap(directory, stored, root_key_of(directory, stored, source), new, files)


def rotate_domain(
    directory: str, source: RootKeySource, purpose: str, files: KeyFiles | None = None
) -> int:
    """Add a fresh generation to the domain key of a purpose, and answer with its number.

    The old ones stay, for what they sealed.  A running server takes the new one when it sees that
    the file has changed (`Keyring.adopt`).  Raises KeysUnusable, OSError.
    """
    files = files or OsKeyFiles()
    with files.alone(os.path.join(directory, LOCK_NAME)):
        stored = _stored(directory, files)
        root_key = root_key_of(directory, stored, source)
        keyring = unwrap_keyring(stored, root_key)
        domain = keyring.domain(purpose)
        generation = domain.current + 1
        if generation > MOST_GENERATIONS:
            raise KeyringDamaged(f"The key of {purpose} has no room for another generation.")
        domain.adopt(DomainKey(purpose, {generation: new_domain_secret()}))
        _write(directory, stored, keyring, root_key, files)
    return generation


def _stored(directory: str, files: KeyFiles) -> KeyringFile:
    stored = read_keyring_file(directory, files)
    if stored is None:
        raise KeyringMissing(
            f"{directory} has no keyring yet: the first start of a server makes it."
        )
    return stored


def _rewrap(
    directory: str, stored: KeyringFile, old: RootKey, new: RootKey, files: KeyFiles
) -> None:
    _write(directory, stored, unwrap_keyring(stored, old), new, files)


def _write(
    directory: str, stored: KeyringFile, keyring: Keyring, root_key: RootKey, files: KeyFiles
) -> None:
    purposes = dict.fromkeys(key.purpose for key in stored.keys)
    domains = [keyring.domain(purpose) for purpose in purposes]
    write_keyring_file(directory, wrap_keyring(domains, root_key), files)
    # Before the old root key is dropped: what stands in the file now opens with the new one.
    unwrap_keyring(_stored(directory, files), root_key)
