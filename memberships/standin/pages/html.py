"""The frame of every page, and small pieces of it. Everything that was typed goes through `e`."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from html import escape
from typing import Any
from urllib.parse import parse_qs

Doc = dict[str, Any]
Answer = tuple[int, str, str, dict[str, str]]
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; frame-ancestors 'none'; base-uri 'none'",
    "Cache-Control": "no-store",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
}


@dataclass(frozen=True, slots=True)
class Ask:
    method: str
    path: str
    query: str
    headers: dict[str, str]
    body: bytes

    def form(self) -> dict[str, str]:
        return {
            name: values[-1]
            for name, values in parse_qs(self.body.decode(errors="replace"), keep_blank_values=True).items()
        }

    def args(self) -> dict[str, str]:
        return {name: values[-1] for name, values in parse_qs(self.query).items()}


def e(value: Any) -> str:
    return escape("" if value is None else str(value), quote=True)


def page(title: str, body: str, *, wide: bool = False, status: int = 200) -> Answer:
    text = f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{e(title)} · stand-in for Stripe</title>
<link rel="stylesheet" href="/look.css">
</head>
<body>
<p class="bar" role="note"><strong>TEST MODE</strong> This is the stand-in for Stripe. No money moves.</p>
<main{' class="wide"' if wide else ""}>
{body}
</main>
<footer>Hearth’s stand-in for Stripe · <a href="/_standin/">console</a></footer>
</body>
</html>"""
    return status, "text/html; charset=utf-8", text, {}


def message(title: str, text: str, *, link: str = "", label: str = "Go on", status: int = 200) -> Answer:
    way = f'<p><a class="button" href="{e(link)}">{e(label)}</a></p>' if link else ""
    return page(title, f"<h1>{e(title)}</h1><p>{e(text)}</p>{way}", status=status)


def go(url: str) -> Answer:
    return 303, "text/plain; charset=utf-8", "", {"Location": url}


def alert(text: str) -> str:
    return f'<p class="alert" role="alert">{e(text)}</p>' if text else ""


def button(label: str, *, do: str = "", kind: str = "", action: str = "", **hidden: Any) -> str:
    """A form of one button."""
    fields = "".join(f'<input type="hidden" name="{e(name)}" value="{e(it)}">' for name, it in hidden.items())
    where = f' action="{e(action)}"' if action else ""
    name = f' name="do" value="{e(do)}"' if do else ""
    return f'<form method="post"{where}>{fields}<button class="{e(kind)}"{name}>{e(label)}</button></form>'


def date(at: int | None) -> str:
    return f"{dt.datetime.fromtimestamp(at, dt.UTC):%-d %B %Y}" if at else "–"


def moment(at: int | None) -> str:
    return f"{dt.datetime.fromtimestamp(at, dt.UTC):%Y-%m-%d %H:%M:%S}" if at else "–"


def safe_link(url: str | None) -> str:
    """Only a web address may become a link."""
    return url if url and url.startswith(("http://", "https://")) else ""


def cards(chosen: str = "4242424242424242") -> str:
    """The test cards as a choice."""
    from memberships.standin.ledger.bank import CARDS

    rows = []
    for card in CARDS.values():
        digits = " ".join(card.number[at : at + 4] for at in range(0, 16, 4)) if card.number.isdigit() else "Bank debit"
        mark = " checked" if card.number == chosen else ""
        rows.append(
            f'<label class="choice"><input type="radio" name="card" value="{e(card.number)}"{mark}>'
            f"<span><b>{e(digits)}</b> {e(card.label)}</span></label>"
        )
    return f"<fieldset><legend>Card</legend>{''.join(rows)}</fieldset>"


COUNTRIES = {
    "DE": "Germany",
    "PT": "Portugal",
    "FR": "France",
    "GB": "United Kingdom",
    "US": "United States",
    "JP": "Japan",
}


def countries(chosen: str = "DE") -> str:
    options = "".join(
        f'<option value="{code}"{" selected" if code == chosen else ""}>{e(name)}</option>'
        for code, name in COUNTRIES.items()
    )
    return f'<label>Country<select name="country">{options}</select></label>'
