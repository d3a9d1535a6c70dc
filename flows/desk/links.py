"""The senders' personal links: made and revoked by the office, kept as digests only."""

import json
import secrets
import threading
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from flows.desk.security import digest, write_private

LINKS_FILE = "links.json"
_BYTES = 16  # 128 random bits


@dataclass(frozen=True)
class Link:
    """A link in force: its token's digest, its sender, when it was made."""

    token: str
    sender: str
    made: str


class Links:
    """The links in force; each sender has at most one."""

    def __init__(self, folder: Path) -> None:
        self._path, self._lock = folder / LINKS_FILE, threading.Lock()
        kept = json.loads(self._path.read_text(encoding="utf-8")) if self._path.exists() else []
        self._links = {link["token"]: Link(**link) for link in kept}

    def all(self) -> Sequence[Link]:
        """Return the links in force."""
        with self._lock:
            return list(self._links.values())

    def make(self, sender: str) -> str:
        """Return the token of a sender's new link; its old one is no longer in force."""
        token = secrets.token_urlsafe(_BYTES)
        now = datetime.now(UTC).isoformat(timespec="seconds")
        with self._lock:
            self._drop(sender)
            self._links[digest(token)] = Link(digest(token), sender, now)
            self._save()
        return token

    def revoke(self, sender: str) -> None:
        """End a sender's link."""
        with self._lock:
            self._drop(sender)
            self._save()

    def sender_of(self, token: str) -> str | None:
        """Return whose link a token is."""
        with self._lock:
            link = self._links.get(digest(token))
        return link.sender if link else None

    def _drop(self, sender: str) -> None:
        self._links = {key: link for key, link in self._links.items() if link.sender != sender}

    def _save(self) -> None:
        text = json.dumps([asdict(link) for link in self._links.values()], ensure_ascii=False)
        write_private(self._path, text)
