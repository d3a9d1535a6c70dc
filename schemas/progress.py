"""The progress ledger 进度台账: one row a county × enterprise, cumulative counts (DESIGN §3)."""

from typing import Any

import pandas as pd
import pandera.pandas as pa

from schemas.columns import PROGRESS
from schemas.pandera_models import field_of


def _field(name: str) -> Any:
    return field_of(PROGRESS, name)


class Progress(pa.DataFrameModel):
    """A typed progress ledger: cells converted, texts cleaned, known names registered ones."""

    county: str = _field("county")
    enterprise: str = _field("enterprise")
    uscc: str = _field("uscc")
    affiliation: str = _field("affiliation")
    retirees: pd.Int64Dtype = _field("retirees")
    agreement: pd.Int64Dtype = _field("agreement")
    archives_due: pd.Int64Dtype = _field("archives_due")
    archives: pd.Int64Dtype = _field("archives")
    party_members: pd.Int64Dtype = _field("party_members")
    party: pd.Int64Dtype = _field("party")
    functions: pd.Int64Dtype = _field("functions")
    note: str = _field("note")
