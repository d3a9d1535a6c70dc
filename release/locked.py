"""The pinned packages: which of them the program needs at work, on which system."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parent.parent
LOCK, WINDOWS = ROOT / "requirements.lock", ROOT / "release" / "windows.txt"
NAME = "ledger-bulletin"
_PIN = re.compile(
    r"^([\w.-]+)(?:\[[\w,.-]+\])?==([^\s;\\]+)([^\n]*(?:\n    --hash=[^\n]*)*)", re.MULTILINE
)
_HASH = re.compile(r"--hash=(sha256:[0-9a-f]{64})")
_SYSTEMS = {
    "linux": {"sys_platform": "linux", "platform_system": "Linux", "os_name": "posix"},
    "win": {"sys_platform": "win32", "platform_system": "Windows", "os_name": "nt"},
}


@dataclass(frozen=True)
class Pin:
    """A pinned package: its name, its version and the hashes of its files."""

    name: str
    version: str
    hashes: tuple[str, ...]

    @property
    def line(self) -> str:
        """Return the pin as a line of a requirements file."""
        return " ".join([f"{self.name}=={self.version}", *(f"--hash={h}" for h in self.hashes)])


def pins(text: str) -> dict[str, Pin]:
    """Return the pins of a lock by their canonical names."""
    found = {}
    for name, version, rest in _PIN.findall(text):
        found[str(canonicalize_name(name))] = Pin(name, version, tuple(_HASH.findall(rest)))
    return found


def wrong_lines(text: str) -> Iterator[str]:
    """Yield what a lock may not have: a pin without a hash, a line that is none, an index."""
    for pin in pins(text).values():
        if not pin.hashes:
            yield f"{pin.name}=={pin.version} has no hash"
    for number, line in enumerate(text.splitlines(), 1):
        known = re.match(r"^(\s*#.*|\s*|    --hash=sha256:[0-9a-f]{64}( \\)?)$", line)
        if not known and not _PIN.match(line):
            yield f"line {number} is no pin: {line.strip()}"


def at_work(system: str) -> list[Pin]:
    """Return the pins of what the program needs on a system (linux or win), in alphabetical order.

    Raises KeyError for one that is not pinned.
    """
    known = pins(LOCK.read_text(encoding="utf-8"))
    if system == "win":
        known |= pins(WINDOWS.read_text(encoding="utf-8"))
    return [known[name] for name in sorted(_closure(_SYSTEMS[system]))]


def _closure(system: Mapping[str, str]) -> set[str]:
    """Return all that the program needs, by what the installed packages say of themselves."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    waiting = list(_wanted(project["dependencies"], (), system))
    found: set[tuple[str, tuple[str, ...]]] = set()
    while waiting:
        name, extras = one = waiting.pop()
        if one not in found:
            found.add(one)
            waiting += _wanted(_requires(name), extras, system)
    return {name for name, _ in found}


def _requires(name: str) -> list[str]:
    try:
        return metadata.requires(name) or []
    except metadata.PackageNotFoundError:  # of another system
        return []


def _wanted(
    lines: list[str], extras: tuple[str, ...], system: Mapping[str, str]
) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield the packages that some requirements name on a system, with their extras."""
    for requirement in map(Requirement, lines):
        environments = ({**system, "extra": extra} for extra in ("", *extras))
        marker = requirement.marker
        if marker is None or any(marker.evaluate(each) for each in environments):
            yield str(canonicalize_name(requirement.name)), tuple(sorted(requirement.extras))
