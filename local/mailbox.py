"""The local mailbox: all that the product sends to people, readable at `/_local/mail`.

The local cloud relays mail of SES and Cognito by SMTP as it was sent, attachments included; this receives it.
Text messages and what is pushed to browsers lie beside it. Nothing leaves the machine.
"""

import asyncio
import itertools
import re
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any
from urllib.parse import quote

from aiohttp import web

from local.text_messages import TextMessages

Json = dict[str, Any]
MAILS_MAX = 2_000
_LISTED_MAX = 100
_PAGE = Path(__file__).with_name("mailbox.html")
_MAIL_BYTES_MAX = 40 * 1024 * 1024
_UNCACHED = {"Cache-Control": "no-store"}
_SMTP_IDLE_SECONDS = 60
_ADDRESS = re.compile(rb"<([^>]*)>")


@dataclass(frozen=True)
class Mail:
    """One mail as it was received; `recipients` are those of the envelope, in lower case.

    A text message or a push is kept as a mail too, its `kind` "sms" or "push".
    """

    mail_id: int
    received_at: datetime
    recipients: tuple[str, ...]
    message: EmailMessage
    kind: str = "mail"

    @property
    def subject(self) -> str:
        return str(self.message.get("subject", ""))

    def part(self, kind: str) -> str:
        """The text of the mail as "plain" or "html", or nothing."""
        body = self.message.get_body((kind,))
        return str(body.get_content()).replace("\r\n", "\n") if body is not None else ""

    def attachments(self) -> list[tuple[str, str, bytes]]:
        """File name, content type and content of each."""
        found = []
        for part in self.message.iter_attachments():
            content = part.get_payload(decode=True)
            name = part.get_filename() or "attachment"
            found.append((name, part.get_content_type(), content if isinstance(content, bytes) else b""))
        return found

    def summary(self) -> Json:
        return {
            "id": self.mail_id,
            "kind": self.kind,
            "at": self.received_at.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "from": str(self.message.get("from", "")),
            "to": list(self.recipients),
            "subject": self.subject,
            "text": self.part("plain"),
            "html": self.part("html"),
            "attachments": [
                {
                    "name": name,
                    "type": kind,
                    "size": len(content),
                    "url": f"/_local/mail/{self.mail_id}/attachments/{number}",
                }
                for number, (name, kind, content) in enumerate(self.attachments())
            ],
        }


class Mailbox:
    """The latest mails, newest first."""

    def __init__(self) -> None:
        self._mails: deque[Mail] = deque(maxlen=MAILS_MAX)
        self._ids = itertools.count(1)

    def receive(self, recipients: Sequence[str], raw: bytes, now: datetime) -> None:
        """Keep one mail; the oldest goes when there are too many."""
        message = message_from_bytes(raw, policy=policy.default)
        assert isinstance(message, EmailMessage)
        to = tuple(address.lower() for address in recipients)
        self._mails.appendleft(Mail(next(self._ids), now, to, message))

    def note(self, kind: str, recipient: str, title: str, text: str, now: datetime) -> None:
        """Keep what came another way than by mail."""
        message = EmailMessage()
        message["From"], message["Subject"] = "Boxoffice", title
        message.set_content(text)
        self._mails.appendleft(Mail(next(self._ids), now, (recipient.lower(),), message, kind))

    def mails(self, to: str | None = None) -> list[Mail]:
        """All of them, or those to one address."""
        return [mail for mail in self._mails if to is None or to.lower() in mail.recipients]

    def mail(self, mail_id: int) -> Mail | None:
        return next((mail for mail in self._mails if mail.mail_id == mail_id), None)


def mailbox_routes(mailbox: Mailbox, texts: TextMessages) -> list[web.RouteDef]:
    """The page, its JSON (`?to=` for one person's, newest first), and attachments."""

    async def page(_: web.Request) -> web.StreamResponse:
        return web.Response(text=_PAGE.read_text(), content_type="text/html", headers=_UNCACHED)

    async def listing(request: web.Request) -> web.Response:
        for recipient, text in await texts.new():
            mailbox.note("sms", recipient, text, text, datetime.now(UTC))
        found = mailbox.mails(request.query.get("to"))[:_LISTED_MAX]
        return web.json_response({"mails": [mail.summary() for mail in found]}, headers=_UNCACHED)

    async def attachment(request: web.Request) -> web.Response:
        mail = mailbox.mail(int(request.match_info["mail_id"]))
        number = int(request.match_info["number"])
        attachments = mail.attachments() if mail is not None else []
        if number >= len(attachments):
            raise web.HTTPNotFound(text="There is no such attachment.")
        name, kind, content = attachments[number]
        disposition = f"inline; filename*=UTF-8''{quote(name)}"
        headers = {**_UNCACHED, "Content-Disposition": disposition, "Content-Security-Policy": "sandbox"}
        return web.Response(body=content, content_type=kind, headers=headers)

    return [
        web.get("/_local/mail", page),
        web.get("/_local/mail.json", listing),
        web.get(r"/_local/mail/{mail_id:\d{1,9}}/attachments/{number:\d{1,4}}", attachment),
    ]


async def receive_mail(mailbox: Mailbox, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """One SMTP session of the local cloud: as much of the protocol as a well-behaved sender uses."""

    async def say(text: bytes) -> None:
        writer.write(text + b"\r\n")
        await writer.drain()

    recipients: list[str] = []
    try:
        async with asyncio.timeout(_SMTP_IDLE_SECONDS):
            await say(b"220 mailbox")
            while line := await reader.readline():
                verb = line[:4].upper().strip()
                if verb == b"RCPT" and (address := _ADDRESS.search(line)):
                    recipients.append(address.group(1).decode())
                if verb == b"DATA":
                    await say(b"354 go on")
                    mailbox.receive(recipients, await _dotted(reader), datetime.now(UTC))
                    recipients = []
                if verb == b"QUIT":
                    await say(b"221 bye")
                    break
                await say(b"250 ok")
    except (TimeoutError, ConnectionError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
        pass  # a sender that stops in the middle has sent no mail
    finally:
        writer.close()


async def _dotted(reader: asyncio.StreamReader) -> bytes:
    """A message up to the line with a single dot, the doubled dots undone."""
    lines: list[bytes] = []
    size = 0
    while (line := await reader.readuntil(b"\n")) != b".\r\n":
        size += len(line)
        if size > _MAIL_BYTES_MAX:
            raise ConnectionError("the mail is too large")
        lines.append(line[1:] if line.startswith(b"..") else line)
    return b"".join(lines)
