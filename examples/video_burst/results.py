"""The results, in a database that all encoders share, and the one rule that makes them safe.

A queue delivers at least once, so a job may be done twice.  Its effect must not happen twice: the
job's number is the key of its result, and what the job causes (here: a bill) is written in the same
transaction.  The second encoder's transaction breaks the key and leaves nothing behind.
"""

import sqlite3
from pathlib import Path

from video_burst.jobs import Job
from video_burst.mishaps import Mishap

SCHEMA = """
PRAGMA journal_mode = WAL;
CREATE TABLE results (job INTEGER PRIMARY KEY, encoder TEXT NOT NULL);
CREATE TABLE bills (job INTEGER NOT NULL, minutes INTEGER NOT NULL);
-- What happened on the way; nothing depends on it.
CREATE TABLE attempts (job INTEGER NOT NULL, encoder TEXT NOT NULL, mishap TEXT);
CREATE TABLE repeats (job INTEGER NOT NULL, encoder TEXT NOT NULL);
"""

LOCK_TIMEOUT_S = 30.0


def create_results(path: Path) -> None:
    """Make an empty database."""
    database = sqlite3.connect(path)
    database.executescript(SCHEMA)
    database.close()


class Results:
    """One process's connection to the database."""

    def __init__(self, path: Path) -> None:
        self._database = sqlite3.connect(path, timeout=LOCK_TIMEOUT_S)

    def begin_attempt(self, job: Job, encoder: str, mishap: Mishap | None) -> None:
        kind = mishap.value if mishap else None
        with self._database:
            self._database.execute(
                "INSERT INTO attempts VALUES (?, ?, ?)", (job.number, encoder, kind)
            )

    def store(self, job: Job, encoder: str) -> bool:
        """Store a job's result and write its bill; False if that was done before, and then nothing
        is changed."""
        try:
            with self._database:
                self._database.execute("INSERT INTO results VALUES (?, ?)", (job.number, encoder))
                self._database.execute("INSERT INTO bills VALUES (?, ?)", (job.number, job.minutes))
        except sqlite3.IntegrityError:
            with self._database:
                self._database.execute("INSERT INTO repeats VALUES (?, ?)", (job.number, encoder))
            return False
        return True

    def done(self) -> set[int]:
        """The numbers of the jobs that have a result."""
        return {job for (job,) in self._database.execute("SELECT job FROM results")}

    def billed_twice(self) -> int:
        """How many jobs took effect more than once."""
        return self._count(
            "SELECT count(*) FROM (SELECT job FROM bills GROUP BY job HAVING count(*) > 1)"
        )

    def billed_minutes(self) -> int:
        return self._count("SELECT coalesce(sum(minutes), 0) FROM bills")

    def retries(self) -> int:
        """How many attempts were not the first at their job."""
        return self._count("SELECT count(*) - count(DISTINCT job) FROM attempts")

    def repeats(self) -> int:
        """How many results were turned away, because the job had one."""
        return self._count("SELECT count(*) FROM repeats")

    def mishaps(self, mishap: Mishap) -> int:
        return self._count("SELECT count(*) FROM attempts WHERE mishap = ?", mishap.value)

    def close(self) -> None:
        self._database.close()

    def _count(self, query: str, *values: str) -> int:
        (count,) = self._database.execute(query, values).fetchone()
        return int(count)
