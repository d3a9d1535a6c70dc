"""The definitions that are shipped: a folder of CSV files each, with a readable diff."""

import csv
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path

from schemas.definition import Definition
from schemas.definition_sheets import SHEETS, TableLine, Tables
from schemas.definition_tables import parse_definition

FOLDER = Path(__file__).resolve().parent / "definitions"
RETIREES = "国有企业退休人员社会化管理"  # what a campaign folder without a definition is about


def names() -> list[str]:
    """Return the names of the shipped definitions, the retirees' first."""
    found = sorted(path.name for path in FOLDER.iterdir() if path.is_dir())
    return sorted(found, key=lambda name: name != RETIREES)


def tables_of(name: str) -> Tables:
    """Return the tables of a shipped definition; raises KeyError for an unknown name."""
    if name not in names():
        raise KeyError(name)
    paths = {sheet: FOLDER / name / f"{sheet}.csv" for sheet in SHEETS}
    return {sheet: _lines(path) for sheet, path in paths.items() if path.exists()}


def shipped(name: str = RETIREES) -> Definition:
    """Return a shipped definition; raises KeyError for an unknown name."""
    return _parsed(name)


@cache
def _parsed(name: str) -> Definition:
    definition = parse_definition(tables_of(name))
    if isinstance(definition, Definition):
        return definition
    raise ValueError(f"{name}: {definition[0]}")


def _lines(path: Path) -> Sequence[TableLine]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(table_lines(csv.reader(file)))


def table_lines(rows: Iterator[Sequence[str]]) -> Iterator[TableLine]:
    """Yield the filled lines of a table whose first line has the heads."""
    heads = [text.strip() for text in next(rows, ())]
    for number, cells in enumerate(rows, start=2):
        texts = {head: cell for head, cell in zip(heads, cells, strict=False) if head}
        if any(text.strip() for text in texts.values()):
            yield TableLine(number, texts)
