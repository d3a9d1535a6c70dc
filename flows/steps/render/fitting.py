"""Texts that have to fit a place in one line: which of the template's character styles is taken for which length.

The styles are the template's own (their looks belong to the office); here stands only how many Han characters each of them
has room for. A longer text is set as the paragraph has it and wraps.
"""

import math
import unicodedata
from collections.abc import Callable, Mapping

from flows.steps.wording import Fitted

STYLES: Mapping[str, tuple[tuple[float, str], ...]] = {
    "报头": (
        (7, "HeadName60"),
        (9, "HeadName48"),
        (11, "HeadName40"),
        (14, "HeadName40n"),
        (17.5, "HeadName36n"),
        (22, "HeadName30n"),
        (26, "HeadName28n"),
        (32, "HeadName26n"),
        (math.inf, "HeadName22n"),
    ),
    "编发单位": ((19, "HeadOffice"), (25.5, "HeadOfficeNarrow"), (31, "HeadOfficeNarrower")),
}


def width(text: str) -> float:
    """Return how wide a text is, in Han characters: letters and digits take half of one."""
    return sum(1.0 if unicodedata.east_asian_width(c) in "WFA" else 0.5 for c in text)


def style_for(styles: str) -> Callable[[Fitted], str | None]:
    """Return the function that gives the character style for a text, as far as the template's styles part has it."""

    def choose(fitted: Fitted) -> str | None:
        wide = width(fitted.text)
        chosen = next((style for room, style in STYLES.get(fitted.place, ()) if wide <= room), None)
        return chosen if chosen is not None and f'w:styleId="{chosen}"' in styles else None

    return choose
