"""The spellings of headers and values, read from the CSV files beside this module (DESIGN §4).

What changes from county to county is data: `headers/*.csv` maps spellings of headers to our fields,
`values/*.csv` those of values. In a spelling `|` separates alternatives, `/` the levels of a merged
header, and `*` stands for any text.
"""

import csv
import itertools
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache
from pathlib import Path

from schemas.characters import INVISIBLE_CLASS, meant, without_marks

HERE = Path(__file__).resolve().parent
_SPACE = re.compile(rf"[\s{INVISIBLE_CLASS}]+")
_NUMBERED = re.compile(r"^(?:\*|\d{1,2}[.、]|\(\d{1,2}\))+")
IGNORED = "ignored"  # the list of heads that no ledger needs
NOTHING: Mapping[str, str] = {}
NOT_OF_TODAY = "a count that is not of today"  # of a qualifier in headers/qualifiers.csv
_BRACKETED = re.compile(r"\(([^()]*)\)")


def squeeze(text: str) -> str:
    """Return the text in the form in which texts are compared.

    That is NFKC without white space and invisible characters, look-alikes replaced.
    """
    if text.isascii():
        return _SPACE.sub("", text)
    return _SPACE.sub("", unicodedata.normalize("NFKC", meant(text)))


def squeeze_all(texts: Sequence[str]) -> list[str]:
    """Return many texts squeezed; blanks are removed from all at once, NFKC where it is needed."""
    whole = meant("\0".join(texts))
    if not unicodedata.is_normalized("NFKC", whole):
        whole = "\0".join(
            text if unicodedata.is_normalized("NFKC", text) else unicodedata.normalize("NFKC", text)
            for text in whole.split("\0")
        )
    if whole.count("\0") != len(texts) - 1:
        return [squeeze(text) for text in texts]
    return _SPACE.sub("", whole).split("\0")


@dataclass(frozen=True)
class Spellings:
    """A table of spellings: exact ones in a dictionary, those with `*` as patterns."""

    exact: Mapping[str, str]
    patterns: tuple[tuple[re.Pattern[str], str], ...] = field(default=())

    def get(self, text: str) -> str | None:
        """Return what a squeezed text stands for, None if it is unknown."""
        found = self.exact.get(text)
        if found is not None:
            return found
        return next((value for pattern, value in self.patterns if pattern.fullmatch(text)), None)

    def values(self) -> tuple[str, ...]:
        """Return the distinct values in the order of the file."""
        return tuple(dict.fromkeys([*self.exact.values(), *(value for _, value in self.patterns)]))


@dataclass(frozen=True)
class OwnSpellings:
    """The office's own spellings (campaign/写法.csv), added to ours: list, spelling and meaning.

    A list is a ledger kind, `ignored`, or a list of values.
    """

    lines: tuple[tuple[str, str, str], ...] = ()


NO_OWN = OwnSpellings()


def spellings_text(own: OwnSpellings) -> str:
    """Return the office's own spellings as a text to digest, empty if there are none."""
    return "\n".join("\t".join(line) for line in sorted(own.lines))


@cache
def ignored(own: OwnSpellings = NO_OWN) -> Spellings:
    """Return the heads of columns that no ledger needs: ours, then the office's own."""
    ours = _read(HERE / "headers" / f"{IGNORED}.csv", levels=True)
    exact = dict(ours.exact)
    for listed, spelling, value in own.lines:
        for text in alternatives(spelling, levels=True) if listed == IGNORED else ():
            exact.setdefault(text, value)
    return Spellings(exact, ours.patterns)


@cache
def qualifiers() -> Spellings:
    """Return the texts above a head that make another count of it: 本月, 计划, 比上月增减."""
    return _read(HERE / "headers" / "qualifiers.csv", levels=False)


def is_of_today(head: str) -> bool:
    """Return whether a head speaks of what is, and not of what is planned: 计划竣工日期."""
    text = squeeze(head)
    return qualifiers().get(f"…{text}…") != NOT_OF_TODAY  # a `*` stands for some text


@cache
def parents() -> Spellings:
    """Return the texts over several columns of a header that mean nothing: 基本情况, 移交情况."""
    return _read(HERE / "headers" / "parents.csv", levels=False)


@cache
def labels() -> Spellings:
    """Return the labels of the lines around a table (填报单位, 合计, 注 …) and their roles."""
    return _read(HERE / "headers" / "labels.csv", levels=False)


@cache
def values(name: str) -> Spellings:
    """Return the spellings of a list of values that belongs to no campaign, such as unit, empty."""
    return _read(HERE / "values" / f"{name}.csv", levels=False)


@lru_cache(maxsize=4096)
def header_key(text: str) -> str:
    """Return a header's text as it is looked up: squeezed, without numbering, stars and asides.

    Asides in brackets are units, (人) or (份·册·卷), and remarks, (必填) or (截至5月底).
    """
    plain = squeeze(without_marks(text))
    bare = _NUMBERED.sub("", plain)
    if "(" in bare:
        bare = _BRACKETED.sub(lambda m: "" if _is_aside(m[1]) else m[0], bare)
    return bare.rstrip("*") or plain


def _is_aside(bracketed: str) -> bool:
    return unit_scale(bracketed) is not None or values("remark").get(bracketed) is not None


@lru_cache(maxsize=4096)
def dimension(text: str) -> str | None:
    """Return what a unit or a sub-head counts (户, 人, 份, %, 元), None if the text is neither."""
    return values("dimension").get(squeeze(text).strip("()"))


@lru_cache(maxsize=4096)
def unit_scale(text: str) -> int | None:
    """Return the factor of a unit (人 1, 万人 10 000, % 0), None if the text is not a unit."""
    found = values("unit").get(squeeze(text))
    return None if found is None else int(found)


def _read(path: Path, *, levels: bool) -> Spellings:
    exact: dict[str, str] = {}
    patterns: list[tuple[re.Pattern[str], str]] = []
    with path.open(encoding="utf-8", newline="") as file:
        for spelling, value in itertools.islice(csv.reader(file), 1, None):
            for text in alternatives(spelling, levels=levels):
                if "*" in text:
                    patterns.append((re.compile(re.escape(text).replace(r"\*", ".+")), value))
                elif exact.setdefault(text, value) != value:
                    raise ValueError(
                        f"{path.name}: {text} stands for both {exact[text]} and {value}"
                    )
    return Spellings(exact, tuple(patterns))


def made(
    lines: Iterable[tuple[str, str]], names: Mapping[str, str] = NOTHING, *, levels: bool = False
) -> Spellings:
    """Return the spellings of `names` (taken as they stand) and of lines; the first one counts."""
    exact = {squeeze(text): value for text, value in names.items()}
    patterns: list[tuple[re.Pattern[str], str]] = []
    for spelling, value in lines:
        for text in alternatives(spelling, levels=levels):
            if "*" in text:
                patterns.append((re.compile(re.escape(text).replace(r"\*", ".+")), value))
            else:
                exact.setdefault(text, value)
    return Spellings(exact, tuple(patterns))


def alternatives(spelling: str, *, levels: bool) -> Iterator[str]:
    """Yield the texts that a spelling stands for, squeezed; levels are joined by `/`."""
    parts = spelling.split("/") if levels else [spelling]
    for chosen in itertools.product(*(part.split("|") for part in parts)):
        yield "/".join(squeeze(text) for text in chosen)
