"""SECURITY.md names no test, command or setting that is not there."""

import re

import pytest

from tests.support.commands import commands
from tests.support.paths import ROOT

PAGE = (ROOT / "SECURITY.md").read_text(encoding="utf-8")
PROGRAM = "".join(p.read_text(encoding="utf-8") for p in (ROOT / "flows").rglob("*.py"))


@pytest.mark.parametrize("name", sorted(set(re.findall(r"`(tests/[\w./]+(?:::\w+)?)`", PAGE))))
def test_a_test_that_is_named_is_there(name: str) -> None:
    path, _, function = name.partition("::")
    assert f"def {function}" in (ROOT / path).read_text(encoding="utf-8")


def test_commands_and_settings_that_are_named_are_there() -> None:
    words = {" ".join(x.split()) for x in re.findall(r"`bulletin ((?:store )?\w+)", PAGE)}
    assert words - set(commands()) == set()
    targets = set(re.findall(r"`make ([\w-]+)`", PAGE))
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    assert {name for name in targets if f"\n{name}:" not in makefile} == set()
    variables = set(re.findall(r"BULLETIN_[A-Z_]+", PAGE))
    assert {name for name in variables if name not in PROGRAM} == set()
