"""returns/index.html: every fault of the month for the office, grouped and one by one."""

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from flows.steps.model import Report
from flows.steps.overview.links import Link, Links
from flows.steps.overview.pages import render_page
from flows.steps.overview.problems import (
    Problem,
    Tally,
    by_rule,
    by_sender,
    problems_of,
    sender_of_each,
)
from flows.steps.overview.rollcall import verdict_name
from flows.steps.standings import roll_call
from schemas.columns import VERDICT_NAMES
from schemas.rules import RULES, SEVERITIES

REPLACED = "已被替换"  # beside the severities, for the faults of files that no longer count
_ESCAPES = {
    "\u2028": "\\u2028",
    "\u2029": "\\u2029",
    "<": "\\u003c",
    ">": "\\u003e",
    "&": "\\u0026",
}


@dataclass(frozen=True)
class SenderRow:
    """A sender with its faults, the verdicts on its ledgers and what goes back to it."""

    tally: Tally
    verdicts: str
    papers: Sequence[Link]


def returns_page(report: Report, files: Sequence[str]) -> str:
    """Return returns/index.html of a month; it links to `files`, the paths in the folder.

    Without a script it has everything but the single faults, which come as data and are shown
    a page at a time.
    """
    links = Links(frozenset(files), "returns/")
    problems = problems_of(report)
    values = {
        "report": report,
        "settings": report.campaign.settings,
        "problems": problems,
        "totals": {
            severity: sum(p.count for p in problems if p.severity == severity)
            for severity in SEVERITIES
        },
        "found": sum(problem.count for problem in problems),
        "replaced": len(report.replaced),
        "costly": any(problem.severity != "note" for problem in problems),
        "verdicts": [(VERDICT_NAMES[v], n) for v, n in _verdicts(report).items()],
        "senders": _sender_rows(report, problems, links),
        "rules": [(tally, RULES[tally.name]) for tally in by_rule(problems)],
        "remedies": {problem.code: problem.example.remedy for problem in reversed(problems)},
        "severities": SEVERITIES,
        "weights": {severity: i for i, severity in enumerate(SEVERITIES)},
        "data": Markup(as_script_data(_data(report))),  # noqa: S704  (escaped for a script element)
        "overview": links.to("index.html"),
        "record": links.to("quality.json"),
    }
    return render_page("returns.html", ("_tables.js", "_faults.js"), values)


def as_script_data(value: object) -> str:
    """Return JSON for a script element, which nothing in it can end (HTML 4.12.1.3)."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    for character, escaped in _ESCAPES.items():
        text = text.replace(character, escaped)
    return text


def _verdicts(report: Report) -> dict[str, int]:
    """Return how many lines of the roll-call have each verdict, in the order of verdicts."""
    counted = Counter(row.verdict for row in report.figures.coverage)
    return {verdict: counted[verdict] for verdict in VERDICT_NAMES if counted[verdict]}


def _sender_rows(report: Report, problems: Sequence[Problem], links: Links) -> list[SenderRow]:
    verdicts: dict[str, list[str]] = {}
    for line in roll_call(report):
        verdicts.setdefault(line.sender, []).append(f"{line.kind_name}{verdict_name(line)}")
    return [
        SenderRow(
            tally,
            "、".join(verdicts.get(tally.name, [])) or "—",
            _papers(tally.name, links),
        )
        for tally in by_sender(problems)
    ]


def _papers(sender: str, links: Links) -> list[Link]:
    """Return the links to what goes back to a sender, and to its receipt."""
    receipt = links.receipt(sender)
    return [*links.packet(sender), *([receipt] if receipt else [])]


def _data(report: Report) -> dict[str, object]:
    """Return the single faults, each text once.

    A fault is its severity and the indexes of its texts, in the order that _faults.js names. Of the
    severities the first `open` are those of faults that are not settled.
    """
    texts: dict[str, int] = {}
    severities = list(SEVERITIES)
    rows = [
        [
            len(severities) if f in report.replaced else severities.index(f.severity),
            *(
                texts.setdefault(text or "", len(texts))
                for text in (
                    sender,
                    f.code,
                    f.file,
                    f.sheet,
                    f.cell,
                    f.header,
                    f.value,
                    f.message,
                    f.remedy,
                    f.aside,
                )
            ),
        ]
        for sender, f in zip(sender_of_each(report), report.failures, strict=True)
    ]
    rows.sort(key=lambda row: row[0])
    titles = {code: RULES[code].title for code in sorted({f.code for f in report.failures})}
    names = list(SEVERITIES.values())
    return {
        "classes": [*severities, "replaced"] if report.replaced else severities,
        "severities": [*names, REPLACED] if report.replaced else names,
        "open": len(severities),
        "titles": titles,
        "texts": list(texts),
        "rows": rows,
    }
