"""The roster 花名册: one row a retiree, four dates that stay empty until done (DESIGN §3)."""

from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
import pandera.pandas as pa

from schemas.columns import ROSTER
from schemas.pandera_models import field_of

if TYPE_CHECKING:
    from datetime import datetime

    Day: TypeAlias = datetime
else:
    Day = np.dtype("datetime64[s]")


def _field(name: str) -> Any:
    return field_of(ROSTER, name)


class Roster(pa.DataFrameModel):
    """A typed roster: dates are their first possible day, ID numbers of the old form lengthened."""

    person: str = _field("person")
    sex: str = _field("sex")
    id: str = _field("id")
    enterprise: str = _field("enterprise")
    uscc: str = _field("uscc")
    affiliation: str = _field("affiliation")
    county: str = _field("county")
    community: str = _field("community")
    retired: Day = _field("retired")
    politics: str = _field("politics")
    phone: str = _field("phone")
    agreement_date: Day = _field("agreement_date")
    archives_date: Day = _field("archives_date")
    party_date: Day = _field("party_date")
    functions_date: Day = _field("functions_date")
    note: str = _field("note")
