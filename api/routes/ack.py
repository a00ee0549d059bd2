"""The page of a signed link: it shows what it stands for, and its one button acknowledges."""

from html import escape
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Request
from fastapi.responses import HTMLResponse

from api.errors import documented
from api.guard import Door
from api.permissions import Right
from api.services import Desk, Services
from city.errors import NotFound
from linkage.telling.acknowledging import LinkPage, LinkState

_HTML: dict[int | str, dict[str, Any]] = {
    200: {"description": "A page with a button, or with what came of it.", "content": {"text/html": {}}}
}

#: What each state says, in both languages.
_WORDS = {
    LinkState.READY: ("请确认您已收到此消息。", "Confirm that you have seen this message."),
    LinkState.DONE: ("已确认，谢谢。", "Acknowledged. Thank you."),
    LinkState.USED: ("此链接已经使用过。", "This link was used before."),
    LinkState.EXPIRED: ("此链接已过期，请登录控制台。", "This link has expired. Sign in to the console."),
    LinkState.MOOT: ("此事件已无需确认。", "There is nothing left to acknowledge."),
}

_PAGE = """<!doctype html>
<html lang="zh"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<meta name="robots" content="noindex"><title>{number}</title></head>
<body style="margin:0;background:#0b1118;color:#e8eef5;font:18px/1.6 system-ui,sans-serif">
<main style="max-width:34rem;margin:0 auto;padding:2rem 1.2rem">
<p style="color:#9fb3c8">{number}</p><h1 style="font-size:1.4rem;margin:.2rem 0">{zh}</h1>
<p lang="en" style="margin:.2rem 0 1.4rem">{en}</p><p style="color:#9fb3c8">{to}</p>
<p role="status">{said}<br><span lang="en">{said_en}</span></p>{button}</main></body></html>"""

_BUTTON = """<form method="post"><button type="submit" autofocus style="width:100%;padding:1rem;font-size:1.2rem;
background:#58c4f0;color:#04121d;font-weight:600;border:0;border-radius:.5rem">确认收到 / Acknowledge</button></form>"""

router = APIRouter(tags=["ack"])

Token = Annotated[str, Path(min_length=1, max_length=200, pattern=r"^[A-Za-z0-9._-]+$")]


class Link(Door):
    """Lets a signed link through: no session, so nothing to forge; texts that nobody signed are slowed down."""

    right = Right.PUBLIC

    def __call__(self, request: Request, desk: Desk) -> str:
        """Return the caller's address; raises TooMany when wrong links came from there."""
        address = request.client.host if request.client is not None else ""
        desk.link_guesses.check(address, at="link")
        return address


Address = Annotated[str, Depends(Link())]


@router.get("/ack/{token}", response_class=HTMLResponse, responses={**documented(404, 429), **_HTML})
def show(desk: Desk, address: Address, token: Token) -> HTMLResponse:
    """Show what a link would acknowledge; following it changes nothing, whoever scans mail."""
    return _answer(desk, address, token, acknowledge=False)


@router.post("/ack/{token}", response_class=HTMLResponse, responses={**documented(404, 429), **_HTML})
def acknowledge(desk: Desk, address: Address, token: Token) -> HTMLResponse:
    """Acknowledge what a link stands for, once."""
    return _answer(desk, address, token, acknowledge=True)


def _answer(desk: Services, address: str, token: str, *, acknowledge: bool) -> HTMLResponse:
    links = desk.given.telling.links
    try:
        found = links.acknowledge(token) if acknowledge else links.look(token)
    except NotFound:
        desk.link_guesses.failed(address)
        raise
    return HTMLResponse(_page(found))


def _page(found: LinkPage) -> str:
    said, said_en = _WORDS[found.state]
    return _PAGE.format(
        number=escape(found.number),
        zh=escape(found.title["zh"]),
        en=escape(found.title["en"]),
        to=escape(found.to),
        said=said,
        said_en=said_en,
        button=_BUTTON if found.state is LinkState.READY else "",
    )
