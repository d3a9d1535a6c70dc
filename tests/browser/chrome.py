"""A headless Chromium for tests, driven over the DevTools protocol: no driver program, nothing downloaded."""

import base64
import contextlib
import json
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from websockets.sync.client import connect
from websockets.sync.connection import Connection

NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
WAIT = 30  # seconds for an answer of the browser
_FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--disable-background-networking", "--disable-component-update",
    "--disable-sync", "--no-first-run", "--disable-dev-shm-usage", "--remote-debugging-port=0",
)  # fmt: skip


def executable() -> str | None:
    """Return the path of an installed Chromium, None where there is none."""
    return next((path for name in NAMES if (path := shutil.which(name))), None)


@dataclass
class Page:
    """A page in a browser: what it asked for, what it complained of, and the means to act in it."""

    socket: Connection
    session: str
    requests: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)
    _last: int = 0
    _loaded: bool = False

    def call(self, method: str, **parameters: Any) -> Mapping[str, Any]:
        """Return the browser's answer to a command; raises AssertionError for one that it refuses."""
        self._last += 1
        self.socket.send(
            json.dumps(
                {
                    "id": self._last,
                    "method": method,
                    "params": parameters,
                    "sessionId": self.session,
                }
            )
        )
        while True:
            message = self._receive()
            if message.get("id") == self._last:
                assert "error" not in message, message
                result: Mapping[str, Any] = message["result"]
                return result

    def open(self, url: str) -> None:
        """Load a page and wait until it has loaded."""
        self._loaded = False
        self.call("Page.navigate", url=url)
        while not self._loaded:
            self._receive()

    def run(self, expression: str) -> Any:
        """Return the value of a JavaScript expression in the page; raises AssertionError where it throws."""
        answer = self.call(
            "Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True
        )
        assert "exceptionDetails" not in answer, answer["exceptionDetails"]
        return answer["result"].get("value")

    def resize(self, width: int, height: int) -> None:
        """Set the size of the window, in CSS pixels."""
        self.call(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=1,
            mobile=width < 600,
        )

    def press(self, key: str, code: int) -> None:
        """Press a key: its name and its virtual key code."""
        text = {"text": "\r"} if key == "Enter" else {}
        self.call(
            "Input.dispatchKeyEvent",
            type="keyDown",
            key=key,
            code=key,
            windowsVirtualKeyCode=code,
            **text,
        )
        self.call(
            "Input.dispatchKeyEvent", type="keyUp", key=key, code=key, windowsVirtualKeyCode=code
        )

    def picture(self, selector: str | None = None) -> bytes:
        """Return a PNG of the whole page, or of the element that a selector finds."""
        box = (
            "document.documentElement"
            if selector is None
            else f"document.querySelector({json.dumps(selector)})"
        )
        clip = self.run(
            f"(r => ({{x: r.x + scrollX, y: r.y + scrollY, width: r.width, height: r.height, scale: 1}}))({box}.getBoundingClientRect())"
        )
        return base64.b64decode(
            self.call(
                "Page.captureScreenshot", format="png", captureBeyondViewport=True, clip=clip
            )["data"]
        )

    def pdf(self) -> bytes:
        """Return the page as it prints."""
        return base64.b64decode(
            self.call("Page.printToPDF", preferCSSPageSize=True, printBackground=False)["data"]
        )

    def _receive(self) -> Mapping[str, Any]:
        message: Mapping[str, Any] = json.loads(self.socket.recv(timeout=WAIT))
        method, parameters = message.get("method"), message.get("params", {})
        if method == "Page.loadEventFired":
            self._loaded = True
        elif method == "Network.requestWillBeSent":
            self.requests.append(parameters["request"]["url"])
        elif method == "Runtime.exceptionThrown":
            self.complaints.append(str(parameters["exceptionDetails"]))
        elif method == "Runtime.consoleAPICalled" and parameters["type"] in (
            "error",
            "warning",
            "assert",
        ):
            self.complaints.append(str(parameters["args"]))
        elif method == "Log.entryAdded" and parameters["entry"]["level"] in ("error", "warning"):
            self.complaints.append(parameters["entry"]["text"])
        return message


@contextlib.contextmanager
def browser(program: str) -> Iterator[Page]:
    """Yield an empty page of a fresh browser, which is ended afterwards with all that it kept."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        process = subprocess.Popen(
            [program, *_FLAGS, f"--user-data-dir={profile}", "about:blank"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            with connect(_address(Path(profile), process), max_size=None) as socket:
                yield _page(socket)
        finally:
            process.terminate()
            process.wait(WAIT)


def _address(profile: Path, process: subprocess.Popen[bytes]) -> str:
    """Return the address that the browser writes down once it listens."""
    file, end = profile / "DevToolsActivePort", time.monotonic() + WAIT
    while not (file.exists() and len(lines := file.read_text().split()) == 2):
        assert process.poll() is None, "Chromium ended before it listened"
        assert time.monotonic() < end, "Chromium does not listen"
        time.sleep(0.05)
    return f"ws://127.0.0.1:{lines[0]}{lines[1]}"


def _page(socket: Connection) -> Page:
    socket.send(
        json.dumps({"id": 0, "method": "Target.createTarget", "params": {"url": "about:blank"}})
    )
    target = _answer(socket)["targetId"]
    socket.send(
        json.dumps(
            {
                "id": 0,
                "method": "Target.attachToTarget",
                "params": {"targetId": target, "flatten": True},
            }
        )
    )
    page = Page(socket, _answer(socket)["sessionId"])
    for domain in ("Page", "Runtime", "Log", "Network"):
        page.call(f"{domain}.enable")
    return page


def _answer(socket: Connection) -> Mapping[str, Any]:
    """Return the result of the command that belongs to no page."""
    while True:
        message = json.loads(socket.recv(timeout=WAIT))
        if message.get("id") == 0:
            result: Mapping[str, Any] = message["result"]
            return result
