"""What of a ledger counts: one line a county × enterprise, each count with the cells it stands in (DESIGN §6)."""

import hmac
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from flows.steps.model import Ledger, Table, column_letters
from schemas.columns import COUNTS, HANDOVERS
from schemas.predicates import PARTY

Flags = npt.NDArray[np.bool_]
SOURCES = 50  # cells kept a count; how many more there are is told beside them (DESIGN §7)
CELLS = ("enterprise", *COUNTS)  # what has its cells kept
HASH_BYTES = 16


def counts_of(ledger: Ledger, good: Flags, defaulted: Mapping[str, Flags]) -> Any:
    """Return the rows of a progress ledger that have a county and an enterprise.

    Columns: good, county, enterprise, affiliation (the registered one where there is one), note, the counts (Int64), and for
    each of CELLS `at_…` (a list of cells, `sheet!F7`) and `n_…` (how many cells there are).
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
        own = _addresses(ledger, name, rows)
        if name in defaulted:
            instead = _addresses(ledger, "retirees", rows)
            own = [b if taken else a for a, b, taken in zip(own, instead, defaulted[name][rows], strict=True)]
        data[f"at_{name}"] = own
        data[f"n_{name}"] = np.array([len(cells) for cells in own], dtype=np.int64)
    return pd.DataFrame(data)


def people_of(ledger: Ledger, good: Flags, key: bytes) -> Any:
    """Return a line for each row of a roster, with a keyed hash in the person's place (DESIGN §8).

    `tail` is the last four digits for the messages of the same run; the store does not keep it.
    """
    frame = ledger.frame
    affiliation = frame["affiliation_expected"].fillna(frame["affiliation"])
    numbers = frame["id"].to_numpy(dtype=object, na_value=None)
    data: dict[str, Any] = {
        "good": good,
        "person": [None if number is None else person_hash(key, number) for number in numbers],
        "tail": [None if number is None else number[-4:] for number in numbers],
        "county": frame["county"].array,
        "enterprise": frame["enterprise"].array,
        "affiliation": affiliation.array,
        "member": frame["politics"].isin(PARTY).to_numpy(),
        "table": ledger.table_of,
        "row": ledger.row_of,
    }
    return pd.DataFrame(data | {name: frame[day].to_numpy() for name, day in HANDOVERS.items()})


def person_hash(key: bytes, number: str) -> bytes:
    """Return the keyed hash (HMAC-SHA256, cut to 16 bytes) that stands for a person's ID number."""
    return hmac.digest(key, number.encode(), "sha256")[:HASH_BYTES]


def counts_of_people(people: Any, tables: Sequence[Table], month_end: date) -> Any:
    """Return the counts that a roster's good rows give, in the columns of `counts_of`; what is done after the month is not."""
    rows = people[people["good"]]
    end = np.datetime64(month_end, "s")
    flags = {name: (rows[name] <= end).to_numpy() for name in HANDOVERS}
    flags["party"] = flags["party"] & rows["member"].to_numpy()
    everyone = np.ones(len(rows), dtype=bool)
    flags |= {"retirees": everyone, "archives_due": everyone, "party_members": rows["member"].to_numpy()}
    where = {**HANDOVERS, "enterprise": "enterprise", "retirees": "id", "archives_due": "id", "party_members": "politics"}
    lines = []
    for (county, enterprise), group in rows.reset_index(drop=True).groupby(["county", "enterprise"], sort=False):
        line = {"good": True, "county": county, "enterprise": enterprise, "affiliation": group["affiliation"].iloc[0], "note": None}
        for name in CELLS:
            chosen = group.index.to_numpy()[:1] if name == "enterprise" else group.index.to_numpy()[flags[name][group.index]]
            line |= {name: len(chosen), f"n_{name}": len(chosen), f"at_{name}": _cells(rows, chosen[:SOURCES], tables, where[name])}
        lines.append(line | {"enterprise": enterprise})
    frame = pd.DataFrame(lines, columns=count_columns())
    return frame.astype({"note": "str", **dict.fromkeys(COUNTS, "Int64"), **{f"n_{name}": "int64" for name in CELLS}, "good": bool})


def count_columns() -> list[str]:
    """Return the columns of a frame of counts, in order."""
    return ["good", "county", "enterprise", "affiliation", "note", *COUNTS, *(f"{p}_{name}" for name in CELLS for p in ("at", "n"))]


def _addresses(ledger: Ledger, name: str, rows: npt.NDArray[np.int64]) -> list[list[str]]:
    """Return a field's cell in each row as a list of one, empty where its table has no such column."""
    prefixes = [f"{t.sheet}!{column_letters(t.columns[name])}" if name in t.columns else None for t in ledger.tables]
    numbers = ledger.anchors[name] if name in ledger.anchors else np.full(len(ledger.row_of), -1)
    result = []
    for row in rows.tolist():
        prefix, anchor = prefixes[ledger.table_of[row]], numbers[row]
        result.append([] if prefix is None else [f"{prefix}{anchor if anchor > 0 else ledger.row_of[row]}"])
    return result


def _cells(rows: Any, chosen: npt.NDArray[np.int64], tables: Sequence[Table], name: str) -> list[str]:
    table, number = rows["table"].to_numpy()[chosen], rows["row"].to_numpy()[chosen]
    return [
        f"{tables[t].sheet}!{column_letters(tables[t].columns[name])}{n}"
        for t, n in zip(table.tolist(), number.tolist(), strict=True) if name in tables[t].columns
    ]  # fmt: skip
