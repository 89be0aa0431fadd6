"""The sender of `email` and `email-json` subscriptions."""

from typing import Protocol

from tidegate.workers.mail.message import Mail, Mailbox, MailTarget, mail_of
from tidegate.workers.notification import Notification
from tidegate.workers.outcome import Outcome, Undeliverable, permanent


class Mails(Protocol):
    """A way for mails to go: an SMTP server, or a directory."""

    async def deliver(self, mail: Mail) -> Outcome: ...

    async def close(self) -> None: ...


class MailSender:
    """Sends notifications as text, or as the JSON documents that they are."""

    def __init__(self, mails: Mails, sender: Mailbox, *, as_json: bool) -> None:
        self._mails = mails
        self._sender = sender
        self._as_json = as_json

    async def send(self, notification: Notification, target: MailTarget) -> Outcome:
        """One try to deliver; never raises."""
        try:
            mail = mail_of(notification, target, self._sender, as_json=self._as_json)
        except Undeliverable as error:
            return permanent(str(error))
        return await self._mails.deliver(mail)
