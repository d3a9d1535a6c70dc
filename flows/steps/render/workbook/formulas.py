"""References in formulas: written anew for where the rows of a template are printed."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flows.steps.render.workbook.moves import Moves, Path, Run, runs
from flows.steps.render.workbook.places import letters_of, number_of

MOST_PARTS = 200  # of a sum whose rows do not stand together; Excel takes 255
_LISTED = frozenset(
    {"SUM", "AVERAGE", "MAX", "MIN", "COUNT", "COUNTA", "PRODUCT", "SUBTOTAL", "MEDIAN"}
)
_CELL = r"(\$?)([A-Za-z]{1,3})(\$?)([1-9]\d{0,6})"
_END = r"(?![\w(.!\[])"
_TOKEN = re.compile(
    r'(?P<text>"(?:[^"]|"")*")'
    r"|(?P<sheet>'(?:[^']|'')*'!|[^\W\d][\w.]*(?::[^\W\d][\w.]*)?!)?"
    rf"(?:(?P<cell>{_CELL}(?::{_CELL})?){_END}|(?P<rows>(\$?)(\d{{1,7}}):(\$?)(\d{{1,7}})){_END})"
    r"|(?P<word>[^\W\d][\w.]*)"
    r"|(?P<number>\d+(?:\.\d*)?(?:[eE][+-]?\d+)?)"
    r"|(?P<table>\[(?:[^\[\]]|\[[^\[\]]*\])*\])"
    r"|(?P<sign>[(),])"
)
_BLIND = re.compile(r"\b(INDIRECT|OFFSET)\s*\(", re.IGNORECASE)


class UnclearReferenceError(Exception):
    """A formula of which it cannot be said what it means once rows are repeated, in Chinese."""


@dataclass(frozen=True)
class End:
    """One end of a reference: its column ("" for whole rows), its row, and which are fixed."""

    fixed_column: str
    column: str
    fixed_row: str
    row: int

    def at(self, row: int) -> str:
        """Return the end in another row."""
        return f"{self.fixed_column}{self.column}{self.fixed_row}{row}"

    def moved(self, rows: int, columns: int) -> "End":
        """Return the end as it reads in a cell further down and to the right."""
        row = self.row if self.fixed_row else self.row + rows
        if not self.column or self.fixed_column:
            return End(self.fixed_column, self.column, self.fixed_row, row)
        column = number_of(self.column) + columns
        return End("", letters_of(column) if column > 0 else "#", self.fixed_row, row)


@dataclass(frozen=True)
class Viewer:
    """The cell that a formula stands in: its sheet, the row of the template, its turns of loops.

    Row 0 is none: names and charts see a sheet from outside.
    """

    sheet: str
    row: int = 0
    path: Path = ()


def is_blind(formula: str) -> bool:
    """Return whether a formula works out addresses itself, which nothing can follow."""
    return bool(_BLIND.search(formula))


def sheet_of(prefix: str) -> str:
    """Return the name of the sheet in front of a reference, in the form in which it is compared."""
    plain = prefix.removesuffix("!")
    return (plain[1:-1].replace("''", "'") if plain.startswith("'") else plain).casefold()


def printed(formula: str, viewer: Viewer, moves: Mapping[str, Moves]) -> str:
    """Return a formula as it reads in a finished sheet; raises UnclearReferenceError.

    `moves` are those of the sheets by their names in lower case.
    """
    return _Writer(formula, viewer, moves).written()


def copied(formula: str, rows: int, columns: int) -> str:
    """Return a formula as it reads when it is filled in further down and to the right."""

    def moved(match: re.Match[str]) -> str:
        if not (match["cell"] or match["rows"]):
            return match[0]
        ends = [end.moved(rows, columns) for end in _ends(match)]
        if any("#" in end.column or end.row < 1 for end in ends):
            return "#REF!"
        return (match["sheet"] or "") + ":".join(end.at(end.row) for end in ends)

    return _TOKEN.sub(moved, formula)


def _ends(match: re.Match[str]) -> list[End]:
    if match["rows"]:
        groups = match.groups()
        start = _TOKEN.groupindex["rows"]
        first, last = groups[start : start + 2], groups[start + 2 : start + 4]
        return [End("", "", first[0], int(first[1])), End("", "", last[0], int(last[1]))]
    start = _TOKEN.groupindex["cell"]
    parts = match.groups()[start : start + 8]
    ends = [End(parts[0], parts[1], parts[2], int(parts[3]))]
    return ends if parts[7] is None else [*ends, End(parts[4], parts[5], parts[6], int(parts[7]))]


class _Writer:
    """The writing of one formula; it remembers which functions are open."""

    def __init__(self, formula: str, viewer: Viewer, moves: Mapping[str, Moves]) -> None:
        self._formula, self._viewer, self._moves = formula, viewer, moves
        self._open: list[str] = []
        self._word = ""

    def written(self) -> str:
        """Return the formula."""
        return _TOKEN.sub(self._token, self._formula)

    def _token(self, match: re.Match[str]) -> str:
        if match["cell"] or match["rows"]:
            return self._reference(match)
        if match["sign"] == "(":
            self._open.append(self._word.upper())
        elif match["sign"] == ")" and self._open:
            self._open.pop()
        self._word = match["word"] or ""
        return match[0]

    def _reference(self, match: re.Match[str]) -> str:
        prefix = match["sheet"] or ""
        name = sheet_of(prefix) if prefix else self._viewer.sheet
        moves = self._moves.get(name)
        if moves is None and ":" in name and any(each.moved for each in self._moves.values()):
            raise UnclearReferenceError(f"{match[0]} 跨几个工作表，里面又有重复的行")
        if moves is None or not moves.moved:
            return match[0]
        is_own = name == self._viewer.sheet
        row, path = (self._viewer.row, self._viewer.path) if is_own else (0, ())
        ends = _ends(match)
        found = _seen(moves, ends, row, path)
        if not found:
            raise UnclearReferenceError(
                f"{match[0]} 指的行没有印出来（是标记所在的行，或不印的行）"
            )
        if len(ends) == 1 and found == [(found[0][0], found[0][0])]:
            return prefix + ends[0].at(found[0][0])
        if len(ends) == 1 or len(found) > 1:
            self._refuse_unlisted(match, found)
        last = ends[-1]
        whole = (_between(ends[0], last, run) for run in found)
        return ",".join(f"{prefix}{area}" for area in whole)

    def _refuse_unlisted(self, match: re.Match[str], found: Sequence[Run]) -> None:
        """Refuse a reference to many rows that is no part of a list of values, as a sum's are."""
        if not self._viewer.row and len(found) == 1:
            return  # a name or a chart means them all
        before = self._formula[: match.start()].rstrip()[-1:]
        after = self._formula[match.end() :].lstrip()[:1]
        function = self._open[-1] if self._open else ""
        listed = function in _LISTED and before in ("(", ",") and after in (")", ",")
        if not listed:
            what = "重复以后有许多行，公式不知道是哪一行"
            raise UnclearReferenceError(f"{match[0]} {what}；求和请写 SUM({match[0]})")
        if len(found) > MOST_PARTS:
            raise UnclearReferenceError(f"{match[0]} 重复以后不相连的行超过{MOST_PARTS}段")


