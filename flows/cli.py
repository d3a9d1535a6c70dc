"""The command `bulletin`: one verb a command, Chinese for everything that an office reads.

Each command reads its options and calls a function of flows.commands, imported only then, so that
`bulletin --help` and a bulletin on demand start quickly.
"""

import gc
import sys
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from flows.commands import console, options
from flows.commands.exit_codes import NOTHING_MADE, OK, WRONG_USE
from flows.intake import forkserver
from flows.steps.months import Month
from schemas.columns import Level
from schemas.documents import BULLETINS
from schemas.shipped import RETIREES

# A month is many small values that all stay in memory: with its own thresholds the garbage
# collector takes a fifth of the time to look through them.
GC_THRESHOLDS = (100_000, 50, 50)


# typer's parameters are of any type
def _argument(name: str, help: str, **more: Any) -> Any:
    return typer.Argument(metavar=name, help=help, show_default=False, **more)


def _option(*names: str, metavar: str, help: str, **more: Any) -> Any:
    return typer.Option(*names, metavar=metavar, help=help, show_default=False, **more)


MonthArgument = Annotated[Month, _argument("月份", "如 2022-05", parser=options.month_of)]
CampaignOption = Annotated[
    Path | None, _option("--campaign", metavar="文件夹", help="活动文件夹，不写用 ./campaign")
]
_LEDGERS = "本月台账所在文件夹或 s3:// 开头的位置，不写用 ./ledgers/月份"
LikeOption = Annotated[
    str,
    _option(
        "--like",
        metavar="工作",
        help=f"照哪项工作建，不写用{RETIREES}",
        parser=options.definition_of,
    ),
]
LedgersOption = Annotated[str | None, _option("--ledgers", metavar="文件夹", help=_LEDGERS)]
OutputsOption = Annotated[
    Path | None, _option("--outputs", metavar="文件夹", help="输出文件夹，不写用 ./outputs")
]
StoreOption = Annotated[
    str | None,
    _option("--store", metavar="位置", help="数据存储的位置，不写用活动文件夹下的 store"),
]
IssuedOption = Annotated[
    date | None,
    _option(
        "--issued",
        metavar="日期",
        help="印发日期，如 2022-06-02，不写用今天",
        parser=options.day_of,
    ),
]
_AS_OF = "按那时的数据，如 2022-06-02T18:00；只写日期算到当天结束"
AsOfOption = Annotated[
    datetime | None, _option("--as-of", metavar="时间", help=_AS_OF, parser=options.moment_of)
]
PdfOption = Annotated[bool, typer.Option("--pdf", help="同时转成 PDF（需要本机装有 LibreOffice）")]
DirectOption = Annotated[
    bool, typer.Option("--without-prefect", help="不启动 Prefect，直接在本机运行")
]
JsonOption = Annotated[bool, typer.Option("--json", help="以 JSON 输出，供程序读取")]

_PLAIN: dict[str, Any] = {
    "cls": console.ChineseGroup,
    "no_args_is_help": True,
    "rich_markup_mode": None,
}
app = typer.Typer(
    help="国有企业退休人员社会化管理工作简报：校验台账、汇总数据、编制简报。",
    add_completion=False,
    pretty_exceptions_enable=False,
    **_PLAIN,
)
template = typer.Typer(help="检查、预览简报模板。", **_PLAIN)
store = typer.Typer(help="维护数据存储。", **_PLAIN)
app.add_typer(template, name="template")
app.add_typer(store, name="store")


