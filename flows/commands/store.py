"""`bulletin store tidy`, `forget` and `verify`: maintenance of the store."""

from pathlib import Path

from flows.campaign.folder import load_campaign
from flows.commands import console
from flows.commands.exit_codes import NOTHING_MADE, OK
from flows.intake.job import open_store
from flows.intake.staging import discard_stale
from flows.pipeline.verify import verify
from flows.steps.model import UserError
from flows.steps.months import Month
from flows.steps.store import Store
from flows.steps.store.upkeep import forget, tidy


def tidy_command(campaign: Path | None, store: str | None) -> int:
    """Return the exit code; tidies the store and prints what was done."""
    place = _filled(campaign, store)
    for done in tidy(place):
        console.say(f"{done.table}：合并 {done.merged} 个文件，清理 {done.deleted} 个过期文件")
    if left := discard_stale(place):
        console.say(f"中断的任务留下的 {left} 个台账已清理")
    return OK


def forget_command(before: Month, campaign: Path | None, store: str | None) -> int:
    """Return the exit code; deletes roster rows of the months before one and prints how many."""
    place = _filled(campaign, store)
    months = forget(place, str(before))
    discard_stale(place)
    for month, count in months.items():
        console.say(f"{Month.parse(month).label}：已删除花名册明细 {count} 行，各项人数保留")
    if months:
        console.say(
            "这些月份的数字仍可重新编制；但不能再逐人溯源，也不能再与迟报的花名册比对重复人员。"
        )
    else:
        console.say(f"{before.label}之前没有花名册明细。")
    return OK


def verify_command(campaign: Path | None, store: str | None) -> int:
    """Return the exit code; prints what was checked, and each thing that is wrong."""
    place, folder = _filled(campaign, store), campaign or Path("campaign")
    wrong = 0
    for check in verify(place, folder, load_campaign(folder)):
        held = check.tried - len(check.faults)
        console.say(f"{check.what}：检查 {check.tried} 项，完好 {max(held, 0)} 项")
        for fault in check.faults:
            console.say(f"  {fault}")
        wrong += len(check.faults)
    console.say(
        "数据存储完好。" if not wrong else f"有 {wrong} 处问题，请从备份恢复或核对程序版本。"
    )
    return NOTHING_MADE if wrong else OK


def _filled(campaign: Path | None, store: str | None) -> Store:
    """Return the store; raises UserError if it is empty, since the location is then a wrong one."""
    place = open_store(campaign or Path("campaign"), store)
    if place.table("submissions") is None:
        raise UserError(
            f"“{place.uri}”中没有入过库的数据。"
            "请用 --campaign 指明活动文件夹，或用 --store 指明数据存储"
        )
    return place
