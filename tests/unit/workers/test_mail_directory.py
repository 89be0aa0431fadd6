"""The directory of mails: one file a mail, and no more than so many."""

import asyncio
import os
from pathlib import Path

from notifications import notification
from tidegate.workers.mail.directory import MailDirectory
from tidegate.workers.mail.message import Mailbox, MailTarget
from tidegate.workers.mail.sender import MailSender
from tidegate.workers.outcome import Outcome, Verdict

ANN = MailTarget("ann@example.org")


def sent(path: Path, *ids: str, most_files: int = 10) -> list[Outcome]:
    async def run() -> list[Outcome]:
        directory = MailDirectory(path, most_files)
        sender = MailSender(directory, Mailbox("", "no-reply@localhost"))
        return [await sender.send(notification(message_id=each), ANN) for each in ids]

    return asyncio.run(run())


def test_mail_is_a_file_for_its_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "mail"
    (outcome,) = sent(path, "m1")
    assert outcome.verdict is Verdict.DELIVERED
    (file,) = path.iterdir()
    assert file.name.startswith("m1.")
    assert file.name.endswith(".ann@example.org.eml")
    assert b"To: ann@example.org\r\n" in file.read_bytes()
    assert (file.stat().st_mode & 0o777, path.stat().st_mode & 0o777) == (0o600, 0o700)


def test_mail_that_is_tried_again_is_one_file(tmp_path: Path) -> None:
    sent(tmp_path, "m1", "m1")
    assert len(list(tmp_path.iterdir())) == 1


def test_oldest_mails_go(tmp_path: Path) -> None:
    sent(tmp_path, "m1", "m2", "m3")
    for age, name in enumerate(("m3", "m2", "m1")):
        (file,) = tmp_path.glob(f"{name}.*")
        os.utime(file, (1_000 - age, 1_000 - age))
    sent(tmp_path, "m4", most_files=2)
    assert sorted(file.name[:2] for file in tmp_path.iterdir()) == ["m3", "m4"]


def test_directory_that_cannot_be_made_is_tried_again(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    (outcome,) = sent(tmp_path / "file", "m1")
    assert outcome.verdict is Verdict.RETRYABLE


def test_name_of_a_file_leads_nowhere_else(tmp_path: Path) -> None:
    path = tmp_path / "mail"
    sent(path, "../../m1")
    assert [file.parent for file in tmp_path.rglob("*.eml")] == [path]


def test_wrong_address_is_a_permanent_failure(tmp_path: Path) -> None:
    async def run() -> Outcome:
        sender = MailSender(MailDirectory(tmp_path, 1), Mailbox("", "a@b.c"))
        return await sender.send(notification(), MailTarget("nobody"))

    assert asyncio.run(run()).verdict is Verdict.PERMANENT
