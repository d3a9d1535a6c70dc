"""Who did what when: lines that are only ever added, without names of persons or reasons."""

import json
import os
import threading
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path

from flows.intake.job import ZONE

LOG_FILE = "log.jsonl"
OFFICE = "办公室"
SHOWN = 200  # newest lines on the page


class ActionLog:
    """The log of a working folder."""

    def __init__(self, folder: Path) -> None:
        self._path, self._lock = folder / LOG_FILE, threading.Lock()

    def add(self, who: str, what: str, month: str = "", about: str = "") -> None:
        """Add a line; `about` is a sender, a kind of document or a digest, never a person."""
        now = datetime.now(ZONE).isoformat(timespec="seconds")
        line = {"when": now, "who": who, "what": what, "month": month, "about": about}
        with self._lock:
            handle = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
            with os.fdopen(handle, "a", encoding="utf-8") as file:
                file.write(json.dumps(line, ensure_ascii=False) + "\n")

    def newest(self) -> Sequence[Mapping[str, str]]:
        """Return the newest lines, the latest first."""
        if not self._path.exists():
            return []
        lines = self._path.read_text(encoding="utf-8").splitlines()[-SHOWN:]
        return [json.loads(line) for line in reversed(lines)]
