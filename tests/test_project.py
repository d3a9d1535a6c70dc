"""The project's own boundaries: who may import whom, how long things get, what stands written where."""

import ast
import graphlib
import itertools
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from typing import Any

import pytest

from flows.prefect_support.environment import SETTINGS
from schemas.shipped import names, shipped
from tests.lock import completed
from tests.readme import README, filled
from tests.support.commands import commands
from tests.support.paths import ROOT
from tests.support.retirees import KINDS

PROGRAM = ("flows", "schemas", "templates")
PREFECT = {
    "flows/monthly.py",
    "flows/bulletin.py",
    "flows/quality.py",
    "flows/deployed_runs.py",
}

# The floors of the house, the lowest first: a module imports from its own room and from lower floors.
FLOORS: list[list[str]] = [
    ["schemas", "templates", "flows.steps.months", "flows.steps.ooxml", "flows.steps.processes"],
    ["flows.registered"],
    ["flows.policies"],
    ["flows.settings"],
    ["flows.steps.model"],
    ["flows.steps.failures", "flows.steps.wording", "flows.steps.export", "flows.steps.files", "flows.demo"],
    ["flows.steps.timeliness"],
    ["flows.steps.standings", "flows.steps.explanations", "flows.steps.measures", "flows.steps.returned",
     "flows.steps.figure_places"],
    ["flows.steps.tasks", "flows.steps.targets"],
    ["flows.steps.assessment", "flows.steps.supervision"],
    ["flows.steps.read", "flows.steps.check", "flows.steps.store", "flows.steps.roll_up", "flows.steps.compose",
     "flows.steps.render", "flows.steps.feedback", "flows.steps.overview", "flows.steps.blank"],
    ["flows.campaign"],
    ["flows.intake", "templates.build"],
    ["flows.prefect_support", "flows.mail", "flows.pipeline"],
    ["flows.reminding"],
    ["flows.monthly", "flows.bulletin", "flows.deployed_runs"],
    ["flows.desk"],
    ["flows.commands", "flows.quality"],
    ["flows.serve", "flows.watch"],
    ["flows.cli"],
]  # fmt: skip
FLOOR = {room: floor for floor, rooms in enumerate(FLOORS) for room in rooms}
NO_ROOM = {
    "flows",
    "flows.steps",
}  # packages with nothing of their own; `flows` prepares Prefect's environment

# Names that only tests use: the workload of the benchmarks, drawn from the demo's persons.
FOR_TESTS = {"large_roster"}


def sources(*folders: str) -> Iterator[tuple[str, ast.Module]]:
    """Yield the path inside the project and the syntax tree of each module."""
    for folder in folders:
        for path in sorted((ROOT / folder).rglob("*.py")):
            yield path.relative_to(ROOT).as_posix(), ast.parse(path.read_text(encoding="utf-8"))


def name_of(path: str) -> str:
    """Return the name by which the module of a file is imported."""
    return path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


def imported(tree: ast.Module) -> Iterator[str]:
    """Yield every module that a module names in an import, with each name that it takes from it."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def import_graph() -> dict[str, set[str]]:
    """Return the modules of the program, each with those of the program that it imports."""
    trees = {name_of(path): tree for path, tree in sources(*PROGRAM)}

    def ours(name: str) -> str:
        while name and name not in trees:
            name = name.rpartition(".")[0]
        return name

    return {
        module: {ours(name) for name in imported(tree)} - {"", module}
        for module, tree in trees.items()
    }


def room_of(module: str) -> str | None:
    """Return the room that a module belongs to, None for one without."""
    parts = module.split(".")
    names = [".".join(parts[:length]) for length in range(len(parts), 0, -1)]
    return next((name for name in names if name in FLOOR), None)


def test_only_the_flows_know_prefect() -> None:
    """Four modules import prefect; they are the only ones that could not run without it."""
    knowing = {
        path
        for path, tree in sources(*PROGRAM)
        if any(name.split(".")[0] == "prefect" for name in imported(tree))
    }
    assert knowing == PREFECT


def test_every_module_has_its_room() -> None:
    """Each module belongs to a room of the table, and each room of the table is there."""
    modules = set(import_graph())
    assert {module for module in modules if room_of(module) is None} == NO_ROOM
    assert set(FLOOR) - modules == set()


def test_nothing_imports_a_higher_room() -> None:
    """A room knows lower floors only: neither what stands above nor what stands beside it, so no step knows another."""
    crossings = [
        (module, other)
        for module, others in import_graph().items()
        for other in others
        if (room := room_of(module)) and (other_room := room_of(other))
        and other_room != room and FLOOR[other_room] >= FLOOR[room]
    ]  # fmt: skip
    assert crossings == []


def test_no_circle() -> None:
    """No module imports itself by way of others, imports inside functions included."""
    list(
        graphlib.TopologicalSorter(import_graph()).static_order()
    )  # raises CycleError, which names them


@pytest.mark.parametrize(
    "path",
    [
        "flows/prefect_support/environment.py",
        "flows/intake/forkserver.py",
        "flows/steps/processes.py",
    ],
)
def test_what_is_imported_first_imports_nothing(path: str) -> None:
    """What comes before Prefect, and what a fresh worker process starts from, is the standard library's alone."""
    (tree,) = (tree for name, tree in sources("flows") if name == path)
    named = {name for name in imported(tree) if not name.startswith("flows.steps.processes")}
    outside = {name.split(".")[0] for name in named} - sys.stdlib_module_names
    assert outside == set()


WITHOUT_UNIX = """
import importlib, sys, warnings
warnings.simplefilter("ignore")
for name in ("fcntl", "resource", "pwd", "grp", "termios"):
    sys.modules[name] = None
for name in sys.argv[1:]:
    try:
        importlib.import_module(name)
    except ImportError as error:
        print(name, error)
"""


