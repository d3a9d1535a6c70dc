"""What is wrong with a file as a whole, its tables' headers, and rows that are not understood."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

import numpy as np

from flows.steps.failures import Place, failure
from flows.steps.model import Failure, address, column_letters
from flows.steps.read.grid import Grid, OpenedWorkbook
from flows.steps.read.layout.head_paths import header_words
from flows.steps.read.layout.headers import Header
from flows.steps.read.layout.shapes import looks_like_a_row
from flows.steps.read.parts import Sheet
from schemas.definition import Definition, Kind
from schemas.spellings import header_key, squeeze

_HEADS_QUOTED = 12  # in a message
_SHEETS_QUOTED = 6
_SPELLINGS_QUOTED = 3
_ROWS_SEARCHED = 200  # of a sheet without a table, for the row that is most like a header
_LONGEST_HEAD = 20


def header_faults(
    file: str, sheet: str, header: Header, definition: Definition
) -> Iterator[Failure]:
    """Yield the faults of a header: columns that are missing, doubled, ambiguous or unknown."""
    columns = definition.columns_of(header.kind)
    row = header.last + 1
    if header.missing:
        yield _missing(file, sheet, header, definition)
    spare = "note" if not header.twice else None  # a second table beside the first is no spare
    for severity, doubled in ((None, header.twice), (spare, header.spare)):
        for name, second in doubled.items():
            taken = header.columns[name]
            yield failure(
                "duplicate-column",
                file,
                Place(sheet, address(row, second)),
                header=columns[name].header,
                severity="note" if severity else None,
                first=_quoted(header, row, taken),
                second=_quoted(header, row, second),
                outcome=f"，采用了{address(row, taken)}" if severity else "，不知以哪一栏为准",
            )
    for name, several in header.ambiguous.items():
        yield failure(
            "ambiguous-column",
            file,
            Place(sheet, address(row, several[0])),
            header=columns[name].header,
            columns="、".join(f"{column_letters(column)}栏" for column in several),
        )
    for column, text in header.unknown.items():
        yield failure(
            "unknown-column",
            file,
            Place(sheet, address(row, column)),
            value=text,
            expected=expected(header.kind, definition),
        )


def _quoted(header: Header, row: int, column: int) -> str:
    text = "".join(header.written.get(column, header.texts[column]).split())
    return f"“{text}”（{address(row, column)}）"


def _missing(file: str, sheet: str, header: Header, definition: Definition) -> Failure:
    """Return the one fault of all missing columns: what was found, and how each may be headed."""
    columns = definition.columns_of(header.kind)
    texts = ["".join(text.split()) for text in header.texts.values()]
    unused = "、".join(header.unknown.values())
    spelt = [
        f"“{columns[name].header}”（也可写作{_spellings(header.kind, name, definition)}）"
        for name in header.missing
    ]
    return failure(
        "missing-column",
        file,
        Place(sheet, address(header.last + 1, min(header.columns.values()))),
        header="、".join(columns[name].header for name in header.missing),
        found="、".join(texts[:_HEADS_QUOTED]),
        unused=f"；其中没有认出的是：{unused}" if unused else "",
        spelt="、".join(spelt),
    )


def _spellings(kind: Kind, name: str, definition: Definition) -> str:
    head = header_key(definition.header_of(kind, name))
    others = [
        text
        for text, field in definition.headers(kind).exact.items()
        if field == name and "/" not in text and text != head
    ]
    return "、".join(others[:_SPELLINGS_QUOTED])


def unread_rows(file: str, sheets: Sequence[Sheet], definition: Definition) -> list[Failure]:
    """Return the rows of visible sheets that hold data and belong to no table that is read."""
    failures = []
    for sheet in sheets:
        reasons = {row: why for region in sheet.regions for row, why in region.unread.items()}
        if not sheet.regions:
            reasons = dict.fromkeys(_like_rows(sheet.grid, definition), "所在工作表没有表头")
        for reason in dict.fromkeys(reasons.values()):
            rows = [row for row, why in reasons.items() if why == reason]
            cell = address(rows[0] + 1, sheet.grid.cells(rows[0])[0][0])
            failures.append(
                failure(
                    "row-not-read",
                    file,
                    Place(sheet.grid.sheet, cell),
                    rows=_ranges(rows),
                    reason=reason,
                )
            )
    return failures


def _like_rows(grid: Grid, definition: Definition) -> list[int]:
    rows = np.unique(grid.rows).tolist()
    return [row for row in rows if looks_like_a_row(grid.cells(row), definition)]


def _ranges(rows: Sequence[int]) -> str:
    """Return zero-based rows as a text of numbers and ranges: 第6行、第8—10行."""
    texts = []
    for _, group in groupby(enumerate(sorted(rows)), lambda pair: pair[1] - pair[0]):
        run = [row + 1 for _, row in group]
        texts.append(f"第{run[0]}行" if len(run) == 1 else f"第{run[0]}—{run[-1]}行")
    return "、".join(texts)


def nothing_found(file: str, opened: OpenedWorkbook, definition: Definition) -> Failure:
    """Return the fault of a file without a table, with the row that is most like a header."""
    filled = [grid for grid in opened.grids if grid.height]
    if not filled:
        reason = "工作表是空的" if opened.grids else "没有可见的工作表"
    else:
        names = "”“".join(grid.sheet for grid in filled[:_SHEETS_QUOTED])
        reason = f"工作表“{names}”中没有认得出的台账表头" + _best_row(filled, definition)
    return failure(
        "no-ledger-found", file, reason=reason, expected=expected("progress", definition)
    )


def _best_row(grids: Iterable[Grid], definition: Definition) -> str:
    """Return a text on the row with the most header words, "" if no row has two of them.

    What is not a header word may be personal: it is quoted only if it is short and has no digit.
    """
    words = header_words(definition)
    best: tuple[int, str] = (1, "")
    for grid in grids:
        for row in np.unique(grid.rows)[:_ROWS_SEARCHED].tolist():
            texts = [squeeze(v) for _, v in grid.cells(row) if isinstance(v, str)]
            known = [text for text in texts if header_key(text) in words]
            if len(known) > best[0]:
                others = [t for t in texts if t not in known and _may_be_quoted(t)]
                best = len(known), _described(grid.sheet, row, known, others)
    return best[1]


def _described(sheet: str, row: int, known: Sequence[str], others: Sequence[str]) -> str:
    text = f"；最像表头的是“{sheet}”第{row + 1}行，其中认出{_listed(known)}"
    return text + (f"，没有认出{_listed(others)}" if others else "")


def _listed(texts: Sequence[str]) -> str:
    return "、".join(f"“{text}”" for text in texts[:_HEADS_QUOTED])


def _may_be_quoted(text: str) -> bool:
    return len(text) <= _LONGEST_HEAD and not any(map(str.isdigit, text))


def expected(kind: Kind, definition: Definition) -> str:
    """Return the heads of a kind's form as one text."""
    return "、".join(column.header for column in definition.kinds[kind])
