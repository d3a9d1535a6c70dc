"""What every request passes: the host's name, the size of its body, the headers of its answer."""

from collections.abc import Collection

from fastapi import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from flows.steps.read.formats.sniff import MAX_BYTES

FORM_LIMIT = 256 * 2**10  # bytes of a form without files
UPLOAD_LIMIT = 4 * MAX_BYTES  # bytes of one upload of several files
UPLOADS = ("upload", "settings")  # last parts of the paths that take files
TOO_LARGE = "文件太大，请分几次交"
_POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; "
    "img-src 'self' data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
_HEADERS = (
    (b"content-security-policy", _POLICY.encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), geolocation=(), microphone=()"),
)
_SECURE = (b"strict-transport-security", b"max-age=31536000")
_STYLE = ("/desk.css", "/desk.js")


class Guard:
    """An ASGI application around another: refuses foreign hosts and large bodies, adds headers.

    `hosts` are the names by which the page may be asked for, None for any: behind a proxy that
    checks them.
    """

    def __init__(self, app: ASGIApp, hosts: Collection[str] | None, *, secure: bool) -> None:
        self._app, self._hosts = app, hosts
        self._headers = (*_HEADERS, _SECURE) if secure else _HEADERS

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        path, headers = scope["path"], dict(scope["headers"])

        async def answer(message: Message) -> None:
            if message["type"] == "http.response.start":
                kept = b"max-age=300" if path in _STYLE else b"no-store"
                more = [*self._headers, (b"cache-control", kept)]
                message = {**message, "headers": [*message["headers"], *more]}
            await send(message)

        limit = UPLOAD_LIMIT if path.rpartition("/")[2] in UPLOADS else FORM_LIMIT
        host = headers.get(b"host", b"").decode("latin-1")
        if self._hosts is not None and _name_of(host) not in self._hosts:
            await _refuse(answer, 400, "地址不对")
        elif not _fits(headers.get(b"content-length"), limit):
            await _refuse(answer, 413, TOO_LARGE)
        else:
            await self._within(limit, scope, receive, answer)

    async def _within(self, limit: int, scope: Scope, receive: Receive, answer: Send) -> None:
        received = 0

        async def counted() -> Message:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            if received > limit:
                raise HTTPException(413, TOO_LARGE)
            return message

        await self._app(scope, counted, answer)


def _name_of(host: str) -> str:
    """Return a host header without its port."""
    return host.partition("]")[0].lstrip("[") if host[:1] == "[" else host.partition(":")[0]


def _fits(length: bytes | None, limit: int) -> bool:
    return length is None or (length.isdigit() and int(length) <= limit)


async def _refuse(send: Send, status: int, words: str) -> None:
    headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"connection", b"close")]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": words.encode()})
