"""What goes out is pinned with hashes, and the audit says what it could not look at."""

import importlib.metadata
import json
import os
import re
import subprocess
import sys
import tomllib
import zipfile
from email import message_from_string
from pathlib import Path

import pytest

from release import audit
from release.audit import licence_of
from release.locked import LOCK, ROOT, WINDOWS, at_work, pins, wrong_lines

HASH = "sha256:" + "a" * 64
LOCKS = [
    # lock                                              what is wrong with it
    (f"a==1 \\\n    --hash={HASH}\n    # via b\n",       []),
    (f"a[x]==1 \\\n    --hash={HASH}\n",                 []),
    ("a==1\n",                                           ["a==1 has no hash"]),
    (f"a>=1 \\\n    --hash={HASH}\n",                    ["line 1 is no pin: a>=1 \\"]),
    (f"--index-url x\na==1 \\\n    --hash={HASH}\n",     ["line 1 is no pin: --index-url x"]),
    (f"a @ file:///b\nc==1 \\\n    --hash={HASH}\n",     ["line 1 is no pin: a @ file:///b"]),
]  # fmt: skip


@pytest.mark.parametrize(("text", "wrong"), LOCKS)
def test_what_a_lock_may_not_have(text: str, wrong: list[str]) -> None:
    assert list(wrong_lines(text)) == wrong


@pytest.mark.parametrize("path", [LOCK, WINDOWS, ROOT / "release" / "tools.txt"])
def test_every_pin_has_its_hashes_and_no_lock_names_an_index(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert (list(wrong_lines(text)), bool(pins(text))) == ([], True)


def test_all_that_is_needed_at_work_is_pinned() -> None:
    """Nothing of the tests goes out; Windows needs one package more."""
    linux, windows = ({pin.name for pin in at_work(system)} for system in ("linux", "win"))
    wanted = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    named = {re.split(r"[\[><=~ ]", line)[0] for line in wanted["dependencies"]}
    assert (named - linux, windows - linux) == (set(), {"pywin32"})
    assert not linux & {"pytest", "moto", "mypy", "ruff", "hypothesis"}


LICENCES = [
    ("License-Expression: MIT\nLicense: x\n",                                "MIT"),
    ("License: BSD\nClassifier: License :: OSI Approved :: MIT License\n",   "MIT License"),
    ("License: Apache 2.0\nClassifier: License :: OSI Approved\n",           "Apache 2.0"),
    ("License: UNKNOWN\n",                                                   "UNKNOWN"),
    ("Name: x\n",                                                            "UNKNOWN"),
]  # fmt: skip


@pytest.mark.parametrize(("facts", "licence"), LICENCES)
def test_the_licence_that_is_declared(facts: str, licence: str) -> None:
    assert licence_of(message_from_string(facts)) == licence


ANSWERS = [
    # of a package: what pip-audit answers                                             exit code, what is printed
    ({"vulns": []},                                                                    0, "1 of"),
    ({"vulns": [{"id": "CVE-1", "fix_versions": ["2"]}]},                              1, "WRONG  a 1: CVE-1, mended in 2"),
    ({"skip_reason": "not found"},                                                     2, "NOT LOOKED AT  vulnerabilities"),
    (None,                                                                             2, "NOT LOOKED AT  vulnerabilities"),
]  # fmt: skip


@pytest.mark.parametrize(("answer", "code", "told"), ANSWERS)
def test_an_audit_says_what_it_could_not_look_at(
    answer: dict[str, object] | None, code: int, told: str,
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    """A service that answers for no package, or not at all, is not taken for a clean bill."""

    def run(command: list[str], **_: object) -> None:
        if answer is not None:
            found = {"dependencies": [{"name": "a", "version": "1", **answer}]}
            Path(command[-1]).write_text(json.dumps(found), encoding="utf-8")

    monkeypatch.setattr("release.audit.subprocess.run", run)
    assert audit.main(["python"]) == code
    assert told in capsys.readouterr().out


def test_the_wheel_has_all_that_the_program_reads(tmp_path: Path) -> None:
    """Every file of the packages that is no code is in the wheel: templates, definitions, spellings, pages."""
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation"]
    subprocess.run([*command, "--wheel-dir", str(tmp_path), str(ROOT)], check=True)
    (wheel,) = tmp_path.glob("*.whl")
    packed = set(_names(wheel))
    listed = subprocess.run(["git", "ls-files", "flows", "schemas", "templates"], cwd=ROOT, capture_output=True, check=True,
                            env={**os.environ, "GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": "core.quotepath", "GIT_CONFIG_VALUE_0": "off"})  # fmt: skip
    assert set(listed.stdout.decode().splitlines()) - packed == set()
    assert importlib.metadata.version("ledger-bulletin") in wheel.name


def _names(wheel: Path) -> list[str]:
    with zipfile.ZipFile(wheel) as archive:
        return archive.namelist()
