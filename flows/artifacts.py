"""A month's result as Prefect shows it: figures and verdicts by county and sender, nothing personal."""

from typing import Any

from flows.month import verdicts
from flows.steps.model import Report
from flows.steps.printing import percent
from schemas.columns import KIND_NAMES, RATE_NAMES, VERDICT_NAMES, header_of


def month_markdown(report: Report) -> str:
    """Return a month's result as Markdown: the city's figures, the verdicts, who has to be written to."""
    city = report.figures.city
    lines = [f"# {report.month.label}", ""]
    lines += [f"- {header_of('progress', 'retirees')}：{city.counts['retirees']}人，{city.counts['enterprises']}户企业"]
    lines += [f"- {word}：{percent(city.rates[name])}" for name, word in RATE_NAMES.items()]
    counted = verdicts(x for x in report.ledgers if x.superseded_by is None)
    lines += ["", "## 台账", "", *(f"- {word}：{counted[key]}个" for key, word in VERDICT_NAMES.items() if key in counted)]
    back = [row for row in report.figures.coverage if row.verdict != "accepted"]
    lines += ["", "## 需联系的单位", ""] if back else []
    lines += [f"- {row.sender}（{KIND_NAMES[row.kind]}）：{VERDICT_NAMES[row.verdict]}" for row in back]
    return "\n".join([*lines, ""])


def county_rows(report: Report) -> list[dict[str, Any]]:
    """Return a line for each county: rank, retirees and the four rates."""
    header = header_of("progress", "retirees")
    return [
        {"名次": e.rank or "—", "县（市、区）": e.name, header: e.counts["retirees"]}
        | {word: percent(e.rates[name]) for name, word in RATE_NAMES.items()}
        for e in sorted(report.figures.counties, key=lambda e: (e.rank or 10**6, e.name))
    ]  # fmt: skip


def quality_rows(report: Report) -> list[dict[str, Any]]:
    """Return a line for each ledger: who sent it, its verdict and its rows."""
    return [
        {"报送单位": x.sender or x.likely or "—", "文件": x.file, "台账": KIND_NAMES[x.kind] if x.kind else "—",
         "结论": VERDICT_NAMES[x.verdict], "数据行": x.read, "错行": x.rejected}
        for x in report.ledgers
    ]  # fmt: skip
