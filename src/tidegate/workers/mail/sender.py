"""The sender of `email` and `email-json` subscriptions."""

from typing import Protocol

from tidegate.workers.mail.message import Mail, Mailbox, MailTarget, mail_of
from tidegate.workers.notification import Notification
from tidegate.workers.outcome import Outcome, Undeliverable, permanent
from tidegate.workers.signatures import Signer


class Mails(Protocol):
    """A way for mails to go: an SMTP server, or a directory."""

    async def deliver(self, mail: Mail) -> Outcome: ...

    async def close(self) -> None: ...


class MailSender:
    """Sends notifications as text or, with a signer, as the JSON documents that they are."""

    def __init__(self, mails: Mails, sender: Mailbox, json_signer: Signer | None = None) -> None:
        self._mails = mails
        self._sender = sender
        self._signer = json_signer

    async def send(self, notification: Notification, target: MailTarget) -> Outcome:
        """One try to deliver; never raises."""
        if self._signer is not None:
            notification = await self._signer.signed(notification, target.signature_version)
        as_json = self._signer is not None
        try:
            mail = mail_of(notification, target, self._sender, as_json=as_json)
        except Undeliverable as error:
            return permanent(str(error))
        return await self._mails.deliver(mail)

    async def close(self) -> None:
        await self._mails.close()
