"""E-mail: one message to one person through the company's own server.

In: settings, an address, words. Out: the server took it; or an error that says whether another attempt can help. Between
the last byte and the server's answer nobody knows: that is `MailUnsure`.
"""

from __future__ import annotations

from email.message import EmailMessage
from email.utils import formatdate, make_msgid

import aiosmtplib

from crm.errors import MailRefused, MailUnsure, SettingMissing
from crm.settings import CrmSettings

TIMEOUT_S = 20.0
_PORTS = {"none": 25, "starttls": 587, "tls": 465}
_FOR_EVER = 500
"""Answers from this code on will be the same next time (RFC 5321, 4.2.1)."""


def is_possible(settings: CrmSettings) -> bool:
    """Whether e-mails can be sent at all: a server and a sender are set."""
    return bool(settings.smtp_host and settings.smtp_from)


async def send(settings: CrmSettings, address: str, subject: str, text: str) -> None:
    """Send one message.

    Args:
        settings: of the server.
        address: whom.
        subject: one line.
        text: plain text.

    Raises:
        SettingMissing: no server or no sender is set.
        MailRefused: the server was not reached or did not take it.
        MailUnsure: the connection ended before the server said whether it took it.
    """
    if not is_possible(settings):
        key = "SLOVO_SMTP_FROM" if settings.smtp_host else "SLOVO_SMTP_HOST"
        raise SettingMissing(key, "set it, so that e-mails can be sent")
    client = aiosmtplib.SMTP(
        hostname=settings.smtp_host,
        port=settings.smtp_port or _PORTS[settings.smtp_tls],
        use_tls=settings.smtp_tls == "tls",
        start_tls=settings.smtp_tls == "starttls",
        timeout=TIMEOUT_S,
    )
    try:
        await _log_in(client, settings)
        await _deliver(client, _message(settings.smtp_from, address, subject, text))
    finally:
        client.close()


async def _log_in(client: aiosmtplib.SMTP, settings: CrmSettings) -> None:
    try:
        await client.connect()
        if settings.smtp_user:
            password = settings.smtp_password
            await client.login(settings.smtp_user, password.get_secret_value() if password else "")
    except (aiosmtplib.SMTPException, OSError) as error:
        # A wrong password is put right by a person, so it is worth another attempt.
        raise MailRefused(_words(error), final=False) from error


async def _deliver(client: aiosmtplib.SMTP, message: EmailMessage) -> None:
    try:
        await client.send_message(message)
    except (aiosmtplib.SMTPRecipientsRefused, aiosmtplib.SMTPResponseException) as error:
        codes = (
            [one.code for one in error.recipients]
            if isinstance(error, aiosmtplib.SMTPRecipientsRefused)
            else [error.code]
        )
        raise MailRefused(_words(error), final=min(codes) >= _FOR_EVER) from error
    except (aiosmtplib.SMTPException, OSError) as error:
        raise MailUnsure(_words(error)) from error


def _message(sender: str, address: str, subject: str, text: str) -> EmailMessage:
    message = EmailMessage()
    message["From"] = sender
    message["To"] = address
    message["Subject"] = " ".join(subject.split())
    message["Date"] = formatdate()
    message["Message-ID"] = make_msgid(domain="slovo.invalid")
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(text)
    return message


def _words(error: Exception) -> str:
    return (str(error) or type(error).__name__)[:500]
