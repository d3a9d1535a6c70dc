"""Number formats of a template's cells: what a number has to be to show as the office means it."""

import copy
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Literal

from lxml import etree

from flows.steps.render.workbook.grid import S

FormatKind = Literal["general", "text", "percent", "date", "number"]
_TEXT, _GENERAL = "@", "General"
_BUILT_IN: Mapping[int, str] = {
    0: _GENERAL, 1: "0", 2: "0.00", 3: "#,##0", 4: "#,##0.00", 9: "0%", 10: "0.00%", 49: _TEXT,
    **dict.fromkeys([*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)], "yyyy"),
}  # fmt: skip
_LITERAL = re.compile(r'"[^"]*"|\\.|_.|\*.|\[[^\]]*\]')
_DAYS = re.compile(r"[ymdhs]", re.IGNORECASE)
_DECIMALS = re.compile(r"\.([0#?]+)")
_EPOCH = {False: date(1899, 12, 30), True: date(1904, 1, 1)}


@dataclass(frozen=True)
class NumberFormat:
    """A number format: its kind, and how many decimals it shows."""

    kind: FormatKind
    decimals: int = 0


def read_format(code: str) -> NumberFormat:
    """Return what a format's code shows; of several sections the first counts."""
    plain = _LITERAL.sub("", code.split(";")[0])
    found = _DECIMALS.search(plain)
    decimals = len(found[1]) if found else 0
    if plain.strip().lower() in ("", "general"):
        return NumberFormat("general")
    if _TEXT in plain:
        return NumberFormat("text")
    if "%" in plain:
        return NumberFormat("percent", decimals)
    return NumberFormat("date" if _DAYS.search(plain) else "number", decimals)


class Formats:
    """The number formats of a workbook by the styles of its cells; `root` grows with new ones."""

    def __init__(self, root: etree._Element, *, from_1904: bool) -> None:
        self.root, self._epoch = root, _EPOCH[from_1904]
        self._codes = {
            int(e.get("numFmtId", "0")): e.get("formatCode", "")
            for e in root.iterfind(f"{S}numFmts/{S}numFmt")
        }
        self._made: dict[tuple[int, str], int] = {}

    @property
    def changed(self) -> bool:
        """Return whether there are new styles."""
        return bool(self._made)

    def of(self, style: int) -> NumberFormat:
        """Return the number format of a style."""
        number = int(self._style(style).get("numFmtId", "0"))
        return read_format(self._codes.get(number) or _BUILT_IN.get(number, _GENERAL))

    def value(self, number: str, style: int) -> tuple[str, int] | None:
        """Return a number as a cell of some style stores it, and its style; None for a text.

        `number` is what `values.number_of` says of it.
        """
        form = self.of(style)
        kind, text = number[0], number[1:]
        if kind == "n":
            return None if form.kind == "text" else (text, style)
        if kind == "d":
            day = str((date.fromisoformat(text) - self._epoch).days)
            return (day, style) if form.kind == "date" else None
        if form.kind not in ("percent", "number"):
            return None
        exact = Fraction(text)
        value = exact if form.kind == "percent" else exact * 100
        shown = _as_printed(exact, form) if kind == "r" else ""
        return repr(float(value)), self._saying(style, shown) if shown else style

    def _style(self, number: int) -> etree._Element:
        styles = self.root.findall(f"{S}cellXfs/{S}xf")
        return styles[number] if number < len(styles) else etree.Element(f"{S}xf")

    def _saying(self, style: int, text: str) -> int:
        """Return a style like another that shows a number as a given text."""
        if (style, text) not in self._made:
            numbers = [*self._codes, 163]
            code, key = f'"{text}"', max(numbers) + 1
            self._codes[key] = code
            holder = self.root.find(f"{S}numFmts")
            if holder is None:
                holder = etree.Element(f"{S}numFmts")
                self.root.insert(0, holder)
            etree.SubElement(holder, f"{S}numFmt", numFmtId=str(key), formatCode=code)
            holder.set("count", str(len(holder)))
            xf = copy.deepcopy(self._style(style))
            xf.set("numFmtId", str(key))
            xf.set("applyNumberFormat", "1")
            styles = self.root.find(f"{S}cellXfs")
            if styles is None:
                return style
            styles.append(xf)
            styles.set("count", str(len(styles)))
            self._made[style, text] = len(styles) - 1
        return self._made[style, text]


def _as_printed(rate: Fraction, form: NumberFormat) -> str:
    """Return how a rate has to read where the format alone would not show it so, else "".

    Only what is finished reads 100 %, only what has not begun 0 %, as in every document.
    """
    scale = 10**form.decimals
    exact = rate * 100 * scale
    half_up = (exact + Fraction(1, 2)).__floor__()
    shown = min(max(half_up, 1), 100 * scale - 1) if 0 < rate < 1 else half_up
    if rate < 0 or (exact.denominator != 2 and round(exact) == shown):
        return ""
    whole, rest = divmod(shown, scale)
    digits = f".{rest:0{form.decimals}d}" if form.decimals else ""
    return f"{whole}{digits}{'%' if form.kind == 'percent' else ''}"
