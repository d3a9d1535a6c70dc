"""`make wheelhouse`: a folder from which the program installs without network.

python -m release.wheelhouse FOLDER [PLATFORM [PYTHON]], such as win_amd64 3.11; without a platform
for this machine. Only files whose hashes stand in the lock are taken.
"""

import hashlib
import os
import platform
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from packaging.utils import parse_wheel_filename

from release.locked import ROOT, Pin, at_work

INSTALLERS = ("install.sh", "install.ps1")
_ABSENT = re.compile(r"No matching distribution found for ([\w.-]+)")


def main(words: Sequence[str]) -> int:
    """Return the exit code; builds the folder and prints what is in it, or what is wanting."""
    folder = Path(words[0])
    target = words[1] if len(words) > 1 else ""
    version = words[2] if len(words) > 2 else ".".join(platform.python_version_tuple()[:2])
    system = "win" if target.startswith("win") or (not target and os.name == "nt") else "linux"
    pinned = at_work(system)
    wheels = folder / "wheels"
    shutil.rmtree(folder, ignore_errors=True)
    wheels.mkdir(parents=True)
    absent = _fetch(pinned, wheels, target, version) if target else _build(pinned, wheels)
    _pip("wheel", "--no-deps", "--no-build-isolation", "--wheel-dir", str(wheels), str(ROOT))
    for name in absent:
        print(f"{name}: no wheel for {target} and Python {version}; it cannot be installed there")
    (folder / "requirements.txt").write_text(_requirements(wheels), encoding="utf-8")
    (folder / "python-version").write_text(f"{version}\n", encoding="utf-8")
    for name in INSTALLERS:
        shutil.copy(ROOT / "release" / name, folder / name)
    size = sum(path.stat().st_size for path in wheels.iterdir()) / 2**20
    where = target or f"{platform.system()} {platform.machine()}"
    print(
        f"{folder}: {len(list(wheels.iterdir()))} wheels, {size:.0f} MB, {where}, Python {version}"
    )
    return 1 if absent else 0


def _build(pinned: Sequence[Pin], wheels: Path) -> list[str]:
    """Fetch the wheels of this machine, building those that have none; return what is wanting."""
    with tempfile.TemporaryDirectory() as place:
        lines = Path(place, "lines.txt")
        lines.write_text("\n".join(pin.line for pin in pinned), encoding="utf-8")
        _pip("wheel", "--no-deps", "--require-hashes", "--wheel-dir", str(wheels), "-r", str(lines))
    return []


def _fetch(pinned: Sequence[Pin], wheels: Path, target: str, version: str) -> list[str]:
    """Fetch the wheels of another system; return the packages that have none for it."""
    options = ["--no-deps", "--require-hashes", "--only-binary", ":all:", "--platform", target]
    options += ["--python-version", version, "--implementation", "cp", "--dest", str(wheels)]
    rest, here = list(pinned), list[Pin]()
    with tempfile.TemporaryDirectory() as place:
        lines = Path(place, "lines.txt")
        while rest:
            lines.write_text("\n".join(pin.line for pin in rest), encoding="utf-8")
            missing = _ABSENT.search(_pip("download", *options, "-r", str(lines), check=False))
            if missing is None:
                break
            here += [pin for pin in rest if pin.name == missing[1]]
            rest = [pin for pin in rest if pin.name != missing[1]]
        built = Path(place, "built")
        built.mkdir()
        if here:
            _build(here, built)
        return [name for path in built.iterdir() if (name := _taken(path, wheels))]


def _taken(path: Path, wheels: Path) -> str:
    """Move a wheel that was built here to the others; return its name if it is for here alone."""
    name, _, _, tags = parse_wheel_filename(path.name)
    if any(tag.platform != "any" for tag in tags):
        return str(name)
    shutil.move(path, wheels / path.name)
    return ""


def _requirements(wheels: Path) -> str:
    """Return every wheel with its hash, as pip takes them."""
    lines = []
    for path in sorted(wheels.iterdir()):
        name, version, _, _ = parse_wheel_filename(path.name)
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        lines.append(f"{name}=={version} --hash=sha256:{digest}\n")
    return "".join(lines)


def _pip(*words: str, check: bool = True) -> str:
    """Return what pip said; raises SystemExit with it if it failed, unless it need not succeed."""
    command = [sys.executable, "-m", "pip", words[0], "--quiet", "--disable-pip-version-check"]
    done = subprocess.run([*command, *words[1:]], capture_output=True, text=True, check=False)  # noqa: S603  (our own command)
    if done.returncode and (check or not _ABSENT.search(done.stderr)):
        raise SystemExit(done.stderr)
    return done.stderr if done.returncode else ""


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
