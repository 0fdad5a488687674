"""Mail that the local cloud relays is readable at /_local/mail."""

import asyncio
import functools
import smtplib
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from email.message import EmailMessage

import aiohttp
from aiohttp import web

from local.mailbox import MAILS_MAX, Mailbox, mailbox_routes, receive_mail
from local.text_messages import TextMessages

NO_CLOUD = "http://127.0.0.1:9"
Send = Callable[[EmailMessage], Awaitable[None]]


def mail(to: str, subject: str = "Your code", text: str = "Your code is 123456.") -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "tickets@boxoffice.example", to, subject
    message.set_content(text)
    return message


@asynccontextmanager
async def mailbox() -> AsyncIterator[tuple[Send, aiohttp.ClientSession]]:
    box = Mailbox()
    site = web.Application()
    site.add_routes(mailbox_routes(box, TextMessages(NO_CLOUD)))
    runner = web.AppRunner(site)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    smtp = await asyncio.start_server(functools.partial(receive_mail, box), "127.0.0.1", 0)
    mail_port = smtp.sockets[0].getsockname()[1]

    def send_waiting(message: EmailMessage) -> None:
        with smtplib.SMTP("127.0.0.1", mail_port, timeout=5) as session:
            session.send_message(message)

    async def send(message: EmailMessage) -> None:
        await asyncio.to_thread(send_waiting, message)

    async with aiohttp.ClientSession(f"http://127.0.0.1:{runner.addresses[0][1]}") as http:
        yield send, http
    smtp.close()
    await runner.cleanup()


def run(scenario: Callable[[Send, aiohttp.ClientSession], Awaitable[None]]) -> None:
    async def all_of_it() -> None:
        async with asyncio.timeout(20), mailbox() as (send, http):
            await scenario(send, http)

    asyncio.run(all_of_it())


def test_newest_first_and_by_recipient() -> None:
    async def scenario(send: Send, http: aiohttp.ClientSession) -> None:
        await send(mail("ada@example.com", "First"))
        await send(mail("bob@example.com", "Second"))
        await send(mail("Ada@Example.com", "Third", "Line\n.dotted\nĐà Nẵng"))
        every = await (await http.get("/_local/mail.json")).json()
        assert [found["subject"] for found in every["mails"]] == ["Third", "Second", "First"]
        hers = await (await http.get("/_local/mail.json", params={"to": "ada@example.com"})).json()
        assert [found["subject"] for found in hers["mails"]] == ["Third", "First"]
        assert hers["mails"][0]["text"] == "Line\n.dotted\nĐà Nẵng\n"
        assert hers["mails"][0]["to"] == ["ada@example.com"]

    run(scenario)


def test_html_and_attachments_are_kept() -> None:
    async def scenario(send: Send, http: aiohttp.ClientSession) -> None:
        message = mail("ada@example.com", "Your tickets")
        message.add_alternative("<h1>Two seats</h1>", subtype="html")
        message.add_attachment(b"%PDF-1.7", maintype="application", subtype="pdf", filename="tickets.pdf")
        await send(message)
        (found,) = (await (await http.get("/_local/mail.json")).json())["mails"]
        assert (found["text"], found["html"]) == ("Your code is 123456.\n", "<h1>Two seats</h1>\n")
        (attached,) = found["attachments"]
        assert (attached["name"], attached["type"], attached["size"]) == ("tickets.pdf", "application/pdf", 8)
        answer = await http.get(attached["url"])
        assert (answer.content_type, await answer.read()) == ("application/pdf", b"%PDF-1.7")
        assert (await http.get("/_local/mail/1/attachments/1")).status == 404
        assert (await http.get("/_local/mail/9/attachments/0")).status == 404

    run(scenario)


def test_the_page_shows_mail_in_a_sandbox() -> None:
    async def scenario(send: Send, http: aiohttp.ClientSession) -> None:
        answer = await http.get("/_local/mail")
        assert answer.content_type == "text/html"
        assert "setAttribute('sandbox'" in await answer.text()

    run(scenario)


def test_a_broken_off_mail_is_none_and_old_ones_go() -> None:
    async def scenario(send: Send, http: aiohttp.ClientSession) -> None:
        box = Mailbox()
        server = await asyncio.start_server(functools.partial(receive_mail, box), "127.0.0.1", 0)
        reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
        writer.write(b"EHLO x\r\nMAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\nDATA\r\nSubject: half")
        writer.write_eof()
        assert b"354" in await reader.read()
        assert box.mails() == []
        server.close()

    run(scenario)


def test_the_oldest_mail_makes_room() -> None:
    from datetime import UTC, datetime

    box = Mailbox()
    for number in range(MAILS_MAX + 1):
        box.receive(["a@b.c"], f"Subject: {number}\n\n".encode(), datetime.now(UTC))
    assert (box.mails()[0].subject, box.mails()[-1].subject) == (str(MAILS_MAX), "1")
