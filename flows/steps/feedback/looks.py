"""How marked cells and the list look: colours that also show in a black and white print."""

import re
from typing import Any

from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side

from flows.steps.model import Severity

AUTHOR = "台账审核"  # of our comments; by it they are known again when the copy comes back
WRONG, DOUBT = "FFFF9966", "FFFFE699"  # a cell that must be mended, one to look at
FILLS = {
    "ledger": PatternFill("solid", fgColor=WRONG),
    "row": PatternFill("solid", fgColor=WRONG),
    "note": PatternFill("solid", fgColor=DOUBT),
}
WORDS: dict[Severity, str] = {"ledger": "退回", "row": "剔除本行", "note": "提示"}
HEAD = PatternFill("solid", fgColor="FFD9D9D9")
_THIN = Side(style="thin", color="FF808080")
GRID = Border(left=_THIN, right=_THIN, top=_THIN, bottom=_THIN)
TITLE, BOLD, PLAIN, LINK = (
    Font(name="黑体", size=16),
    Font(name="黑体", size=11),
    Font(name="宋体", size=11),
    Font(name="宋体", size=11, color="FF0563C1", underline="single"),
)
WRAPPED = Alignment(wrap_text=True, vertical="top")
CENTRED = Alignment(wrap_text=True, vertical="top", horizontal="center")
_ILLEGAL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
LONGEST = 32_000  # characters; Excel's limit of a cell is 32 767


def put(cell: Any, value: object) -> None:
    """Write a value into a cell; a text stays a text, also one that begins with = + - or @."""
    if not isinstance(value, str):
        cell.value = value
        return
    text = _ILLEGAL.sub("", value)[:LONGEST]
    cell.value = text
    cell.data_type = "s"
    if text[:1] in ("=", "+", "-", "@"):
        cell.quotePrefix = True


def note(text: str) -> Comment:
    """Return a comment whose box is large enough for its text."""
    lines = sum(1 + len(line) // 20 for line in text.split("\n"))
    return Comment(
        _ILLEGAL.sub("", text)[:LONGEST], AUTHOR, height=min(20 * lines + 16, 400), width=320
    )
