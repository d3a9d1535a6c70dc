"""What counts of a ledger: a line for each county × enterprise, each count with its cells (§6)."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from flows.steps.check.person_hash import hasher
from flows.steps.model import Ledger, Table, column_letters
from schemas.definition import AFFILIATION, NOTE, Column, Definition
from schemas.frames import plainly_named

Flags = npt.NDArray[np.bool_]
Rows = npt.NDArray[np.int64]
SOURCES = 50  # cells listed for a count; how many more there are is stored beside them (DESIGN §7)


def cells_of(definition: Definition) -> tuple[str, ...]:
    """Return the fields that have their cells listed: the unit's and the counts."""
    return ("enterprise", *definition.counts)


def _place(count: str, definition: Definition) -> str:
    """Return the roster's field whose cell is the source of a count."""
    if count in definition.handovers:
        return definition.handovers[count]
    where = definition.column(count).roster_where if count in definition.subsets else None
    return where[0] if where is not None else definition.identity


def counts_of(
    ledger: Ledger, good: Flags, defaulted: Mapping[str, Flags], definition: Definition
) -> Any:
    """Return the rows of a progress ledger that have a county and an enterprise.

    Columns: good, county, enterprise, affiliation (the registered one where there is one), note,
    the counts (Int64), and for the unit and each count `at_…` (a list of cells, `sheet!F7`) and
    `n_…` (how many cells there are).
    """
    frame = ledger.frame
    keyed = (frame["county"].notna() & frame["enterprise"].notna()).to_numpy()
    rows = np.flatnonzero(keyed)
    data: dict[str, Any] = {"good": good[rows]}
    for name in ("county", "enterprise"):
        data[name] = frame[name].array[rows]
    data[AFFILIATION] = frame["affiliation_expected"].fillna(frame[AFFILIATION]).array[rows]
    data[NOTE] = frame[NOTE].array[rows]
    data |= {name: frame[name].array[rows] for name in definition.counts}
    for name in cells_of(definition):
        cells = _addresses(ledger, name, rows)
        if name in defaulted:
            instead = _addresses(ledger, str(definition.column(name).default), rows)
            cells = [
                b if taken else a
                for a, b, taken in zip(cells, instead, defaulted[name][rows], strict=True)
            ]
        data[f"at_{name}"] = cells
        data[f"n_{name}"] = np.array([len(addresses) for addresses in cells], dtype=np.int64)
    return plainly_named(pd.DataFrame(data))


def people_of(ledger: Ledger, good: Flags, key: bytes, definition: Definition) -> Any:
    """Return a line for each row of a roster, with a keyed hash in the person's place (DESIGN §8).

    Of a bad row county, enterprise and affiliation are left out: where columns have slipped they
    may be anything. `tail` is the last four digits for the messages of the same run; the store does
    not keep it.
    """
    frame = ledger.frame
    affiliation = frame["affiliation_expected"].fillna(frame["affiliation"])
    hashed = hasher(key)
    data: dict[str, Any] = {
        "good": good,
        "person": [
            None if number is None else hashed(number)
            for number in frame["id"].to_numpy(dtype=object, na_value=None).tolist()
        ],
        "tail": frame["id"].str[-4:].array,
        "county": frame["county"].where(good).array,
        "enterprise": frame["enterprise"].where(good).array,
        "affiliation": affiliation.where(good).array,
        **{
            flag: _counted(frame, definition.column(count))
            for count, flag in definition.subsets.items()
        },
        "table": ledger.table_of,
        "row": ledger.row_of,
    }
    return pd.DataFrame(
        data | {name: frame[day].to_numpy() for name, day in definition.handovers.items()}
    )


def _counted(frame: Any, column: Column) -> Flags:
    """Return which persons a count of some persons counts."""
    field, values = column.roster_where or ("", ())
    return np.asarray(frame[field].isin(list(values)), dtype=bool)


