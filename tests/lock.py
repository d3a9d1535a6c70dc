"""Completes requirements.lock after pip-compile: a package pinned with extras is pinned without them too.

pip before 23.3, which Debian's Python 3.11 brings, takes `sqlalchemy` and `sqlalchemy[asyncio]` for two packages and looks for the newest
of the one that is not pinned. Run by `make lock`: python -m tests.lock.
"""

import re
from pathlib import Path

LOCK = Path(__file__).parent.parent / "requirements.lock"
_PINNED = re.compile(r"^([\w.-]+)(\[[\w,.-]+\])(==[^\n]*\n(?:    --hash=[^\n]*\n)+)", re.MULTILINE)


def completed(lock: str) -> str:
    """Return the lock with a line without extras behind the others for each package that is pinned with extras only."""
    lacking = [
        (name, rest)
        for name, _, rest in _PINNED.findall(lock)
        if not re.search(rf"^{re.escape(name)}==", lock, re.MULTILINE)
    ]
    if not lacking:
        return lock
    return (
        lock.rstrip("\n")
        + "\n# once more without extras, for a pip before 23.3\n"
        + "".join(name + rest for name, rest in lacking)
    )


if __name__ == "__main__":
    LOCK.write_text(completed(LOCK.read_text(encoding="utf-8")), encoding="utf-8")
