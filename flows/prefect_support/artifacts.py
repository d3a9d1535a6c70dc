"""A month's result as Prefect shows it: figures and verdicts, nothing personal."""

from collections import Counter
from collections.abc import Iterable

from flows.steps.model import Failure, LedgerReport, Outcome, Report
from flows.steps.wording.numbers import percent
from schemas.columns import KIND_NAMES, VERDICT_NAMES
from schemas.definition import HOUSEHOLDS
from schemas.rules import RULES, SEVERITIES


def in_one_line(report: Report) -> str:
    """Return a month's verdicts and missing ledgers in one line."""
    counted = report.verdicts
    words = "，".join(
        f"{word}{counted[key]}个" for key, word in VERDICT_NAMES.items() if key in counted
    )
    return f"{report.month.label}：台账{words}" + (
        f"；未报送{len(report.missing)}家" if report.missing else ""
    )


def state_name(outcome: Outcome) -> str:
    """Return the name of the final state of a run: what still has to be done about the month."""
    if outcome.complete:
        return "Completed"
    verdicts = {row.verdict for row in outcome.report.figures.coverage}
    verdicts |= {ledger.verdict for ledger in outcome.report.live}
    only_held = "held" in verdicts and verdicts <= {"accepted", "partly", "held"}
    return "待核实" if only_held else "有退回"


def month_markdown(report: Report, folder: str) -> str:
    """Return a month's result as Markdown: figures, verdicts, senders to contact, paths."""
    city, definition = report.figures.city, report.campaign.definition
    lines = [f"# {report.month.label}", ""]
    main, units = definition.main, f"{city.counts[HOUSEHOLDS]}{definition.words.unit_measure}"
    people = f"{city.counts[main]}{definition.unit_of(main)}"
    lines += [
        f"- {definition.count_name(main)}：{people}，{units}{definition.words.unit}",
        *(f"- {word}：{percent(city.rates[key])}" for key, word in definition.rate_names.items()),
    ]
    counted = report.verdicts
    lines += [
        "",
        "## 台账",
        "",
        *(f"- {word}：{counted[key]}个" for key, word in VERDICT_NAMES.items() if key in counted),
    ]
    back = [row for row in report.figures.coverage if row.verdict != "accepted"]
    lines += ["", "## 需联系的单位", ""] if back else []
    lines += [
        f"- {row.sender}（{KIND_NAMES[row.kind]}）：{VERDICT_NAMES[row.verdict]}" for row in back
    ]
    if unreported := report.unreported:
        heading = f"## 无人填报的名录{definition.words.unit}"
        lines += ["", heading, "", "、".join(unreported)]
    lines += [
        "",
        "## 文件",
        "",
        f"- 简报：`{folder}/bulletins`",
        f"- 汇总表：`{folder}/汇总表.xlsx`",
        f"- 总览：`{folder}/index.html`",
    ]
    return "\n".join([*lines, ""])


def county_rows(report: Report) -> list[dict[str, str | int]]:
    """Return a row for each county: rank, the main count and the rates."""
    definition = report.campaign.definition
    header, main = definition.count_name(definition.main), definition.main
    return [
        {"名次": e.rank or "—", definition.words.middle: e.name, header: e.counts[main]}
        | {word: percent(e.rates[name]) for name, word in definition.rate_names.items()}
        for e in sorted(report.figures.counties, key=lambda e: (e.rank or 10**6, e.name))
    ]


def ledger_rows(ledgers: Iterable[LedgerReport]) -> list[dict[str, str | int]]:
    """Return a row for each ledger: sender, verdict and row counts."""
    return [
        {
            "报送单位": x.sender or x.likely or "—",
            "文件": x.file,
            "台账": KIND_NAMES[x.kind] if x.kind else "—",
            "结论": VERDICT_NAMES[x.verdict],
            "数据行": x.read,
            "错行": x.rejected,
        }
        for x in ledgers
    ]


def failure_rows(failures: Iterable[Failure]) -> list[dict[str, str | int]]:
    """Return how often each rule was broken in each file, without values or cells."""
    counts = Counter((f.file, f.code, f.severity) for f in failures)
    order = list(SEVERITIES)
    return [
        {
            "文件": file or "—",
            "问题": RULES[code].title,
            "处理": SEVERITIES[severity],
            "处数": count,
        }
        for (file, code, severity), count in sorted(
            counts.items(), key=lambda item: (item[0][0], order.index(item[0][2]), item[0][1])
        )
    ]
