"""What Prefect's forms offer: the form of a month, and the names of the campaign folder."""

from pathlib import Path

from flows.campaign import load_campaign
from flows.steps.model import OfficeError

MONTH_FORM = r"^\d{4}-(0[1-9]|1[0-2])$"
CITY = "全市"


def names_in(folder: Path) -> list[str]:
    """Return the names that a bulletin can be asked for by: 全市, then counties and enterprises; only 全市 without a campaign folder."""
    try:
        campaign = load_campaign(folder)
    except OfficeError:
        return [CITY]
    return list(dict.fromkeys([CITY, *(c.name for c in campaign.counties), *(e.name for e in campaign.enterprises)]))
