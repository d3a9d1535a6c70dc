"""The project's own boundaries: who may import whom, how long things get, what stands written where."""

import ast
import itertools
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from flows.prefect_support.environment import SETTINGS
from schemas.columns import all_headers
from tests.lock import completed
from tests.readme import README, filled
from tests.support.paths import ROOT

PREFECT = {"flows/monthly.py", "flows/bulletin.py", "flows/quality.py"}
SHARED = {"model", "months", "wording"}  # modules under flows/steps that are no step


def sources(*folders: str) -> Iterator[tuple[str, ast.Module]]:
    """Yield the path inside the project and the syntax tree of each module."""
    for folder in folders:
        for path in sorted((ROOT / folder).rglob("*.py")):
            yield path.relative_to(ROOT).as_posix(), ast.parse(path.read_text(encoding="utf-8"))


def imported(tree: ast.Module) -> Iterator[str]:
    """Yield every module that a module names in an import."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def test_only_the_flows_know_prefect() -> None:
    """Three modules import prefect; they are the only ones that could not run without it."""
    knowing = {
        path
        for path, tree in sources("flows", "schemas", "templates")
        if any(m.split(".")[0] == "prefect" for m in imported(tree))
    }
    assert knowing == PREFECT


def test_schemas_know_nothing_of_flows() -> None:
    """What is known of a column does not depend on what is done with it."""
    assert [
        path
        for path, tree in sources("schemas")
        if any(m.split(".")[0] == "flows" for m in imported(tree))
    ] == []


def test_no_step_knows_another() -> None:
    """Steps share the model and the vocabulary of numbers and months, nothing else."""
    crossings = []
    for path, tree in sources("flows/steps"):
        own = Path(path).parts[2].removesuffix(".py")
        for module in imported(tree):
            parts = module.split(".")
            if (
                parts[:2] == ["flows", "steps"]
                and len(parts) > 2
                and parts[2] not in {own, *SHARED}
            ):
                crossings.append((path, module))
    assert crossings == []


def test_headers_are_written_once() -> None:
    """No Chinese column header stands outside schemas and templates (and tests)."""
    headers = {header for header in all_headers() if len(header) > 2}
    found = []
    for path, tree in sources("flows"):
        for node in ast.walk(tree):
            if (
                isinstance(node, ast.Constant)
                and isinstance(node.value, str)
                and node.value in headers
            ):
                found.append((path, node.lineno, node.value))
    assert found == []


def test_sizes() -> None:
    """Modules have at most 250 lines; nine in ten functions at most 25, none more than 50."""
    lengths = []
    long_modules, long_functions = [], []
    for path, tree in sources("flows", "schemas", "templates"):
        lines = (ROOT / path).read_text(encoding="utf-8").count("\n")
        if lines > 250:
            long_modules.append((path, lines))
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                length = (node.end_lineno or 0) - node.lineno + 1
                lengths.append(length)
                if length > 50:
                    long_functions.append((path, node.name, length))
    assert (long_modules, long_functions) == ([], [])
    assert sum(length <= 25 for length in lengths) / len(lengths) >= 0.9


def test_docstrings_say_what_comes_back() -> None:
    """Every public function and class has a docstring; a function's first line says what it returns, yields or does."""
    wanting = []
    for path, tree in sources("flows", "schemas", "templates"):
        if path == "flows/cli.py":  # the docstrings of commands are their help
            continue
        for node in itertools.chain(
            tree.body,
            *(n.body for n in tree.body if isinstance(n, ast.ClassDef) and n.name[0] != "_"),
        ):
            if (
                isinstance(node, ast.FunctionDef | ast.ClassDef)
                and not node.name.startswith("_")
                and not ast.get_docstring(node)
            ):
                wanting.append((path, node.name))
    assert wanting == []


def test_nothing_is_left_to_do() -> None:
    """No TODO, FIXME, XXX or NotImplementedError stands in the code."""
    pattern = re.compile(r"\b(?:TODO|FIXME|XXX|NotImplementedError\()")
    found = [
        path
        for path, _ in sources("flows", "schemas", "templates")
        if pattern.search((ROOT / path).read_text(encoding="utf-8"))
    ]
    assert found == []


def test_exceptions_to_the_rules_have_reasons() -> None:
    """Every noqa and type-ignore carries its reason on the line."""
    bare = []
    for path, _ in sources("flows", "schemas", "templates", "tests"):
        for number, line in enumerate((ROOT / path).read_text(encoding="utf-8").splitlines(), 1):
            for mark in re.finditer(
                r"#\s*(?:noqa: [A-Z0-9, ]+|type: ignore\[[\w, -]+\])(.*)$", line
            ):
                if len(mark[1].strip(" #()")) < 8:
                    bare.append((path, number))
    assert bare == []


def test_the_lock_has_hashes_and_names_no_index() -> None:
    """The lock pins the whole tree with hashes; no registry host stands in any file that sets the project up."""
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    pinned = re.findall(r"^([a-z0-9][\w.-]*)==[^ ]+ \\$", lock, re.MULTILINE)
    assert len(pinned) > 100
    assert "://" not in lock
    assert completed(lock) == lock
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    wanted = [
        *project["project"]["dependencies"],
        *project["project"]["optional-dependencies"]["dev"],
    ]
    names = {
        re.split(r"[<>=!~\[ ]", requirement)[0].lower().replace("_", "-") for requirement in wanted
    }
    assert names <= {name.lower() for name in pinned}
    for file in ("Makefile", "pyproject.toml", ".ci/run", "prefect.yaml"):
        assert "pypi" not in (ROOT / file).read_text(encoding="utf-8").lower()


def leaves(tree: dict[str, Any], prefix: str) -> Iterator[tuple[str, str]]:
    """Yield every value of nested tables as an environment variable names and writes it."""
    for name, value in tree.items():
        full = f"{prefix}_{name}".upper()
        if isinstance(value, dict):
            yield from leaves(value, full)
        else:
            yield full, str(value).lower()


def test_a_server_started_by_hand_is_told_the_same() -> None:
    """What pyproject.toml tells a server that is started in this folder is what we tell the servers that we start."""
    told = dict(
        leaves(
            tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["prefect"],
            "prefect",
        )
    )
    assert told == {
        name: value for name, value in SETTINGS.items() if name.startswith("PREFECT_SERVER_")
    }


@pytest.mark.parametrize(
    "command",
    [
        "run",
        "init",
        "demo",
        "check",
        "render",
        "blank",
        "template",
        "status",
        "issue",
        "history",
        "trace",
        "store",
    ],
)
def test_every_command_stands_in_the_readme(command: str) -> None:
    """A command without its line in the README is none that a clerk finds."""
    assert f"bulletin {command}" in (ROOT / "README.md").read_text(encoding="utf-8")


def test_the_readme_tables_are_current() -> None:
    """Columns and rules stand in the README as the schema has them; `python -m tests.readme` writes them anew."""
    text = README.read_text(encoding="utf-8")
    assert filled(text) == text
