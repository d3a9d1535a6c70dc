"""Registered names and defaults put into a ledger's frame before it is checked (DESIGN §3, §4)."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from flows.settings import Campaign
from flows.steps.check.validate import unread_cells
from flows.steps.model import Ledger
from schemas.definition import Definition
from schemas.spellings import squeeze

Flags = npt.NDArray[np.bool_]


def register(ledger: Ledger, county: str | None, campaign: Campaign) -> Mapping[str, Flags]:
    """Put registered names and defaults into the frame; return where a default was taken, by field.

    `county` is the county whose own ledger it is: its rows need not name it. The frame gets
    `affiliation_expected`, what 名录 says of the row's enterprise.
    """
    frame = ledger.frame
    counties = _translated(frame["county"], lambda text: campaign.county_names.get(text, text))
    frame["county"] = counties.fillna(county) if county else counties
    names = campaign.unit_names
    written = _as_written(ledger)
    frame["enterprise"] = _translated(
        frame["enterprise"], lambda text: names.get(text) or written.get(text, text)
    )
    frame["affiliation_expected"] = _translated(frame["enterprise"], campaign.affiliations.get)
    return {} if ledger.kind == "roster" else _defaults(ledger, campaign.definition)


def _defaults(ledger: Ledger, definition: Definition) -> Mapping[str, Flags]:
    unread, taken = unread_cells(ledger), {}
    for column in definition.kinds[ledger.kind]:
        if column.default:
            empty = ledger.frame[column.name].isna().to_numpy()
            taken[column.name] = empty & ~unread.get(column.name, np.zeros(len(empty), dtype=bool))
            ledger.frame[column.name] = ledger.frame[column.name].mask(
                taken[column.name], ledger.frame[column.default]
            )
    return taken


def _translated(texts: Any, translate: Callable[[str], str | None]) -> Any:
    codes, different = pd.factorize(texts)
    values = pd.array([*map(translate, different), None], dtype="str")
    return pd.Series(values.take(codes), index=texts.index)


def _as_written(ledger: Ledger) -> dict[str, str]:
    """Return the first spelling, without blanks, of each squeezed name: （） stays （）."""
    names: dict[str, str] = {}
    for value in ledger.written["enterprise"].values:
        if isinstance(value, str):
            names.setdefault(squeeze(value), "".join(value.split()))
    return names
