"""Who may see the page: the office's password, its sessions, and how often one may guess."""

import hashlib
import hmac
import os
import secrets
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

PASSWORD_VARIABLE = "BULLETIN_DESK_PASSWORD"  # noqa: S105  (a variable's name)
PASSWORD_FILE, SECRET_FILE = "password", "secret"
SHORTEST = 10  # characters of a password
IDLE = 30 * 60.0  # seconds after which a session ends by itself
_COST = {"n": 2**14, "r": 8, "p": 1, "dklen": 32}
_REMEMBERED = 10_000  # one-time tokens, sessions and addresses kept at most


def write_private(path: Path, text: str) -> None:
    """Write a file that its owner alone may read, in one step."""
    half = path.with_name(f".{path.name}.half")
    handle = os.open(half, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    half.replace(path)


def digest(text: str) -> str:
    """Return a digest under which a random token is kept."""
    return hashlib.sha256(text.encode()).hexdigest()


class Password:
    """The office's one password, kept as scrypt; the environment's goes before the file's."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / PASSWORD_FILE
        given = os.environ.get(PASSWORD_VARIABLE)
        self._given = _hashed(given) if given else None
        self._lock = threading.Lock()

    @property
    def is_set(self) -> bool:
        """Return whether there is a password yet."""
        return self._given is not None or self._path.exists()

    def set_first(self, text: str) -> bool:
        """Return whether a first password was set; False if there is one already."""
        with self._lock:
            if self.is_set:
                return False
            write_private(self._path, _hashed(text))
            return True

    def matches(self, text: str) -> bool:
        """Return whether a password is the right one; takes as long for a wrong one."""
        kept = self._given or self._path.read_text(encoding="utf-8")
        salt, _, wanted = kept.partition("$")
        return hmac.compare_digest(_scrypt(text, bytes.fromhex(salt)), wanted)


def _hashed(text: str) -> str:
    salt = secrets.token_bytes(16)
    return f"{salt.hex()}${_scrypt(text, salt)}"


def _scrypt(text: str, salt: bytes) -> str:
    return hashlib.scrypt(text.encode(), salt=salt, **_COST).hex()


@dataclass
class Session:
    """A browser of the office: its token against forged forms, and when it was last seen."""

    csrf: str
    seen: float


class Sessions:
    """The browsers that gave the password; they end when they are idle, and with the program."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock, self._lock = clock, threading.Lock()
        self._open: OrderedDict[str, Session] = OrderedDict()

    def begin(self) -> str:
        """Return the cookie of a new session."""
        cookie = secrets.token_urlsafe(32)
        with self._lock:
            self._open[digest(cookie)] = Session(secrets.token_urlsafe(32), self._clock())
            while len(self._open) > _REMEMBERED:
                self._open.popitem(last=False)
        return cookie

    def of(self, cookie: str | None) -> Session | None:
        """Return the session of a cookie, None for none or one that was idle too long."""
        with self._lock:
            key = digest(cookie or "")
            session, now = self._open.get(key), self._clock()
            if session is None or now - session.seen > IDLE:
                self._open.pop(key, None)
                return None
            session.seen = now
            return session

    def end(self, cookie: str | None) -> None:
        """End the session of a cookie."""
        with self._lock:
            self._open.pop(digest(cookie or ""), None)


class RateLimit:
    """A limit on failures: so many of one key in so many seconds."""

    def __init__(
        self, most: int, seconds: float, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._most, self._seconds, self._clock = most, seconds, clock
        self._failures: OrderedDict[str, list[float]] = OrderedDict()
        self._lock = threading.Lock()

    def blocks(self, key: str) -> bool:
        """Return whether a key has failed too often of late."""
        with self._lock:
            return len(self._recent(key)) >= self._most

    def failed(self, key: str) -> None:
        """Count a failure."""
        with self._lock:
            self._failures[key] = [*self._recent(key), self._clock()]
            self._failures.move_to_end(key)
            while len(self._failures) > _REMEMBERED:
                self._failures.popitem(last=False)

    def _recent(self, key: str) -> list[float]:
        since = self._clock() - self._seconds
        return [when for when in self._failures.get(key, ()) if when > since]


class OneTime:
    """Tokens of forms that have been carried out: a second click finds its own there."""

    def __init__(self) -> None:
        self._used: OrderedDict[str, None] = OrderedDict()
        self._lock = threading.Lock()

    def take(self, token: str) -> bool:
        """Return whether a token is used for the first time."""
        with self._lock:
            if not token or token in self._used:
                return False
            self._used[token] = None
            while len(self._used) > _REMEMBERED:
                self._used.popitem(last=False)
            return True

    def release(self, token: str) -> None:
        """Let a token be used again, since what it was for has failed."""
        with self._lock:
            self._used.pop(token, None)


class Signer:
    """Signs what a sender's page holds, with a secret that outlives the program."""

    def __init__(self, folder: Path) -> None:
        path = folder / SECRET_FILE
        if not path.exists():
            write_private(path, secrets.token_hex(32))
        self._secret = path.read_bytes()

    def sign(self, text: str) -> str:
        """Return the signature of a text."""
        return hmac.new(self._secret, text.encode(), "sha256").hexdigest()

    def signed(self, text: str, signature: str) -> bool:
        """Return whether a signature is that of a text."""
        return hmac.compare_digest(self.sign(text).encode(), signature.encode())
