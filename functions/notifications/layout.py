"""The parts a mail is made of, each in HTML and in plain text, and the page around them.

Tables and inline styles, since mail programs know little else; one column, readable from 320 pixels; a dark
scheme where the reader's program has one. Whatever comes from a person goes through `_e`.
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import NamedTuple

from kit import spell

FONT = "-apple-system,BlinkMacSystemFont,'Segoe UI',Roboto,Helvetica,Arial,sans-serif"
INK, SOFT, LINE, PAPER, MARQUEE = "#14151c", "#5b5e6b", "#e2e2dd", "#f4f4f1", "#ffc93c"
DARK = """
:root{color-scheme:light dark;supported-color-schemes:light dark}
a{color:inherit}
@media (prefers-color-scheme:dark){
.page{background:#101118!important}.card{background:#1a1b24!important}
.ink{color:#f3f2ee!important}.soft{color:#b4b6c2!important}.line{border-color:#34363f!important}
.button{background:#ffc93c!important;color:#14151c!important}}
@media (max-width:480px){.pad{padding-left:20px!important;padding-right:20px!important}.wide{display:block!important}}
"""


class Part(NamedTuple):
    """One piece of a letter; `html` is table rows."""

    html: str
    text: str


class SeatLine(NamedTuple):
    """A seat in words; `url` leads to its ticket, where there is one."""

    place: str
    kind: str
    price: str
    url: str | None


def heading(title: str, event: str, facts: Sequence[str]) -> Part:
    """What it is about, on the marquee's yellow in every scheme."""
    lines = "".join(f'<div style="font-size:15px;line-height:22px">{_e(fact)}</div>' for fact in facts)
    html = (
        f'<tr><td class="pad" bgcolor="{MARQUEE}" style="background:{MARQUEE};color:{INK};padding:26px 32px 28px">'
        f'<div style="font-size:15px;line-height:22px;font-weight:600">{_e(title)}</div>'
        f'<h1 style="margin:8px 0 14px;font-size:28px;line-height:33px;font-weight:800">{_e(event)}</h1>'
        f"{lines}</td></tr>"
    )
    return Part(html, "\n".join([spell.line(title), "", spell.line(event).upper(), *map(spell.line, facts)]))


def button(label: str, url: str, also: tuple[str, str] | None = None) -> Part:
    """What the reader most likely wants to do, and perhaps one thing beside it."""
    html = (
        f'<a class="button" href="{_e(url)}" style="display:inline-block;background:{INK};color:#ffffff;'
        f"font-size:16px;font-weight:700;line-height:20px;text-decoration:none;padding:14px 26px;"
        f'border-radius:8px">{_e(label)}</a>'
    )
    text = f"{label}:\n{url}"
    if also:
        html += (
            f' &nbsp; <a class="ink wide" href="{_e(also[1])}" style="color:{INK};font-size:15px;line-height:48px;'
            f'text-decoration:underline;white-space:nowrap">{_e(also[0])}</a>'
        )
        text += f"\n\n{also[0]}:\n{also[1]}"
    return Part(_row(html, "24px 32px 4px"), text)


def paragraph(words: str, link: tuple[str, str] | None = None) -> Part:
    """Plain words, with perhaps a link below them."""
    html, text = _e(words), words
    if link:
        html += f'<br><a class="ink" href="{_e(link[1])}" style="color:{INK}">{_e(link[0])}</a>'
        text += f"\n{link[0]}:\n{link[1]}"
    return Part(_row(f'<p class="ink" style="margin:0;{_type(15, 23)}">{html}</p>', "16px 32px 0"), text)


def note(words: str) -> Part:
    """What need not be read."""
    style = f"margin:0;{_type(13, 19, SOFT)}"
    return Part(_row(f'<p class="soft" style="{style}">{_e(words)}</p>', "20px 32px 0"), words)


def seats(lines: Sequence[SeatLine]) -> Part:
    """One line a seat: where, for whom, for how much."""
    rows = []
    for line in lines:
        link = (
            f'<br><a class="ink" href="{_e(line.url)}" style="color:{INK};font-size:14px">Open ticket</a>'
            if line.url
            else ""
        )
        rows.append(
            _pair(
                f'<b>{_e(line.place)}</b><br><span class="soft" style="color:{SOFT};font-size:14px">'
                f"{_e(line.kind)}</span>{link}",
                _e(line.price),
            )
        )
    text = "\n\n".join(
        "\n".join(filter(None, (spell.line(line.place), f"{spell.line(line.kind)}, {line.price}", line.url)))
        for line in lines
    )
    return Part(_row(_table("".join(rows)), "20px 32px 0"), text)


def sum_up(lines: Sequence[tuple[str, str]], total: tuple[str, str], below: str) -> Part:
    """What was paid, and what it is made of."""
    rows = "".join(_pair(f'<span class="soft" style="color:{SOFT}">{_e(a)}</span>', _e(b), 8) for a, b in lines)
    rows += _pair(f"<b>{_e(total[0])}</b>", f'<b style="font-size:18px">{_e(total[1])}</b>')
    style = f"margin:6px 0 0;{_type(13, 19, SOFT)}"
    after = f'<p class="soft" style="{style}">{_e(below)}</p>' if below else ""
    text = "\n".join([f"{a}: {b}" for a, b in (*lines, total)] + ([below] if below else []))
    return Part(_row(_table(rows) + after, "12px 32px 0"), text)


def html(subject: str, preview: str, parts: Sequence[Part]) -> str:
    """The whole page. The preview is what a list of mails shows beside the subject."""
    body = "".join(part.html for part in parts)
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        '<meta name="color-scheme" content="light dark"><meta name="supported-color-schemes" content="light dark">'
        f"<title>{_e(subject)}</title><style>{DARK}</style></head>"
        f'<body class="page" style="margin:0;padding:0;background:{PAPER}">'
        f'<div style="display:none;max-height:0;overflow:hidden">{_e(preview)}</div>'
        f'<table class="page" role="presentation" width="100%" cellpadding="0" cellspacing="0" bgcolor="{PAPER}" '
        f'style="background:{PAPER};font-family:{FONT}"><tr><td align="center" style="padding:24px 12px 32px">'
        '<table role="presentation" width="100%" cellpadding="0" cellspacing="0" style="max-width:600px">'
        f'<tr><td class="ink" style="padding:0 4px 14px;color:{INK};font-size:18px;font-weight:800">'
        f'<span style="background:{MARQUEE};border-radius:3px;font-size:14px">&nbsp;&nbsp;&#9482;&nbsp;</span>'
        "&nbsp; Boxoffice</td></tr></table>"
        '<table class="card" role="presentation" width="100%" cellpadding="0" cellspacing="0" bgcolor="#ffffff" '
        'style="max-width:600px;background:#ffffff;border-radius:12px;overflow:hidden;text-align:left">'
        f'{body}<tr><td style="height:32px;line-height:32px">&nbsp;</td></tr></table>'
        "</td></tr></table></body></html>"
    )


def text(parts: Sequence[Part]) -> str:
    """The same for who reads mail without HTML."""
    return "\n\n".join(part.text for part in parts) + "\n\nBoxoffice\n"


def _e(words: str) -> str:
    return escape(spell.line(words, 500), quote=True)


def _type(size: int, line: int, color: str = INK) -> str:
    return f"font-size:{size}px;line-height:{line}px;color:{color}"


def _row(content: str, padding: str) -> str:
    return f'<tr><td class="pad" style="padding:{padding}">{content}</td></tr>'


def _table(rows: str) -> str:
    return f'<table role="presentation" width="100%" cellpadding="0" cellspacing="0">{rows}</table>'


def _pair(left: str, right: str, padding: int = 12) -> str:
    cell = f"padding:{padding}px 0;border-top:1px solid {LINE};vertical-align:top;{_type(15, 22)}"
    return (
        f'<tr><td class="ink line" style="{cell}">{left}</td>'
        f'<td class="ink line" align="right" style="{cell};white-space:nowrap;padding-left:16px">{right}</td></tr>'
    )
