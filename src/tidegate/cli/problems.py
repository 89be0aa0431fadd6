"""What a command shows as one line instead of a traceback: the directory's state, the disk's, the
system's, a certificate's.  Anything else is a bug and keeps its traceback."""

import sys

from tidegate.base.refusals import Fault
from tidegate.http.certificates import UnusableCertificate
from tidegate.kms.errors import KeysUnusable
from tidegate.log.files.directory import UnusableDirectory
from tidegate.log.files.lock import DirectoryInUse
from tidegate.log.interface import DamagedLog

PROBLEMS = (
    DirectoryInUse,
    UnusableDirectory,
    UnusableCertificate,
    KeysUnusable,
    DamagedLog,
    Fault,
    OSError,
)


def report(problem: Exception) -> int:
    """Say on stderr what is wrong; returns the exit status of a failure."""
    print(f"tidegate: {problem}", file=sys.stderr)
    return 1
