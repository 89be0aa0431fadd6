"""The keyring of the data directory: opened at the start, made where there is none yet."""

import logging
import os

from tidegate.kms.keyring import ROOT_KEY_NAME, Keyring, open_keyring
from tidegate.kms.root_key import KeyFile, RootKeySource, root_key_source
from tidegate.log.files.directory import DataDirectory, note_keyring
from tidegate.server.settings import Settings

logger = logging.getLogger(__name__)


def root_key_source_of(settings: Settings) -> RootKeySource:
    """Where the settings say that the root key comes from."""
    value, file = settings.root_key, settings.root_key_file
    return root_key_source(
        os.path.join(settings.data, ROOT_KEY_NAME),
        key_file=None if file is None else os.fspath(file),
        value=None if value is None else value.reveal().decode(),
        value_name="TIDEGATE_ROOT_KEY",
        command=settings.root_key_command,
    )


def open_data_keyring(settings: Settings, directory: DataDirectory) -> Keyring:
    """The keyring of a directory that this process has for itself.

    A directory without one, new or of an earlier version, gets it, with a root key file if that is
    the source and is not there.  Raises KeysUnusable, OSError.
    """
    source = root_key_source_of(settings)
    is_made = isinstance(source, KeyFile) and not os.path.exists(source.path)
    keyring = open_keyring(directory.path, source, create=not directory.meta.is_sealed)
    note_keyring(directory.path)
    if is_made and isinstance(source, KeyFile):
        logger.warning(
            "a root key was made: %s. Keep a copy somewhere else, and not beside copies of the "
            "data: it opens all that is encrypted in %s, and nobody can recover that without it.",
            source.path,
            directory.path,
        )
    return keyring
