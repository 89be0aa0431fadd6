"""The senders of mails, as the settings want them; imported when the first mail is sent."""

from email.utils import parseaddr

from tidegate.server.settings import Settings
from tidegate.workers.mail.directory import MailDirectory
from tidegate.workers.mail.message import Mailbox
from tidegate.workers.mail.sender import Mails, MailSender
from tidegate.workers.mail.smtp import SmtpOptions, SmtpServer
from tidegate.workers.signatures import Signer


def text_mails(settings: Settings) -> MailSender:
    """Of `email` subscriptions."""
    return MailSender(_mails(settings), _sender(settings))


def json_mails(settings: Settings, signer: Signer) -> MailSender:
    """Of `email-json` subscriptions."""
    return MailSender(_mails(settings), _sender(settings), signer)


def _sender(settings: Settings) -> Mailbox:
    name, address = parseaddr(settings.smtp_from)
    return Mailbox(name or "Tidegate Notifications", address)


def _mails(settings: Settings) -> Mails:
    if settings.smtp_host is None:
        return MailDirectory(settings.data / "mail", settings.mail_files_kept)
    options = SmtpOptions(
        settings.smtp_host,
        settings.smtp_port,
        settings.smtp_tls,  # type: ignore[arg-type]
        settings.smtp_user,
        settings.smtp_password,
    )
    return SmtpServer(options)