def counts_of_people(
    people: Any, tables: Sequence[Table], month_end: date, definition: Definition
) -> Any:
    """Return the counts of a roster's good rows at the month's end, in `counts_of`'s columns."""
    rows = people[
        people["good"] & people["county"].notna() & people["enterprise"].notna()
    ].reset_index(drop=True)
    end = np.datetime64(month_end, "s")
    flags = {name: _people_counted(rows, name, end, definition) for name in definition.rostered}
    group = rows.groupby(["county", "enterprise"], sort=False).ngroup().to_numpy()
    first = np.unique(group, return_index=True)[1]
    data: dict[str, Any] = {"good": np.ones(len(first), dtype=bool)}
    data |= {name: rows[name].array.take(first) for name in ("county", "enterprise", "affiliation")}
    data["note"] = pd.array([None] * len(first), dtype="str")
    flags["enterprise"] = np.isin(np.arange(len(rows)), first)
    for name in cells_of(definition):
        known = name in flags  # of a count that no roster gives nothing is known
        flagged = flags[name] if known else np.zeros(len(rows), dtype=bool)
        counted = np.bincount(group[flagged], minlength=len(first))
        if name != "enterprise":
            data[name] = pd.array(counted if known else [None] * len(first), dtype="Int64")
        place = name if name == "enterprise" else _place(name, definition)
        data |= {
            f"n_{name}": counted,
            f"at_{name}": _cells(rows, flagged, group, len(first), tables, place),
        }
    return pd.DataFrame(data, columns=count_columns(definition))


def _people_counted(rows: Any, count: str, end: Any, definition: Definition) -> Flags:
    """Return which persons a count counts at the end of a month."""
    flags = np.ones(len(rows), dtype=bool)
    indicator = definition.indicator.get(count)
    if count in definition.handovers:
        flags &= (rows[count] <= end).to_numpy()
    whole = indicator.whole if indicator is not None and indicator.date is not None else None
    for name in filter(None, (count, whole)):
        if name in definition.subsets:
            flags &= rows[definition.subsets[name]].to_numpy(dtype=bool)
    return flags


def count_columns(definition: Definition) -> list[str]:
    """Return the columns of a frame of counts, in order."""
    return [
        "good",
        "county",
        "enterprise",
        AFFILIATION,
        NOTE,
        *definition.counts,
        *(f"{p}_{name}" for name in cells_of(definition) for p in ("at", "n")),
    ]


def _addresses(ledger: Ledger, name: str, rows: Rows) -> list[list[str]]:
    """Return a field's cell in each row as a list of one, empty if its table has no such column.

    A value that was taken over from last month's has that cell.
    """
    prefixes = [
        f"{t.sheet}!{column_letters(t.columns[name])}" if name in t.columns else None
        for t in ledger.tables
    ]
    numbers = ledger.anchors[name] if name in ledger.anchors else np.full(len(ledger.row_of), -1)
    taken = ledger.taken_from.get(name)
    result = []
    for row in rows.tolist():
        table, anchor = ledger.table_of[row], numbers[row]
        prefix = prefixes[table]
        if taken is not None and taken[row] >= 0:
            prefix = f"{ledger.tables[table].sheet}!{column_letters(int(taken[row]))}"
        result.append(
            [] if prefix is None else [f"{prefix}{anchor if anchor > 0 else ledger.row_of[row]}"]
        )
    return result


def _cells(
    rows: Any, flags: Flags, group: Rows, groups: int, tables: Sequence[Table], name: str
) -> list[list[str]]:
    """Return for each group of rows the cells of a field in its first SOURCES flagged rows."""
    chosen = np.flatnonzero(flags)
    chosen = chosen[np.argsort(group[chosen], kind="stable")]
    starts = np.searchsorted(group[chosen], np.arange(groups))
    chosen = chosen[np.arange(len(chosen)) - starts[group[chosen]] < SOURCES]
    prefixes = [
        f"{t.sheet}!{column_letters(t.columns[name])}" if name in t.columns else None
        for t in tables
    ]
    cells: list[list[str]] = [[] for _ in range(groups)]
    places = zip(
        group[chosen].tolist(),
        rows["table"].to_numpy()[chosen].tolist(),
        rows["row"].to_numpy()[chosen].tolist(),
        strict=True,
    )
    for at, table, number in places:
        if prefixes[table] is not None:
            cells[at].append(f"{prefixes[table]}{number}")
    return cells
