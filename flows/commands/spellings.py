"""`bulletin spellings`: the lines of 写法.csv that would make a ledger's own words known."""

from pathlib import Path

from flows.campaign.spelling_proposals import Proposal, proposals
from flows.commands import console
from flows.commands.exit_codes import OK
from flows.intake.job import open_job, today
from flows.intake.worker_pool import examine_apart
from flows.pipeline.check import files_to_check
from flows.steps.months import Month
from schemas.own_spellings import FILE


def spellings_command(path: str, campaign: Path | None) -> int:
    """Return the exit code; prints a proposed line for each header and value that is not known."""
    opened = open_job(Month.of(today()).previous, campaign, None, None, None, None)
    files = files_to_check(opened.job, [path])
    ledgers = [ledger for found in examine_apart(opened.job, files) for ledger in found]
    lines: dict[str, Proposal] = {}
    for ledger in ledgers:
        if ledger.kind is None:
            console.say(f"“{ledger.file}”中没有找到台账，没有可以加的写法。")
        else:
            found = proposals(ledger.kind, ledger.failures, opened.job.campaign.definition)
            lines |= {str(line): line for line in found}
    if not lines and any(ledger.kind for ledger in ledgers):
        console.say("没有不认识的表头和选项。")
    if not lines:
        return OK
    console.say(f"把下面要用的行加到 {opened.folder / FILE}，再运行：")
    for line in lines:
        console.say(line)
    if any(len(line.meanings) > 1 for line in lines.values()):
        console.say("前面有“#”的要先选定一个意思，再去掉“#”。")
    return OK
