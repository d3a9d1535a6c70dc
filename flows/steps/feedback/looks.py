"""How marked cells and the list look: colours that also show in a black and white print."""

import re
from collections.abc import Mapping

from flows.steps.feedback.workbook.styles import Look

WRONG, QUERY, DOUBT = "FFFF9966", "FF9DC3E6", "FFFFE699"  # to be mended, explained, looked at
COLOURS = (WRONG, QUERY, DOUBT)  # the worst first
FILLS: Mapping[str, str] = {"ledger": WRONG, "row": WRONG, "query": QUERY, "note": DOUBT}
TITLE = Look(font="黑体", size=16, framed=False)
BOLD = Look(font="黑体", framed=False)
PLAIN = Look(framed=False)
HEAD = Look(font="黑体", fill="FFD9D9D9", centred=True)
CELL, CENTRED = Look(), Look(centred=True)
TEXT = Look(text=True)
LINK = Look(colour="FF0563C1", underlined=True)
_ILLEGAL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_ESCAPE = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")  # what Excel takes for a character's number
LONGEST = 32_000  # characters; Excel's limit of a cell is 32 767


def shown(text: str) -> str:
    """Return a text that a cell or a comment can hold."""
    return _ESCAPE.sub("_x005F_", _ILLEGAL.sub("", text)[:LONGEST])


def look_of(value: object, look: Look) -> Look:
    """Return how a value is shown; a text stays a text, also one that begins with = + - or @."""
    return TEXT if isinstance(value, str) and value[:1] in ("=", "+", "-", "@") else look
