"""Names for templates: the month's own words, and the figures given from above."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from flows.settings import GivenFigure
from flows.steps.compose.facts import Facts
from flows.steps.compose.scopes import Scope
from flows.steps.model import Field, Record
from flows.steps.wording.phrases import Place, enumerated, place
from schemas.month_words import FOLDER, HEADINGS, SUFFIX


@dataclass(frozen=True)
class Section:
    """A heading of the month's own words with its paragraphs."""

    name: str
    paragraphs: tuple[str, ...]


_SECTION: tuple[Field[Section], ...] = (
    Field("名称", "标题", "", lambda s: s.name),
    Field("各段", "标题下的各段", "", lambda s: s.paragraphs),
)
SECTION_FIELDS: Mapping[str, Field[Section]] = {field.name: field for field in _SECTION}
_GIVEN: tuple[Field[GivenFigure], ...] = (
    Field("名称", "什么数", "", lambda g: g.item),
    Field("数", "数和单位，照所写的印", "", lambda g: g.value),
    Field("名次", "本地在其中的名次，没有写的为空", "", lambda g: Place(g.place)),
    Field("来源", "来源", "", lambda g: g.source),
)
GIVEN_FIGURE_FIELDS: Mapping[str, Field[GivenFigure]] = {field.name: field for field in _GIVEN}


def word_fields() -> Iterator[Field[Scope]]:
    """Yield the names of the month's own words and of the figures given from above."""
    file = f"campaign/{FOLDER}/月份{SUFFIX}"
    yield from (_heading(name, file) for name in HEADINGS)
    yield Field("各节文字", f"{file} 中写了的各节，按次序", "", lambda s: _sections(s.facts))
    yield Field(
        "上级数据",
        "campaign.toml 的 given 中写的上级通报的数",
        "",
        lambda s: tuple(Record(GIVEN_FIGURE_FIELDS, given) for given in _given(s.facts)),
    )
    yield Field("上级数据说法", "上级数据写成的话，同一来源的在一起", "", _given_in_words)


def _heading(name: str, file: str) -> Field[Scope]:
    meaning = f"{file} 中“{name}”下的各段，没有的为空"
    return Field(name, meaning, "", lambda s: _words(s.facts).get(name, ()))


def _words(facts: Facts) -> Mapping[str, tuple[str, ...]]:
    return facts.report.campaign.words.get(facts.report.month, {})


def _sections(facts: Facts) -> tuple[Record, ...]:
    words = _words(facts)
    sections = [Section(name, words[name]) for name in HEADINGS if name in words]
    return tuple(Record(SECTION_FIELDS, section) for section in sections)


def _given(facts: Facts) -> tuple[GivenFigure, ...]:
    return facts.settings.given.get(facts.report.month, ())


def _given_in_words(scope: Scope) -> str:
    """Return the given figures by source: 据省专班通报，全省协议签订率92.31%（本地列第3位）."""
    by_source: dict[str, list[str]] = {}
    for given in _given(scope.facts):
        rank = f"（本地列{place(given.place)}）" if given.place else ""
        by_source.setdefault(given.source, []).append(f"{given.item}{given.value}{rank}")
    return "；".join(f"据{source}，{enumerated(said)}" for source, said in by_source.items())