def _between(first: End, last: End, run: Run) -> str:
    """Return a reference to some rows in the columns of another."""
    start, end = first.at(run[0]), last.at(run[1])
    return start if start == end and first.column else f"{start}:{end}"


def _seen(moves: Moves, ends: Sequence[End], row: int, path: Path) -> list[Run]:
    """Return the runs of printed rows that a reference means."""
    first, last = ends[0], ends[-1]
    in_own_loop = bool(moves.shared(first.row, row))
    if len(ends) == 1:
        rows = moves.seen(first.row, row, path, fixed=bool(first.fixed_row))
        return runs(rows[:1] if first.fixed_row and in_own_loop else rows)
    top, bottom = sorted((first.row, last.row))
    if not in_own_loop or not (first.fixed_row or last.fixed_row):
        return moves.seen_range(top, bottom, row, path)
    begin = moves.seen(first.row, row, path, fixed=bool(first.fixed_row))
    end = moves.seen(last.row, row, path, fixed=bool(last.fixed_row))
    inside = range(top, bottom + 1)
    rows = sorted(n for t in inside for n in moves.seen(t, row, path, fixed=True))
    if bool(first.fixed_row) == bool(last.fixed_row) or not begin or not end:
        return runs(rows)  # all of them: RANK(B5,B$5:B$5)
    return runs([n for n in rows if begin[0] <= n <= end[-1]])  # up to here: SUM(B$5:B5)
