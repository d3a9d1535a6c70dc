"""The page of a small working folder, as a browser would use it."""

import re
from collections.abc import Mapping, Sequence
from html import unescape
from pathlib import Path

from httpx import Response
from starlette.testclient import TestClient

from flows.desk.app import desk_app
from flows.desk.working import Desk
from tests.support.working import Office

PASSWORD = "十个字符以上的密码。"
ADDRESS = "http://127.0.0.1"
Upload = tuple[str, bytes]


class Browser:
    """A browser: it keeps cookies and sends what the last page's forms hold."""

    def __init__(self, app: object) -> None:
        self.client = TestClient(app, base_url=ADDRESS, raise_server_exceptions=False)  # type: ignore[arg-type]  # any ASGI application
        self.last = Response(200)

    def get(self, path: str) -> Response:
        """Open a page."""
        self.last = self.client.get(path)
        return self.last

    def hidden(self, action: str, number: int = 0) -> dict[str, str]:
        """Return the hidden fields of a form of the last page, by the end of its address."""
        forms = re.findall(r'<form method="post" action="([^"]*)"[^>]*>(.*?)</form>', self.last.text, re.DOTALL)  # fmt: skip
        bodies = [body for address, body in forms if address.endswith(action)]
        fields = re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', bodies[number])
        return {name: unescape(value) for name, value in fields}

    def post(
        self,
        path: str,
        action: str = "",
        number: int = 0,
        files: Sequence[Upload] = (),
        **fields: str,
    ) -> Response:
        """Send a form of the last page."""
        data: Mapping[str, str] = {**self.hidden(action or path, number), **fields}
        field = "file" if path.endswith("settings") else "files"
        sent = [(field, (name, content)) for name, content in files]
        self.last = self.client.post(path, data=data, files=sent or None)
        return self.last

    def sign_in(self, password: str = PASSWORD) -> Response:
        """Give the password, or set it."""
        self.get("/login")
        return self.post("/login", password=password, again=password)


def desk_of(browser: Browser) -> Desk:
    """Return the desk behind a browser's page."""
    desk: Desk = browser.client.app._app.state.desk  # type: ignore[attr-defined]  # through the guard to the application
    return desk


def ledger_bytes(office: Office, *given: object, **more: object) -> bytes:
    """Return a ledger's bytes without leaving it in the ledger folder."""
    path: Path = office.ledger(*given, **more)  # type: ignore[arg-type]  # as Office.ledger takes them
    content = path.read_bytes()
    path.unlink()
    return content


def page_of(office: Office) -> Browser:
    """Return a browser at the page of a working folder."""
    return Browser(desk_app(office.folder))
