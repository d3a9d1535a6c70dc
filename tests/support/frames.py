"""Small typed frames as the reader makes them: what rules are tried on."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from schemas.columns import Kind
from tests.support.retirees import KINDS

GOOD_ID, GOOD_CODE = "11010519491231002X", "91350100M000100Y43"
GOOD: Mapping[Kind, Mapping[str, Any]] = {
    "progress": {"county": "东浥区", "enterprise": "浥江化工有限公司", "affiliation": "中央", "affiliation_expected": "中央", "retirees": 10,
                 "agreement": 5, "archives_due": 10, "archives": 5, "party_members": 4, "party": 2, "functions": 0},
    "roster": {"person": "甲一百", "sex": "女", "id": GOOD_ID, "enterprise": "浥江化工有限公司", "affiliation": "中央",
               "affiliation_expected": "中央", "county": "东浥区", "retired": date(2004, 12, 31), "politics": "群众"},
}  # fmt: skip


def frame(kind: Kind, *rows: Mapping[str, Any]) -> Any:
    """Return a typed frame of rows, each a good one but for what is given; a date's last possible day may be given as `<field>_last`."""
    whole = [{**GOOD[kind], **row} for row in rows]
    data: dict[str, Any] = {
        "affiliation_expected": pd.array(
            [row.get("affiliation_expected") for row in whole], dtype="str"
        )
    }
    for column in KINDS[kind]:
        values = [row.get(column.name) for row in whole]
        if column.type == "count":
            data[column.name] = pd.array(values, dtype="Int64")
        elif column.type == "date":
            data[column.name] = _days(values)
            data[f"{column.name}_last"] = _days(
                [row.get(f"{column.name}_last", row.get(column.name)) for row in whole]
            )
        else:
            data[column.name] = pd.array(values, dtype="str")
    if kind == "roster":
        data["id_old"] = np.array([row.get("id_old", False) for row in whole], dtype=bool)
    return pd.DataFrame(data)


def _days(values: Sequence[date | None]) -> Any:
    return np.array(
        [np.datetime64("NaT") if value is None else value for value in values],
        dtype="datetime64[s]",
    )
