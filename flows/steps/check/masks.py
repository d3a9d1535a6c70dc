"""What may be shown of a value outside its sender's own workbook (domain.md §5).

Row number, surname and *, last four digits, and nothing else personal. A roster whose columns have slipped can hold a name or
a number anywhere, so no text of a roster is shown whole unless it is one of the words that the field's list knows.
"""

import re

from schemas.columns import Column, Kind
from schemas.spellings import squeeze, values

_DIGITS = re.compile(r"\d(?:[\s\-]?\d){5,}[\dXx]?")


def shown(kind: Kind, column: Column, text: str) -> str:
    """Return a cell's text as reports print it."""
    text = " ".join(text.split())
    if column.type == "name":
        return f"{text[:1]}*" if text else ""
    if column.type in ("id", "phone"):
        return last_four(text)
    if column.type == "uscc":
        return text if len(text) == 18 and kind == "progress" else last_four(text)
    if kind == "roster" and not _harmless(column, text):
        return f"{text[:1]}*" if not _DIGITS.search(text) else last_four(text)
    return _DIGITS.sub(lambda m: last_four(m[0]), text)[:60] if _longest_run(text) > 10 else text[:60]


def last_four(text: str) -> str:
    """Return a number with all but its last four characters hidden."""
    plain = squeeze(text)
    return "*" * max(len(plain) - 4, 4) + plain[-4:] if len(plain) > 4 else "*" * len(plain)


def _harmless(column: Column, text: str) -> bool:
    """Return whether a roster's text can hold nothing personal: a short date or number, or a word of the field's list."""
    if column.type == "date":
        return bool(re.fullmatch(r"[\d\s年月日号./\-:]{1,19}", text)) and sum(c.isdigit() for c in text) <= 8
    if column.type == "enterprise":
        return bool(re.search(r"(?:公司|厂|集团|局|所|院|社|站|矿|中心|企业|部|店|行|场)", text)) and not _DIGITS.search(text)
    if column.type == "county":
        return bool(re.search(r"[县区市旗]", text)) and len(text) <= 12
    return column.type in ("sex", "politics", "affiliation") and values(column.type).get(squeeze(text)) is not None


def _longest_run(text: str) -> int:
    return max((len(run) for run in re.findall(r"\d+", text)), default=0)
