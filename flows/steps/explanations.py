"""Values that count because somebody has said why they are so, from the faults that say it."""

import re
from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from functools import cache

from flows.settings import Campaign
from flows.steps.model import Explanation, Failure, Field, Record
from schemas.amounts import in_smallest
from schemas.columns import Level
from schemas.definition import Definition
from schemas.rules import ANSWERED, EXPLAINED, EXPLAINED_REMEDY, RULES, SURVEYED

_NUMBER = re.compile(r"\d+(?:\.\d+)?")


def is_explained(fault: Failure) -> bool:
    """Return whether a fault is a question that has been answered."""
    return fault.severity == "note" and fault.remedy == EXPLAINED_REMEDY


def explanations_of(
    faults: Iterable[tuple[str, Failure]], campaign: Campaign, city: Mapping[str, int]
) -> list[Explanation]:
    """Return what is explained by some senders' faults, what moves the city's counts most first.

    A reason that no report may show, such as one in a roster, explains nothing to its reader.
    """
    counties = sorted((county.name for county in campaign.counties), key=len, reverse=True)
    found = []
    for sender, fault in faults:
        parts = _parts(fault)
        if parts is not None:
            registered = campaign.sender.get(sender)
            home = registered.county if registered else None
            county, enterprise = _unit(fault, counties, home or "")
            question, reason = parts
            unit = (county, enterprise)
            definition = campaign.definition
            found.append(_explanation(sender, fault, question, reason, unit, definition, city))
    return sorted(found, key=lambda explanation: -explanation.weight)


def _explanation(
    sender: str,
    fault: Failure,
    question: str,
    reason: str,
    unit: tuple[str, str],
    definition: Definition,
    city: Mapping[str, int],
) -> Explanation:
    facts = _facts(fault.code, question)
    previous = facts.get("previous")
    gone = previous is not None and fault.value is None
    header = definition.count_name(definition.main) if gone else fault.header or ""
    counts = {definition.count_name(name): name for name in definition.counts}
    count = counts.get(header)
    return Explanation(
        sender,
        fault.file,
        "!".join(part for part in (fault.sheet, fault.cell) if part),
        RULES[fault.code].title,
        *unit,
        header,
        previous,
        fault.value,
        _change(fault, header, facts, definition),
        reason.rstrip("。；，;, "),
        _weight(previous, fault.value, definition, count, city),
        len(counts) if count is None else definition.counts.index(count),
    )


def _parts(fault: Failure) -> tuple[str, str] | None:
    """Return a fault's question and the reason given, None where none is shown."""
    if not is_explained(fault):
        return None
    for sentence in (ANSWERED, EXPLAINED):
        before, after = sentence.removeprefix("{message}").split("{reason}")
        question, mark, rest = fault.message.partition(before)
        if mark and rest.endswith(after):
            return question, rest.removesuffix(after)
    return None


def _unit(fault: Failure, counties: Sequence[str], home: str) -> tuple[str, str]:
    """Return a fault's county and enterprise; `home` is the county of a sender that is one."""
    county = next((name for name in counties if fault.unit.startswith(name)), "")
    return county or home, fault.unit.removeprefix(county)


def _change(fault: Failure, header: str, facts: Mapping[str, str], definition: Definition) -> str:
    """Return what is explained in a few words: 退休人员总数由320变为600."""
    previous, value = facts.get("previous"), fault.value
    if previous is not None and value is not None:
        return f"{header}由{previous}变为{value}"
    if previous is not None:
        return f"原有{previous}{definition.unit_of(definition.main)}，本月没有"
    if "surveyed" in facts:
        return f"{header}为{facts['value']}，摸底人数为{facts['surveyed']}"
    return RULES[fault.code].title


def _weight(
    previous: str | None,
    value: str | None,
    definition: Definition,
    count: str | None,
    city: Mapping[str, int],
) -> Fraction:
    """Return which share of a city's count a value has moved, 0 if it is not known."""
    texts = (previous or "", value or "0")
    if count is None or not all(_NUMBER.fullmatch(text) for text in texts):
        return Fraction(0)
    before, now = (in_smallest(text, definition.decimals_of(count)) for text in texts)
    return Fraction(abs(now - before), max(city.get(count, 0), 1))


def _facts(code: str, question: str) -> Mapping[str, str]:
    """Return the facts that a rule's sentence was filled in with."""
    matches = (_pattern(sentence).match(question) for sentence in (RULES[code].sentence, SURVEYED))
    return next((match.groupdict() for match in matches if match), {})


@cache
def _pattern(sentence: str) -> re.Pattern[str]:
    """Return what finds the facts in a sentence; a fact that stands in it twice is found once."""
    parts = re.split(r"\{(\w+)\}", sentence)
    pattern = ""
    for number, part in enumerate(parts):
        is_text, known = number % 2 == 0, f"(?P<{part}>" in pattern
        what = r"\D*?" if part.endswith("measure") else ".*?"  # a unit follows its number
        pattern += re.escape(part) if is_text else what if known else f"(?P<{part}>{what})"
    return re.compile(pattern)


_EXPLANATION: tuple[Field[Explanation], ...] = (
    Field("名称", "县（市、区）和企业，整册台账的为报送单位", "", lambda x: x.unit),
    Field("县", "县（市、区），不属于哪一个的为空", "", lambda x: x.county),
    Field("企业", "企业名称，整册台账的为空", "", lambda x: x.enterprise),
    Field("报送单位", "报送的单位", "", lambda x: x.sender),
    Field("栏目", "台账的栏目，没有的为空", "", lambda x: x.header),
    Field("疑问", "核实的是什么问题", "", lambda x: x.title),
    Field("上月", "上次通过的数，没有的为“—”", "", lambda x: x.previous),
    Field("本月", "本月计入的数，本月没有的为“—”", "", lambda x: x.value),
    Field("原因", "报送单位或办公室说明的原因", "", lambda x: x.reason),
    Field("变动", "什么数由多少变为多少", "", lambda x: x.change),
)
EXPLANATION_FIELDS: Mapping[str, Field[Explanation]] = {field.name: field for field in _EXPLANATION}


def explanation_record(explanation: Explanation) -> Record:
    """Return the values of an explanation that a template may name."""
    return Record(EXPLANATION_FIELDS, explanation)


def in_sentences(explanations: Iterable[Explanation], level: Level) -> list[str]:
    """Return what is explained in words, in order; changes of one row for one reason together.

    A county's bulletin need not name the county, nor an enterprise's the enterprise.
    """
    changes: dict[tuple[str, str], list[Explanation]] = {}
    for x in explanations:
        own = {"city": x.unit, "county": x.enterprise, "enterprise": x.county}[level]
        changes.setdefault((own or x.unit, x.reason), []).append(x)
    return [
        f"{unit}{'、'.join(x.change for x in sorted(said, key=lambda x: x.order))}，{reason}"
        for (unit, reason), said in changes.items()
    ]