@app.command(cls=console.ChineseCommand)
def run(
    month: MonthArgument,
    campaign: CampaignOption = None,
    ledgers: LedgersOption = None,
    outputs: OutputsOption = None,
    issued: IssuedOption = None,
    store: StoreOption = None,
    without_prefect: DirectOption = False,
    dask: Annotated[
        str | None,
        _option("--dask", metavar="地址", help="在 Dask 集群上运行，如 tcp://10.0.0.1:8786"),
    ] = None,
    send: Annotated[
        bool, typer.Option("--send", help="把退回材料、催报和简报用邮件发出去，每封只发一次")
    ] = False,
    mail_dry_run: Annotated[
        bool, typer.Option("--mail-dry-run", help="只把邮件写进 outbox，不发送")
    ] = False,
    send_forms: Annotated[
        bool,
        typer.Option("--send-forms", help="把下个月的填报表用邮件发给各报送单位，每家每月只发一次"),
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """编制一个月的全部简报、汇总表、总览页和退回材料。"""
    if not dask:
        # the processes that examine ledgers load their modules while this one loads its own
        forkserver.context()
    from flows.commands.run import RunOptions, run_command

    how = RunOptions(without_prefect, dask or "", send, mail_dry_run, send_forms)
    raise typer.Exit(
        run_command(month, campaign, ledgers, outputs, issued, store, how, as_json=as_json)
    )


@app.command(cls=console.ChineseCommand)
def init(
    folder: Annotated[Path, _argument("文件夹", "要新建的工作文件夹")],
    like: LikeOption = RETIREES,
) -> None:
    """新建工作文件夹：带说明的活动文件夹、台账和输出文件夹、两种空白表。"""
    from flows.commands.setup import init_command

    raise typer.Exit(init_command(folder, like))


@app.command(cls=console.ChineseCommand)
def demo(
    folder: Annotated[Path, _argument("文件夹", "放演示数据的文件夹，不写用 ./demo")] = Path(
        "demo"
    ),
    like: LikeOption = RETIREES,
    without_prefect: DirectOption = False,
) -> None:
    """造一个虚构城市的三个月台账（含常见错误），并完整运行一遍。"""
    from flows.commands.setup import demo_command

    raise typer.Exit(demo_command(folder, like, without_prefect=without_prefect))


@app.command(cls=console.ChineseCommand)
def check(
    files: Annotated[list[str], _argument("文件…", "要检查的台账，可以写几个，也可以写文件夹")],
    month: Annotated[
        Month,
        _option("--month", metavar="月份", help="台账的月份，如 2022-05", parser=options.month_of),
    ],
    campaign: CampaignOption = None,
    outputs: OutputsOption = None,
    issued: IssuedOption = None,
    store: StoreOption = None,
    as_json: JsonOption = False,
) -> None:
    """检查台账，给出结论和退回材料，不入库。"""
    if len(files) == 1 and not Path(files[0]).is_dir():
        from flows.intake.worker_pool import load_one_early

        load_one_early()
    else:
        forkserver.context()  # as for a run
    from flows.commands.check import check_command

    raise typer.Exit(check_command(files, month, campaign, outputs, issued, store, as_json=as_json))


@app.command(cls=console.ChineseCommand)
def render(
    month: MonthArgument,
    level: Annotated[
        Level | None,
        _option(
            "--level",
            metavar="级别",
            help="city（全市）、county（县区）或 enterprise（企业）",
            parser=options.level_of,
        ),
    ] = None,
    document: Annotated[
        str | None, _option("--document", metavar="文书", help="文书.csv 里的名称，如 进度通报")
    ] = None,
    name: Annotated[
        str | None, _option("--name", metavar="名称", help="县区、企业或报送单位的名称")
    ] = None,
    everything: Annotated[
        bool, typer.Option("--all", help="该级别的全部简报，或文书的全部")
    ] = False,
    pdf: PdfOption = False,
    as_of: AsOfOption = None,
    campaign: CampaignOption = None,
    outputs: OutputsOption = None,
    store: StoreOption = None,
) -> None:
    """按已入库的数据编制一份（或一级）简报，或一份文书。"""
    from flows.commands.documents import render_command

    if document is not None and level is not None:
        raise typer.BadParameter("--document 不能与 --level 同用")
    if level is not None:
        document = BULLETINS[level]
    if document is None:
        raise typer.BadParameter("--level 和 --document 要写明一个")
    raise typer.Exit(
        render_command(
            month, document, name, campaign, outputs, store, as_of, everything=everything, pdf=pdf
        )
    )


@app.command(cls=console.ChineseCommand)
def blank(
    kind: Annotated[
        Literal["progress", "roster"],
        _argument("台账", "progress（进度台账）或 roster（花名册）", parser=options.kind_of),
    ],
    file: Annotated[Path, _argument("文件", "空白表存成的文件，如 进度台账.xlsx")],
    campaign: CampaignOption = None,
) -> None:
    """生成供报送单位填写的空白表。"""
    from flows.commands.documents import blank_command

    raise typer.Exit(blank_command(kind, file, campaign))


@app.command(cls=console.ChineseCommand)
def forms(
    month: MonthArgument,
    sender: Annotated[
        str | None, _option("--sender", metavar="单位", help="只做这一个报送单位的，不写做全部")
    ] = None,
    campaign: CampaignOption = None,
    outputs: OutputsOption = None,
    store: StoreOption = None,
) -> None:
    """生成各报送单位自己的填报表，已知的单位和上月数据都填好。"""
    from flows.commands.documents import forms_command

    raise typer.Exit(forms_command(month, sender, campaign, outputs, store))


SenderArgument = Annotated[str, _argument("单位", "报送单位的名称或别名")]
FaultOption = Annotated[
    int | None,
    _option("--fault", metavar="序号", help="第几个问题，见 bulletin status；不写是全部"),
]
ReasonOption = Annotated[str, _option("--reason", metavar="原因", help="写明原因")]


@app.command(cls=console.ChineseCommand)
def accept(
    month: MonthArgument,
    sender: SenderArgument,
    reason: ReasonOption,
    fault: FaultOption = None,
    campaign: CampaignOption = None,
    store: StoreOption = None,
) -> None:
    """认可待核实的数：报送单位已说明（如电话核实）属实。"""
    from flows.commands.decisions import accept_command

    raise typer.Exit(accept_command(month, sender, fault, reason, campaign, store))


@app.command(cls=console.ChineseCommand)
def refuse(
    month: MonthArgument,
    sender: SenderArgument,
    reason: ReasonOption,
    fault: FaultOption = None,
    campaign: CampaignOption = None,
    store: StoreOption = None,
) -> None:
    """不采纳报送单位的说明，仍须核实。"""
    from flows.commands.decisions import refuse_command

    raise typer.Exit(refuse_command(month, sender, fault, reason, campaign, store))


@app.command("return", cls=console.ChineseCommand)
def send_back(
    month: MonthArgument,
    sender: SenderArgument,
    reason: ReasonOption,
    cell: Annotated[
        str, _option("--cell", metavar="位置", help="说的是哪一格，如 '进度台账!D7'")
    ] = "",
    campaign: CampaignOption = None,
    store: StoreOption = None,
) -> None:
    """用办公室自己的话退回一个单位的台账。"""
    from flows.commands.decisions import return_command

    raise typer.Exit(return_command(month, sender, reason, cell, campaign, store))


@app.command(cls=console.ChineseCommand)
def withdraw(
    month: MonthArgument,
    file: Annotated[str, _argument("文件", "放错的台账，写文件名")],
    reason: ReasonOption,
    campaign: CampaignOption = None,
    store: StoreOption = None,
) -> None:
    """撤回放错的台账，不再计入。"""
    from flows.commands.decisions import withdraw_command

    raise typer.Exit(withdraw_command(month, file, reason, campaign, store))


@app.command(cls=console.ChineseCommand)
def supervise(
    month: MonthArgument,
    action: Annotated[
        Literal["list", "issue", "reply", "extend", "close"],
        _argument(
            "操作",
            "list（列出，不写就是它）、issue（下发）、reply（登记反馈）、extend（延期）、close（销号）",
            parser=options.supervision_step_of,
        ),
    ] = "list",
    number: Annotated[
        str | None, _argument("编号", "督办编号，如 督办〔2022〕1号，写 1 也可以")
    ] = None,
    unit: Annotated[
        str | None, _option("--unit", metavar="单位", help="只下发这个单位的，不写下发全部")
    ] = None,
    reason: Annotated[
        str, _option("--reason", metavar="原因", help="写明原因，登记反馈时写反馈的内容")
    ] = "",
    until: Annotated[
        date | None,
        _option("--until", metavar="日期", help="延期到哪天", parser=options.day_of),
    ] = None,
    issued: IssuedOption = None,
    campaign: CampaignOption = None,
    outputs: OutputsOption = None,
    store: StoreOption = None,
    as_json: JsonOption = False,
) -> None:
    """督办：连续红灯的单位下发通知单，登记反馈、延期，达到进度后销号。"""
    from flows.commands.supervision import Asked, supervise_command

    asked = Asked(action, number, unit, reason, until)
    raise typer.Exit(
        supervise_command(month, asked, issued, campaign, outputs, store, as_json=as_json)
    )


@app.command(cls=console.ChineseCommand)
def status(
    month: MonthArgument,
    campaign: CampaignOption = None,
    store: StoreOption = None,
    as_json: JsonOption = False,
) -> None:
    """点名：谁该报、谁已报（第几次、结论）、谁没报。"""
    from flows.commands.inquiries import status_command

    raise typer.Exit(status_command(month, campaign, store, as_json=as_json))


@app.command(cls=console.ChineseCommand)
def remind(
    month: MonthArgument,
    issued: Annotated[
        date | None,
        _option(
            "--on",
            metavar="日期",
            help="按哪天算，如 2022-06-02，不写用今天",
            parser=options.day_of,
        ),
    ] = None,
    mail_dry_run: Annotated[
        bool, typer.Option("--mail-dry-run", help="只把邮件写进 outbox，不发送")
    ] = False,
    campaign: CampaignOption = None,
    outputs: OutputsOption = None,
    store: StoreOption = None,
) -> None:
    """提醒没有报送的单位：期限前、过期后各一次，每次只发一封。"""
    from flows.commands.remind import remind_command

    raise typer.Exit(
        remind_command(month, issued, campaign, outputs, store, only_written=mail_dry_run)
    )


@app.command(cls=console.ChineseCommand)
def issue(
    month: MonthArgument,
    campaign: CampaignOption = None,
    outputs: OutputsOption = None,
    store: StoreOption = None,
    accept_edited: Annotated[
        bool, typer.Option("--accept-edited", help="手改过的草稿按手改的印发，并列出改动的数字")
    ] = False,
    yes: Annotated[
        bool, typer.Option("--yes", help="不再询问：合计变动很大、有台账没有通过的也照此印发")
    ] = False,
) -> None:
    """把草稿登记为已印发，此后不再改动，也不能撤销；数据有变时另出更正稿。"""
    from flows.commands.documents import issue_command

    code = issue_command(month, campaign, outputs, store, accept_edited=accept_edited, yes=yes)
    raise typer.Exit(code)


@app.command(cls=console.ChineseCommand)
def doctor(campaign: CampaignOption = None) -> None:
    """检查本机和工作文件夹缺什么、有什么不对，能修的修好。"""
    from flows.commands.doctor import doctor_command

    raise typer.Exit(doctor_command(campaign))


@app.command(cls=console.ChineseCommand)
def backup(
    file: Annotated[Path, _argument("文件", "备份存成的文件，如 备份2022-05.zip")],
    campaign: CampaignOption = None,
) -> None:
    """把活动文件夹（含数据存储和密钥）备份成一个文件，并读回核对。"""
    from flows.commands.backup import backup_command

    raise typer.Exit(backup_command(file, campaign))


@app.command(cls=console.ChineseCommand)
def restore(
    file: Annotated[Path, _argument("文件", "bulletin backup 做的备份")],
    folder: Annotated[Path, _argument("文件夹", "恢复到的工作文件夹，要是空的")],
) -> None:
    """把备份恢复到一个空文件夹，恢复以前逐个核对。"""
    from flows.commands.backup import restore_command

    raise typer.Exit(restore_command(file, folder))


@app.command(cls=console.ChineseCommand)
def serve(
    folder: Annotated[
        Path, _option("--folder", metavar="文件夹", help="工作文件夹，不写用当前文件夹")
    ] = Path(),
    host: Annotated[
        str, _option("--host", metavar="地址", help="网页的地址，不写只给本机用（127.0.0.1）")
    ] = "127.0.0.1",
    port: Annotated[int, _option("--port", metavar="端口", help="网页的端口，不写用 4280")] = 4280,
    behind_proxy: Annotated[
        bool, typer.Option("--behind-proxy", help="网页在反向代理（HTTPS）后面")
    ] = False,
    prefect_port: Annotated[
        int, _option("--prefect-port", metavar="端口", help="Prefect 服务的端口，不写用 4200")
    ] = 4200,
) -> None:
    """打开办公室的网页和报送单位的链接，并启动 Prefect 服务。"""
    from flows.desk.address import PageAddress
    from flows.serve import serve

    serve(folder, PageAddress(host, port, behind_proxy), port=prefect_port)


@app.command(cls=console.ChineseCommand)
def history(
    campaign: CampaignOption = None, store: StoreOption = None, as_json: JsonOption = False
) -> None:
    """印发记录：何时印发、依据哪些台账、哪些数据后来有变。"""
    from flows.commands.inquiries import history_command

    raise typer.Exit(history_command(campaign, store, as_json=as_json))


@app.command(cls=console.ChineseCommand)
def trace(
    month: MonthArgument,
    name: Annotated[str, _argument("名称", "全市、隶属关系、县区、企业，或“县区 企业”")],
    count: Annotated[str, _argument("指标", "栏目名称或代号")],
    campaign: CampaignOption = None,
    store: StoreOption = None,
    as_json: JsonOption = False,
) -> None:
    """查一个数出自哪些台账的哪些单元格。"""
    from flows.commands.inquiries import trace_command

    raise typer.Exit(trace_command(month, name, count, campaign, store, as_json=as_json))


@app.command(cls=console.ChineseCommand)
def spellings(
    ledger: Annotated[str, _argument("台账", "表头或选项有不认识的写法的台账")],
    campaign: CampaignOption = None,
) -> None:
    """列出台账里不认识的表头和选项，给出可以加到 写法.csv 的行。"""
    from flows.commands.spellings import spellings_command

    raise typer.Exit(spellings_command(ledger, campaign))


@template.command("check", cls=console.ChineseCommand)
def template_check(
    file: Annotated[Path, _argument("模板", "要检查的模板（.docx、.xlsx）")],
) -> None:
    """检查模板，把问题用批注标在副本上。"""
    from flows.commands.template import check_command

    raise typer.Exit(check_command(file))


@template.command("preview", cls=console.ChineseCommand)
def template_preview(
    file: Annotated[Path, _argument("模板", "要预览的模板（.docx、.xlsx）")], pdf: PdfOption = False
) -> None:
    """用样例数据预览模板。"""
    from flows.commands.template import preview_command

    raise typer.Exit(preview_command(file, pdf=pdf))


@template.command("fields", cls=console.ChineseCommand)
def template_fields(campaign: CampaignOption = None) -> None:
    """按工作定义写出模板可用名称的清单。"""
    from flows.commands.template import fields_command

    raise typer.Exit(fields_command(campaign))


@store.command("tidy", cls=console.ChineseCommand)
def store_tidy(campaign: CampaignOption = None, store: StoreOption = None) -> None:
    """整理数据存储：合并小文件，清理过期文件，不影响任何数据。"""
    from flows.commands.store import tidy_command

    raise typer.Exit(tidy_command(campaign, store))


@store.command("verify", cls=console.ChineseCommand)
def store_verify(campaign: CampaignOption = None, store: StoreOption = None) -> None:
    """核对数据存储：数据行齐不齐，印发件有没有被改，能不能按字节重编。"""
    from flows.commands.store import verify_command

    raise typer.Exit(verify_command(campaign, store))


@store.command("forget", cls=console.ChineseCommand)
def store_forget(
    before: Annotated[
        Month,
        _option(
            "--before", metavar="月份", help="删除这个月之前的花名册明细", parser=options.month_of
        ),
    ],
    campaign: CampaignOption = None,
    store: StoreOption = None,
) -> None:
    """删除花名册明细（目的已达到的），保留各项人数。"""
    from flows.commands.store import forget_command

    raise typer.Exit(forget_command(before, campaign, store))


@store.command("rekey", cls=console.ChineseCommand)
def store_rekey(
    lost: Annotated[
        bool, typer.Option("--lost", help="密钥丢了，重新开始；以前各月不能再逐人比对")
    ] = False,
    campaign: CampaignOption = None,
    store: StoreOption = None,
) -> None:
    """更换花名册密钥：改写数据存储里每个人员的标识，数字和印发件不变。"""
    from flows.commands.store import rekey_command

    raise typer.Exit(rekey_command(campaign, store, lost=lost))


def main() -> None:
    """Run the command line and leave with the exit code of flows.commands.exit_codes."""
    gc.set_threshold(*GC_THRESHOLDS)
    console.prepare()
    code = guarded(lambda: app(prog_name="bulletin", standalone_mode=False))
    gc.freeze()  # what is left goes with the process; looking through it takes a tenth of a second
    sys.exit(code)


def guarded(command: Callable[[], int | None]) -> int:
    """Return a command's exit code; prints what the office can mend, raises what is a bug."""
    from flows.steps.model import UserError, as_user_error

    try:
        return int(command() or OK)
    except typer.Exit as done:
        return int(done.exit_code)
    except typer.Abort:
        console.complain("已中止，未留下半成品。")
        return 130
    except UserError as error:
        console.complain(str(error))
        return NOTHING_MADE
    except OSError as error:
        refused = as_user_error(error)
        if refused is None:
            raise
        console.complain(str(refused))
        return NOTHING_MADE
    except typer.TyperException as error:
        console.complain(console.usage_fault(error))
        return WRONG_USE


if __name__ == "__main__":
    main()
