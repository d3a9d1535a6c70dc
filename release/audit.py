"""`make audit`: the lock's hashes, the licences of what goes out, what is known against it.

python -m release.audit PYTHON, the interpreter that has pip-audit. Leaves with 0 if all was looked
at and nothing is wrong, 1 if something is wrong, 2 if the data on vulnerabilities was not reached.
"""

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from email import message_from_string
from email.message import Message
from importlib import metadata
from pathlib import Path
from typing import Any

from release.locked import LOCK, WINDOWS, Pin, at_work, pins, wrong_lines

WRONG, UNREACHED = 1, 2
_UNKNOWN = "UNKNOWN"


def main(words: Sequence[str]) -> int:
    """Return the exit code; prints what was looked at and what is wrong."""
    wrong = [*_hashes(), *_licences()]
    known = _vulnerabilities(words[0])
    for line in [*wrong, *(known or ())]:
        print(f"WRONG  {line}")
    if known is None:
        print("NOT LOOKED AT  vulnerabilities: their data were not reached for all")
    return WRONG if wrong or known else UNREACHED if known is None else 0


def _hashes() -> Iterator[str]:
    for path in (LOCK, WINDOWS):
        text = path.read_text(encoding="utf-8")
        wrong = [f"{path.name}: {line}" for line in wrong_lines(text)]
        yield from wrong
        if not wrong:
            print(f"{path.name}: {len(pins(text))} packages, each with its hashes, and no index")


def _licences() -> Iterator[str]:
    """Print the licences of what the program needs at work; yield the packages without one."""
    by_licence: dict[str, list[str]] = {}
    for pin in at_work("linux"):
        by_licence.setdefault(licence_of(_metadata(pin.name)), []).append(pin.name)
    for licence, names in sorted(by_licence.items()):
        print(f"{licence}: {', '.join(names)}")
    yield from (f"{name} names no licence" for name in by_licence.get(_UNKNOWN, ()))


def _metadata(name: str) -> Message:
    return message_from_string(metadata.distribution(name).read_text("METADATA") or "")


def licence_of(facts: Message) -> str:
    """Return a package's licence as declared: an SPDX expression, classifiers, or a short text."""
    classifiers = [
        line.rpartition(" :: ")[2]
        for line in facts.get_all("Classifier") or ()
        if line.startswith("License ::") and not line.endswith("OSI Approved")
    ]
    text = (facts.get("License") or "").strip()
    short = text.splitlines()[0][:60] if text and text.upper() != _UNKNOWN else ""
    return facts.get("License-Expression") or " / ".join(classifiers) or short or _UNKNOWN


def _vulnerabilities(python: str) -> list[str] | None:
    """Return what is known against the pinned packages, None if not all could be looked up."""
    everything = [pin for path in (LOCK, WINDOWS) for pin in pins(path.read_text("utf-8")).values()]
    listed = _looked_up(python, everything)
    skipped = [package["name"] for package in listed if "skip_reason" in package]
    print(f"vulnerabilities: {len(listed) - len(skipped)} of {len(everything)} packages looked up")
    if skipped or not listed:
        return None
    return [_said(package, one) for package in listed for one in package["vulns"]]


# what pip-audit writes of a package and of what is known against it
def _looked_up(python: str, everything: Sequence[Pin]) -> list[dict[str, Any]]:
    with tempfile.TemporaryDirectory() as place:
        lines, found = Path(place, "lines.txt"), Path(place, "found.json")
        lines.write_text("\n".join(pin.line for pin in everything), encoding="utf-8")
        command = [python, "-m", "pip_audit", "--requirement", str(lines), "--no-deps"]
        command += ["--disable-pip", "--progress-spinner", "off"]
        command += ["--format", "json", "--output", str(found)]
        subprocess.run(command, capture_output=True, check=False)  # noqa: S603  (our own command)
        if not found.exists():
            return []
        listed: list[dict[str, Any]] = json.loads(found.read_text("utf-8"))["dependencies"]
        return listed


def _said(package: Mapping[str, Any], one: Mapping[str, Any]) -> str:
    mended = ", ".join(one["fix_versions"]) or "no version"
    return f"{package['name']} {package['version']}: {one['id']}, mended in {mended}"


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