def test_every_module_is_imported_without_what_only_unix_has() -> None:
    """The program starts on Windows as far as imports go: fcntl, resource and pwd are asked for where they are used."""
    modules = [module for module in import_graph() if not module.endswith("__main__")]
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT_UNIX, *modules], cwd=ROOT, capture_output=True, text=True, check=True
    )  # fmt: skip
    assert done.stdout == ""


def definitions(tree: ast.Module) -> Iterator[str]:
    """Yield the functions, classes and constants of a module and the methods of its classes.

    Left out is what a framework calls: what is decorated, what overrides a method of another library's class.
    """
    for node in tree.body:
        if isinstance(node, ast.Assign):
            yield from (
                name.id
                for target in node.targets
                for name in ast.walk(target)
                if isinstance(name, ast.Name)
            )
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            yield node.target.id
        elif isinstance(node, ast.FunctionDef) and not node.decorator_list:
            yield node.name
        elif isinstance(node, ast.ClassDef):
            yield node.name
            if not node.bases:
                yield from (
                    method.name for method in node.body if isinstance(method, ast.FunctionDef)
                )


def names_used(tree: ast.Module) -> Iterator[str]:
    """Yield every name that a module reads, as a name, as an attribute, or as a text given to getattr and the like."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
            yield node.id
        elif isinstance(node, ast.Attribute):
            yield node.attr
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


def test_nothing_is_defined_in_vain() -> None:
    """Every function, class, method and constant is used by the program, not by tests alone."""
    used = {name for _, tree in sources(*PROGRAM) for name in names_used(tree)} | FOR_TESTS
    dead = [
        (path, name)
        for path, tree in sources(*PROGRAM)
        for name in definitions(tree)
        if name not in used and not name.startswith("__")
    ]
    assert dead == []


# What a definition's sheets ask for, and a settings file's comments, are said by an example.
EXAMPLES_OF_NAMES = {"schemas/definition_sheets.py", "flows/campaign/starter_folder.py"}


def names_of_definitions() -> set[str]:
    """Return the fields and heads of counts and dates, and the indicators, of all definitions."""
    found: set[str] = set()
    for name in names():
        definition = shipped(name)
        columns = [c for each in definition.kinds.values() for c in each]
        counted = {*definition.counts, *definition.handovers.values()}
        for column in columns:
            found |= {column.name, column.header} if column.name in counted else set()
        found |= {text for i in definition.indicators for text in (i.name, i.task, i.key)}
    return {text for text in found if not (text.isascii() and len(text) < 5) and len(text) > 2}


def test_no_module_names_a_column_or_an_indicator() -> None:
    """Counts, dates and indicators stand in schemas/definitions and in the campaign's texts."""
    forbidden = names_of_definitions()
    fields = {text for text in forbidden if text.isascii()}
    found = []
    for path, tree in sources("flows", "schemas"):
        if path.startswith("flows/demo/") or path in EXAMPLES_OF_NAMES:
            continue
        docstrings = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
        for node in ast.walk(tree):
            if not isinstance(node, ast.Constant) or id(node) in docstrings:
                continue
            text = node.value if isinstance(node.value, str) else ""
            if text in fields or any(name in text for name in forbidden - fields):
                found.append((path, node.lineno, text))
    assert found == []


def statements(tree: ast.AST) -> int:
    """Return how many statements stand in a piece of code, docstrings left out."""
    return sum(
        isinstance(node, ast.stmt)
        and not (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant))
        for node in ast.walk(tree)
    )


def test_sizes() -> None:
    """Statements count, so that packing buys nothing: a module has at most 180, nine in ten functions at most 20."""
    modules, functions = {}, {}
    for path, tree in sources(*PROGRAM):
        modules[path] = statements(tree)
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                functions[path, node.name] = statements(node) - 1
    assert {path: count for path, count in modules.items() if count > 180} == {}
    assert {name: count for name, count in functions.items() if count > 40} == {}
    assert sum(count <= 20 for count in functions.values()) / len(functions) >= 0.9


def test_docstrings_say_what_comes_back() -> None:
    """Every public function and class has a docstring; a function's first line says what it returns, yields or does."""
    wanting = []
    for path, tree in sources(*PROGRAM):
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
        for path, _ in sources(*PROGRAM)
        if pattern.search((ROOT / path).read_text(encoding="utf-8"))
    ]
    assert found == []


def test_exceptions_to_the_rules_have_reasons() -> None:
    """Every noqa and type-ignore carries its reason on the line."""
    bare = []
    for path, _ in sources(*PROGRAM, "tests"):
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


@pytest.mark.parametrize("command", commands())
def test_every_command_stands_in_the_readme(command: str) -> None:
    """A command without its line in the README is none that a clerk finds."""
    assert f"bulletin {command}" in (ROOT / "README.md").read_text(encoding="utf-8")


def test_the_readme_tables_are_current() -> None:
    """Columns and rules stand in the README as the schema has them; `python -m tests.readme` writes them anew."""
    text = README.read_text(encoding="utf-8")
    assert filled(text) == text


def test_the_readme_names_files_that_are_there() -> None:
    """Every path of the program in the README's section for its developers exists."""
    section = README.read_text(encoding="utf-8").split("## How it is built")[1].split("## Speed")[0]
    paths = re.findall(r"`((?:flows|schemas|templates|tests)/[\w./<>-]+)`", section)
    kinds = [path.replace("<kind>", kind) for path in paths for kind in KINDS]
    assert [path for path in kinds if not (ROOT / path).exists()] == []
