"""What faults and verdicts mean for the sender, in words that agree with each other."""

from collections.abc import Mapping, Sequence

from flows.settings import Campaign
from flows.steps.feedback.owners import failures_of_ledger
from flows.steps.feedback.problems import HELD, QUERY, problems_of
from flows.steps.model import Failure, Submission
from schemas.columns import KIND_NAMES
from schemas.rules import RULES

VERDICTS: Mapping[str, str] = {
    "accepted": "接收",
    "partly": "部分接收，有误的行不计入",
    "returned": "整册退回，改正前全部数据不计入",
    "held": "待核实，核实前全部数据不计入",
    "unreadable": "无法读取，请重报",
}
_WHOLE = ("returned", "unreadable")  # verdicts by which no row counts
_WORDS: Mapping[str, str] = {
    "ledger": "退回",
    "row": "剔除本行",
    "query": "须核实",
    "note": "提示",
}
_IN_COMMENTS: Mapping[str, str] = {
    "ledger": "必须改正",
    "row": "必须改正，否则本行不计入",
    "query": "须核实：有误的改正，属实的在“问题清单”中写明原因",
    "note": "提示",
}
_NAMED = 3  # titles of faults named in a verdict's reason


def consequence(severity: str, verdict: str) -> str:
    """Return what a fault costs, in a word or two; in a returned ledger no row counts anyway."""
    return "须改正" if severity == "row" and verdict in _WHOLE else _WORDS[severity]


def effect_of(severity: str, verdict: str) -> str:
    """Return what a fault costs if the rule's own word does not say it, else ""."""
    said = consequence(severity, verdict)
    return said if severity == QUERY or said != _WORDS[severity] else ""


def in_comment(severity: str, verdict: str) -> str:
    """Return what a fault costs as the comment on its cell says it."""
    return "必须改正" if severity == "row" and verdict in _WHOLE else _IN_COMMENTS[severity]


def verdict_of(failure: Failure, ledgers: Sequence[Submission]) -> str:
    """Return the verdict on the ledger that a fault is in, the first one's for the whole file."""
    for ledger in ledgers:
        if failures_of_ledger([failure], ledger, ledgers):
            return ledger.verdict
    return "returned"


def verdict_in_words(ledger: Submission, failures: Sequence[Failure], campaign: Campaign) -> str:
    """Return the verdict on a ledger, its rows, and why it is returned whole."""
    kind = KIND_NAMES[ledger.kind] if ledger.kind else "台账"
    rows = f"共读到{ledger.read}行，其中{ledger.rejected}行有误。" if ledger.kind else ""
    reason = reason_of_return(ledger, failures, campaign)
    return f"{kind}审核结果：{VERDICTS[ledger.verdict]}。{rows}{reason}"


def reason_of_return(ledger: Submission, failures: Sequence[Failure], campaign: Campaign) -> str:
    """Return why a ledger goes back whole, "" for one that does not."""
    if ledger.verdict == HELD:
        count = sum(failure.severity == QUERY for failure in failures)
        return f"待核实原因：有{count}处数据须改正或说明。"
    if ledger.verdict != "returned":
        return ""
    problems = problems_of(failures, campaign.definition)
    whole = [problem for problem in problems if problem.severity == "ledger"]
    if whole:
        titles = list(dict.fromkeys(problem.title for problem in whole))
        named = "、".join(titles[:_NAMED]) + ("等" if len(titles) > _NAMED else "")
        return f"退回原因：{named}，影响整册。"
    if not ledger.kind or not ledger.rejected:
        return ""
    allowed = campaign.settings.policy.allowed(ledger.kind)
    if allowed == 0:
        return f"退回原因：{KIND_NAMES[ledger.kind]}有一行有误即整册退回。"
    return f"退回原因：有误的行超过{allowed:.2%}，整册退回。"


def comment_on(failure: Failure, verdict: str) -> str:
    """Return the comment on a fault: rule, what is wrong, the value as reported, what to do."""
    title = f"【{RULES[failure.code].title}】{in_comment(failure.severity, verdict)}"
    value = f"填报内容：{failure.value}\n" if failure.value else ""
    return f"{title}\n{failure.message}\n{value}怎么改：{failure.remedy}"
