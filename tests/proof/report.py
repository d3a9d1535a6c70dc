"""What stands in README of a run of the proof: the table that it printed, and on what machine it was made."""

import os
import platform
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

from tests.proof.lines import HEAD
from tests.readme import README

_MARKED = re.compile(r"(<!-- proof -->\n).*?(<!-- /proof -->)", re.DOTALL)
_MEASURED = "Measured on "


def described(minutes: Mapping[str, float], whole: float) -> str:
    """Return in a sentence when and where the table was made, and how long that took."""
    today = datetime.now(UTC)
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    corpus = os.environ.get("LEDGER_CORPUS")
    files = sum(path.is_file() for path in Path(corpus).rglob("*")) if corpus else 0
    foreign = f"`LEDGER_CORPUS` naming {files} files from elsewhere" if corpus else "no `LEDGER_CORPUS`"  # fmt: skip
    parts = ", ".join(f"{name} {spent:.1f}" for name, spent in minutes.items())
    return (
        f"{_MEASURED}{today.day} {today:%B %Y}: {os.cpu_count()} processors, {memory:.0f} GB, {platform.system()}, "
        f"Python {platform.python_version()}, {foreign}; {whole:.0f} minutes (side by side, in minutes: {parts})."
    )


def filled(text: str, printed: str) -> str:
    """Return README's text with a run's table; raises ValueError unless the run went to its end."""
    rows = [line for line in printed.splitlines() if line.startswith("|")]
    measured = [line for line in printed.splitlines() if line.startswith(_MEASURED)]
    if "\n".join(rows[:2]) != HEAD or len(measured) != 1:
        raise ValueError("this is not what a whole run prints")
    block = "\n".join([measured[0], "", *rows])
    return _MARKED.sub(lambda found: f"{found[1]}{block}\n{found[2]}", text)


def put_into_readme(printed: str) -> None:
    """Write a run's table between README's marks."""
    README.write_text(filled(README.read_text(encoding="utf-8"), printed), encoding="utf-8")
