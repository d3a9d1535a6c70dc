"""What counts of a ledger: a line for each county × enterprise, each count with its cells (§6)."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from flows.steps.model import Ledger, Table, column_letters
from schemas.columns import COUNTS, HANDOVERS
from schemas.definition import Column, Definition

Flags = npt.NDArray[np.bool_]
Rows = npt.NDArray[np.int64]
SOURCES = 50  # cells listed for a count; how many more there are is stored beside them (DESIGN §7)
CELLS = ("enterprise", *COUNTS)  # what has its cells listed
HASH_BYTES, BLOCK = 16, 64  # of a stored hash, and of a block of SHA-256
# The roster's field whose cell is the source of a count.
PLACES = {
    **HANDOVERS,
    "enterprise": "enterprise",
    "retirees": "id",
    "archives_due": "id",
    "party_members": "politics",
}


def counts_of(ledger: Ledger, good: Flags, defaulted: Mapping[str, Flags]) -> Any:
    """Return the rows of a progress ledger that have a county and an enterprise.

    Columns: good, county, enterprise, affiliation (the registered one where there is one), note,
    the counts (Int64), and for each of CELLS `at_…` (a list of cells, `sheet!F7`) and `n_…` (how
    many cells there are).
    """
    frame = ledger.frame
    keyed = (frame["county"].notna() & frame["enterprise"].notna()).to_numpy()
    rows = np.flatnonzero(keyed)
    data: dict[str, Any] = {"good": good[rows]}
    for name in ("county", "enterprise"):
        data[name] = frame[name].array[rows]
    data["affiliation"] = frame["affiliation_expected"].fillna(frame["affiliation"]).array[rows]
    data["note"] = frame["note"].array[rows]
    data |= {name: frame[name].array[rows] for name in COUNTS}
    for name in CELLS:
        cells = _addresses(ledger, name, rows)
        if name in defaulted:
            instead = _addresses(ledger, "retirees", rows)
            cells = [
                b if taken else a
                for a, b, taken in zip(cells, instead, defaulted[name][rows], strict=True)
            ]
        data[f"at_{name}"] = cells
        data[f"n_{name}"] = np.array([len(addresses) for addresses in cells], dtype=np.int64)
    return pd.DataFrame(data)


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
    return pd.DataFrame(data | {name: frame[day].to_numpy() for name, day in HANDOVERS.items()})


def _counted(frame: Any, column: Column) -> Flags:
    """Return which persons a count of some persons counts."""
    field, values = column.roster_where or ("", ())
    return np.asarray(frame[field].isin(list(values)), dtype=bool)


def hasher(key: bytes) -> Callable[[str], bytes]:
    """Return the keyed hash function for ID numbers: HMAC-SHA256 (RFC 2104), cut to 16 bytes.

    The two states of the hash that the key alone decides are made once: twice as fast as the
    library's one-shot function.
    """
    padded = (key if len(key) <= BLOCK else hashlib.sha256(key).digest()).ljust(BLOCK, b"\0")
    inside, outside = (hashlib.sha256(bytes(byte ^ pad for byte in padded)) for pad in (0x36, 0x5C))

    def hashed(number: str) -> bytes:
        inner, outer = inside.copy(), outside.copy()
        inner.update(number.encode())
        outer.update(inner.digest())
        return outer.digest()[:HASH_BYTES]

    return hashed


def counts_of_people(people: Any, tables: Sequence[Table], month_end: date) -> Any:
    """Return the counts of a roster's good rows at the month's end, in `counts_of`'s columns."""
    rows = people[
        people["good"] & people["county"].notna() & people["enterprise"].notna()
    ].reset_index(drop=True)
    end = np.datetime64(month_end, "s")
    flags: dict[str, Flags] = {name: (rows[name] <= end).to_numpy() for name in HANDOVERS}
    member, everyone = rows["member"].to_numpy(), np.ones(len(rows), dtype=bool)
    flags["party"] = flags["party"] & member
    flags |= {"retirees": everyone, "archives_due": everyone, "party_members": member}
    group = rows.groupby(["county", "enterprise"], sort=False).ngroup().to_numpy()
    first = np.unique(group, return_index=True)[1]
    data: dict[str, Any] = {"good": np.ones(len(first), dtype=bool)}
    data |= {name: rows[name].array.take(first) for name in ("county", "enterprise", "affiliation")}
    data["note"] = pd.array([None] * len(first), dtype="str")
    flags["enterprise"] = np.isin(np.arange(len(rows)), first)
    for name in CELLS:
        counted = np.bincount(group[flags[name]], minlength=len(first))
        data |= {} if name == "enterprise" else {name: pd.array(counted, dtype="Int64")}
        data |= {
            f"n_{name}": counted,
            f"at_{name}": _cells(rows, flags[name], group, len(first), tables, PLACES[name]),
        }
    return pd.DataFrame(data, columns=count_columns())


def count_columns() -> list[str]:
    """Return the columns of a frame of counts, in order."""
    return [
        "good",
        "county",
        "enterprise",
        "affiliation",
        "note",
        *COUNTS,
        *(f"{p}_{name}" for name in CELLS for p in ("at", "n")),
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
