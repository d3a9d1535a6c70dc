"""The command line as its users meet it (DESIGN §7): help, exit codes, sentences, `--json`, a working folder from beginning to end."""

import errno
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from datetime import date, datetime
from functools import partial
from pathlib import Path
from zoneinfo import ZoneInfo

import openpyxl
import pytest
import typer

from flows import cli
from flows.commands import console, options
from flows.commands.run import RunSummary
from flows.intake.job import today
from flows.intake.lock import month_lock
from flows.intake.person_key import person_key
from flows.intake.worker_pool import shared_workers
from flows.steps.model import UserError
from flows.steps.months import Month
from flows.steps.store import Store
from schemas.shipped import shipped
from tests.support.commands import commands
from tests.support.paths import ROOT
from tests.support.working import CHEMICALS, EAST, MACHINES, SOUTH, WEST, Office, bulletin

CHINESE = re.compile(r"[\u4e00-\u9fff]")


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Office:
    """Return an office whose April is run: two counties accepted, one unreadable."""
    place = Office(tmp_path_factory.mktemp("office"))
    place.ledger(
        "2022-04",
        EAST,
        [(CHEMICALS, (100, 60, 102, 10, 20, 4, 0)), (MACHINES, (40, 40, 40, 0, 0, 0, 0))],
    )
    place.ledger("2022-04", WEST, [(MACHINES, (50, 10, 50, 0, 10, 0, 0))])
    broken = place.folder / "ledgers" / "2022-04" / SOUTH / "台账.xlsx"
    broken.parent.mkdir(parents=True)
    broken.write_bytes(b"PK\x03\x04broken")
    place.run("2022-04")
    return place


@pytest.mark.parametrize("command", ["", *commands()])
def test_help_is_chinese(command: str, tmp_path: Path) -> None:
    """Each line of each help says something in Chinese, none is the library's own."""
    code, told = bulletin(tmp_path, *command.split(), "--help")
    assert code == 0
    lines = [line for line in told.splitlines() if line.strip()]
    assert lines[0].startswith(f"用法：bulletin {command}".rstrip())
    assert [line for line in lines if not CHINESE.search(line)] == []
    assert not re.search(r"Usage|Options|Arguments|Commands|Show this|required|default", told)


def test_spellings_of_a_ledger(tmp_path: Path) -> None:
    """The lines that would make a ledger's words known are printed, or that all are known, or that there is no ledger."""
    office = Office(tmp_path)
    known = office.ledger("2022-04", EAST, [(MACHINES, (40, 40, 40, 0, 0, 0, 0))])
    odd = office.ledger(
        "2022-04", WEST, [(MACHINES, (40, 40, 40, 0, 0, 0, 0))], affiliation="市属重点"
    )
    text = tmp_path / "说明.csv"
    text.write_text("这里没有台账", encoding="utf-8")
    said = [
        bulletin(office, "spellings", str(path))
        for path in (known, odd, text, tmp_path / "无.xlsx")
    ]
    assert said == [
        (0, "没有不认识的表头和选项。\n"),
        (0, f"把下面要用的行加到 {Path('campaign/写法.csv')}，再运行：\n市属重点,市属,隶属关系\n"),
        (0, "“说明.csv”中没有找到台账，没有可以加的写法。\n"),
        (1, f"没有文件“{tmp_path / '无.xlsx'}”。请核对文件名和所在文件夹\n"),
    ]


@pytest.mark.parametrize("words", ["", "store", "template"])
def test_without_words_the_help_is_shown(words: str, tmp_path: Path) -> None:
    """Who types only the name is shown what there is; nothing was done, so the code is that of wrong use."""
    code, told = bulletin(tmp_path, *words.split())
    assert (code, told.rstrip()) == (2, bulletin(tmp_path, *words.split(), "--help")[1].rstrip())


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("runn", "没有这个命令"),
        ("run", "缺少“月份”"),
        ("run 2022-13", "月份应写成 2022-05 的样子，现为“2022-13”"),
        ("run 2022-5", "月份应写成 2022-05 的样子"),
        ("run 2022-05 --foo", "没有选项“--foo”"),
        ("run 2022-05 2022-06", "多余或不完整的参数"),
        ("run 2022-05 --issued 2022-02-30", "日期应写成 2022-06-02 的样子，现为“2022-02-30”"),
        ("check --month 2022-05", "缺少“文件…”"),
        ("check x.xlsx", "缺少“--month”"),
        ("render 2022-05", "--level 和 --document 要写明一个"),
        (
            "render 2022-05 --level village",
            "没有级别“village”。可选：city（全市）、county（县区）、enterprise（企业）",
        ),
        (
            "render 2022-05 --level city --as-of never",
            "时间应写成 2022-06-02 或 2022-06-02T18:00 的样子，现为“never”",
        ),
        ("blank table x.xlsx", "没有台账“table”。可选：progress（进度台账）、roster（花名册）"),
        ("trace 2022-05 全市", "缺少“指标”"),
        ("store forget", "缺少“--before”"),
    ],
)
def test_wrong_use(words: str, told: str, tmp_path: Path) -> None:
    """Wrong words end with 2 and one line that says what is wrong and how to look it up."""
    code, said = bulletin(tmp_path, *words.split())
    assert code == 2
    assert said.count("\n") == 1
    assert told in said
    assert "--help 查看用法" in said


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("run 2022-05 --without-prefect --campaign 无", "没有这个文件。请用 --campaign 指明活动文件夹，现为“无”"),
        ("run 2022-05 --without-prefect", "没有文件夹“ledgers/2022-05”，也就没有2022年5月的台账"),
        ("run 2022-04 --without-prefect --store campaign/campaign.toml", "”不能读写（已有同名的文件）"),
        ("run 2022-04 --without-prefect --store campaign/campaign.toml/x", "”不能读写（路径中有一段不是文件夹）"),
        ("run 2022-04 --without-prefect --outputs campaign/campaign.toml", "不能写入（路径中有一段不是文件夹）"),
        ("run 2022-04 --without-prefect --store ftp://place/x", "不支持的存储位置“ftp://place/x”"),
        ("check 无.xlsx --month 2022-04", "没有文件“无.xlsx”"),
        ("render 2022-05 --level city", "没有2022年5月可用的台账"),
        ("render 2022-04 --level county", "没有写明 --name。可选：东浥区、西浥区、南沚县"),
        ("render 2022-04 --level county --name 东溢区", "没有“东溢区”。您是不是想用“东浥区”"),
        ("render 2022-04 --level city --as-of 2022-04-30", "简报还没有编制过"),
        ("blank progress campaign/campaign.toml/x.xlsx", "写不进去（已有同名的文件）"),
        ("template check 无.docx", "没有文件“无.docx”"),
        ("trace 2022-05 全市 agreement", "没有2022年5月可用的台账"),
        ("trace 2022-04 东溢区 agreement", "没有“东溢区”的数据。您是不是想用“东浥区”"),
        ("issue 2022-05", "没有2022年5月的简报草稿"),
        ("store tidy --campaign 无", "中没有入过库的数据"),
        ("store forget --before 2022-05 --campaign 无", "中没有入过库的数据"),
        ("init .", "已经存在，没有改动"),
        ("demo campaign", "里已有别的文件"),
    ],
)  # fmt: skip
def test_what_cannot_be_done(words: str, told: str, office: Office) -> None:
    """What cannot be done ends with 1 and says why in Chinese."""
    code, said = bulletin(office, *words.split())
    assert (code, told in said) == (1, True), said


@pytest.mark.parametrize(
    ("raised", "told"),
    [
        (
            OSError(errno.ENOSPC, "No space left on device", "a.docx"),
            "“a.docx”不能读写（磁盘空间不足）",
        ),
        (OSError(errno.ENOSPC, "Error writing bytes"), "不能读写（磁盘空间不足）"),
        (
            PermissionError(errno.EACCES, "Permission denied", "store"),
            "“store”不能读写（没有权限）",
        ),
        (
            OSError(errno.EROFS, "Read-only file system", "store"),
            "“store”不能读写（这个位置是只读的）",
        ),
    ],
)
def test_what_the_machine_refuses(
    raised: OSError, told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """A full disk, a place without permission, a read-only one: a sentence and 1, wherever it shows."""
    assert cli.guarded(lambda: _raise(raised)) == 1
    assert told in capsys.readouterr().err


def test_wrong_code_is_not_hidden() -> None:
    """An error that is none of the machine's usual ones is the program's and raises."""
    with pytest.raises(OSError, match="odd"):
        cli.guarded(lambda: _raise(OSError("odd")))


def _raise(error: OSError) -> None:
    raise error


def test_a_terminal_that_knows_no_chinese(office: Office) -> None:
    """Where the output's encoding has no Chinese, UTF-8 is written."""
    command = [sys.executable, "-c", "from flows.cli import main; main()", "history"]
    environment = {
        **os.environ,
        "PYTHONIOENCODING": "ascii",
        "LC_ALL": "C",
        "PYTHONPATH": str(ROOT),
    }
    done = subprocess.run(
        command, cwd=office.folder, env=environment, capture_output=True, check=False
    )
    assert (done.returncode, done.stdout.decode()) == (
        0,
        "还没有印发过简报。编制后用 bulletin issue 月份 登记印发。\n",
    )


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2022-06-02T18:00", datetime(2022, 6, 2, 18, tzinfo=ZoneInfo("Asia/Shanghai"))),
        ("2022-06-02", datetime(2022, 6, 2, 23, 59, 59, 999999, tzinfo=ZoneInfo("Asia/Shanghai"))),
        ("2022-06-02T10:00+00:00", datetime(2022, 6, 2, 18, tzinfo=ZoneInfo("Asia/Shanghai"))),
    ],
)
def test_a_moment(text: str, moment: datetime) -> None:
    """A time without a zone is the office's; a day alone is its end, since a clerk means the bulletin of that day."""
    assert options.moment_of(text) == moment


def test_the_bulletin_of_today(office: Office) -> None:
    """A month that was run today can be rendered as of today."""
    before = office.out("2022-04", "bulletins", "全市.docx").read_bytes()
    assert bulletin(office, "render", "2022-04", "--level", "city", "--as-of", str(today()))[0] == 0
    assert office.out("2022-04", "bulletins", "全市.docx").read_bytes() == before


def test_a_new_working_folder_is_ready(tmp_path: Path) -> None:
    """`init`, a ledger into its folder, `run` without any option: bulletins, a roll-call, figures, forms, an issue."""
    folder = tmp_path / "工 作"
    code, told = bulletin(tmp_path, "init", folder.name)
    assert (code, told.index("名录.xlsx；") < told.index("bulletin blank progress")) == (0, True)
    assert sorted(p.name for p in folder.iterdir()) == [
        "campaign",
        "ledgers",
        "outputs",
        "花名册（空白）.xlsx",
        "进度台账（空白）.xlsx",
    ]
    form = Office.ledger(
        _Folder(folder),
        "2022-05",
        "示例区",
        [("示例市示例机械有限公司", (9, 6, 9, 3, 2, 1, 0))],
        affiliation="市属",
    )
    code, told = bulletin(folder, "run", "2022-05", "--without-prefect")
    assert (code, "未报送 2 家（示例县、示例市市直企业职工托管中心）" in told) == (3, True), told
    expected = [
        "bulletins",
        "documents",
        "figures.json",
        "index.html",
        "manifest.json",
        "quality.json",
        "returns",
        "上报表.xlsx",
        "核对.html",
        "汇总表.xlsx",
    ]
    assert sorted(p.name for p in (folder / "outputs" / "2022-05").iterdir()) == expected
    assert json.loads(
        (folder / "outputs" / "2022-05" / "manifest.json").read_text(encoding="utf-8")
    )["issued"] == str(today())
    assert bulletin(folder, "run", "2022-05")[0:1] == (3,)
    assert bulletin(folder, "check", str(form), "--month", "2022-05")[0] == 0
    assert bulletin(folder, "issue", "2022-05")[0] == 0
    assert bulletin(folder, "blank", "roster", "表/花名册.xlsx") == (0, "表/花名册.xlsx\n")
    forms = [folder / "花名册（空白）.xlsx", folder / "表" / "花名册.xlsx"]
    assert [lists_of(form) for form in forms] == [False, True]  # of 名录, not filled in at first


def lists_of(form: Path) -> bool:
    """Return whether a form lets nothing but the counties of 名录 be typed."""
    sheets = openpyxl.load_workbook(form).worksheets
    return any(cell.value == "示例县" for row in sheets[1].iter_rows() for cell in row)


class _Folder(Office):
    """A working folder that `bulletin init` made."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder


@pytest.mark.parametrize(
    ("words", "keys"),
    [
        (
            "run 2022-04 --without-prefect --issued 2022-05-02",
            [*RunSummary.__annotations__, "mail"],
        ),
        ("check ledgers/2022-04 --month 2022-04 --outputs checked", ["ledgers", "failures"]),
        ("status 2022-04", ["month", "ledgers"]),
        ("trace 2022-04 全市 agreement", ["month", "name", "count", "total", "cells"]),
    ],
)
def test_what_a_program_reads(words: str, keys: list[str], office: Office) -> None:
    """With --json nothing but JSON is printed."""
    assert list(json.loads(bulletin(office, *words.split(), "--json")[1])) == keys


@pytest.mark.parametrize(
    ("name", "count", "total"),
    [
        ("全市", "agreement", 110), ("示例市", "已签协议人数", 110), ("东浥区", "agreement", 100), ("东浥", "agreement", 100),
        ("东 浥 区", "agreement", 100), (MACHINES, "retirees", 90), (f"{EAST} {MACHINES}", "retirees", 40), ("中省企业", "archives", 10),
        ("县属企业", "retirees", 0), (SOUTH, "retirees", 0), ("全市", "enterprises", 2), ("全市", "户数", 2), (EAST, "enterprises", 2),
        (MACHINES, "enterprises", 1),
    ],
)  # fmt: skip
def test_a_trace_adds_up_to_the_figure(name: str, count: str, total: int, office: Office) -> None:
    """By name or alias, on every level; an enterprise in two counties is one household."""
    code, told = bulletin(office, "trace", "2022-04", name, count, "--json")
    assert (code, json.loads(told)["total"]) == (0, total)


def test_a_bulletin_by_alias(office: Office) -> None:
    """A county is found by its other name and by its name with blanks."""
    for name in ("东浥", "东 浥 区"):
        assert bulletin(office, "render", "2022-04", "--level", "county", "--name", name) == (
            0,
            "outputs/2022-04/bulletins/县区/东浥区.docx\n",
        )


def test_an_unreadable_ledger_stands_in_the_roll_call(office: Office) -> None:
    """A file in which nothing can be read is still one that came in, where its folder tells the sender."""
    rows = json.loads(bulletin(office, "status", "2022-04", "--json")[1])["ledgers"]
    assert [(r["sender"], r["verdict"], r["round"], r["file"]) for r in rows] == [
        (EAST, "accepted", 1, f"{EAST}/台账.xlsx"), (WEST, "accepted", 1, f"{WEST}/台账.xlsx"), (SOUTH, "unreadable", 1, f"{SOUTH}/台账.xlsx"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("words", "files"),
    [
        (
            "check ledgers/2022-04 --month 2022-04",
            [f"{EAST}/台账.xlsx", f"{SOUTH}/台账.xlsx", f"{WEST}/台账.xlsx"],
        ),
        (f"check ledgers/2022-04/{EAST} --month 2022-04", [f"{EAST}/台账.xlsx"]),
        (f"check elsewhere/{SOUTH} --month 2022-04", [f"{SOUTH}/新/a.xlsx"]),
        (f"check elsewhere/{SOUTH}/新/a.xlsx --month 2022-04", ["a.xlsx"]),
        ("check elsewhere --month 2022-04", [f"{SOUTH}/新/a.xlsx"]),
    ],
)
def test_a_checked_folder_names_its_sender(
    words: str, files: list[str], office: Office, tmp_path: Path
) -> None:
    """Files of a folder are named as a run names them, so that the folder tells the sender."""
    copy = office.folder / "elsewhere" / SOUTH / "新" / "a.xlsx"
    copy.parent.mkdir(parents=True, exist_ok=True)
    copy.write_bytes(b"PK\x03\x04other")
    told = json.loads(bulletin(office, *words.split(), "--outputs", str(tmp_path), "--json")[1])
    assert [ledger["file"] for ledger in told["ledgers"]] == files


def test_checking_beside_a_published_month(office: Office, tmp_path: Path) -> None:
    """A run's verdicts stay as they are; those of a check lie beside them, and nothing is stored."""
    published, version = (
        office.digests("2022-04")["quality.json"],
        Store(str(office.folder / "campaign" / "store")).table("submissions"),
    )
    good = office.ledger("2022-04", WEST, [(MACHINES, (50, 30, 50, 0, 10, 0, 0))], "新.xlsx")
    fresh = good.rename(tmp_path / f"{WEST}.xlsx")
    assert bulletin(office, "check", str(fresh), "--month", "2022-04")[0] == 0
    assert office.digests("2022-04")["quality.json"] == published
    beside = json.loads(office.out("2022-04", "quality-check.json").read_text(encoding="utf-8"))
    assert [(x["file"], x["verdict"]) for x in beside["ledgers"]] == [(f"{WEST}.xlsx", "accepted")]
    now = Store(str(office.folder / "campaign" / "store")).table("submissions")
    assert version is not None
    assert now is not None
    assert now.version() == version.version()


@pytest.mark.parametrize("name", ["BULLETIN_WORKERS", "BULLETIN_MEMORY_MB", "BULLETIN_SECONDS"])
def test_a_setting_that_is_no_number(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A wrong value in the environment is named."""
    monkeypatch.setenv(name, "many")
    with pytest.raises(UserError, match=f"环境变量 {name} 应是一个不小于 0 的数，现为“many”"):
        shared_workers.__wrapped__()


def test_a_key_is_made_once(tmp_path: Path) -> None:
    """The key is its owner's alone and stays; one that is empty is told, not made anew over the old one's rosters."""
    store = Store(str(tmp_path / "store"))
    key = person_key(tmp_path, store)
    assert (
        len(key),
        person_key(tmp_path, store),
        (tmp_path / "person.key").stat().st_mode & 0o777,
    ) == (
        64,
        key,
        0o600,
    )
    (tmp_path / "person.key").write_bytes(b"")
    with pytest.raises(UserError, match="是空的"):
        person_key(tmp_path, store)


def test_a_second_run_waits_or_says_who_is_at_work(tmp_path: Path) -> None:
    """A month of a store is held by one run; another month, or another store, is free."""
    told: list[str] = []
    with month_lock(Store(str(tmp_path)), "2022-05", told.append):
        with (
            month_lock(Store(str(tmp_path)), "2022-06", told.append),
            month_lock(Store(str(tmp_path / "x")), "2022-05", told.append),
        ):
            pass
        with (
            pytest.raises(UserError, match="2022-05正在由另一个任务编制"),
            month_lock(Store(str(tmp_path)), "2022-05", told.append, 0.1),
        ):
            pass
    with month_lock(Store(str(tmp_path)), "2022-05", told.append):
        pass
    assert told == ["2022-05正在由另一个任务编制，等它结束后继续……"]


def _fails(parse: Callable[[str], object], text: str) -> bool:
    try:
        parse(text)
    except typer.BadParameter:
        return True
    return False


@pytest.mark.parametrize(
    ("parse", "good", "value", "bad"),
    [
        (options.month_of, "2022-05", Month(2022, 5), ["2022-00", "22-05", "2022/05", ""]),
        (options.day_of, "2022-06-02", date(2022, 6, 2), ["2022-06-31", "6月2日", ""]),
        (options.level_of, "county", "county", ["县区", ""]),
        (options.kind_of, "进度台账", "progress", ["台账", ""]),
        (partial(options.count_of, definition=shipped()), "档案", None, ["完成率"]),
    ],
)
def test_words_as_values(
    parse: Callable[[str], object], good: str, value: object, bad: list[str]
) -> None:
    """Each option takes one form and refuses others."""
    assert _fails(parse, good) if value is None else parse(good) == value
    assert all(_fails(parse, text) for text in bad)


def test_holidays_that_are_wanting_are_told_in_time(tmp_path: Path) -> None:
    """From the month before on, a run and the roll-call say what is not in the calendar; not long before."""
    place = Office(tmp_path)
    rows = [(CHEMICALS, (100, 60, 102, 10, 20, 4, 0))]
    for month in ("2026-10", "2026-11"):
        place.ledger(month, EAST, rows)
    gap = "2027年的放假安排还没有元旦、春节、"
    run = ("run", "2026-11", "--without-prefect", "--issued", "2026-12-07")
    for words, is_told in [
        (("run", "2026-10", "--without-prefect", "--issued", "2026-11-06"), False),
        (("status", "2026-10"), False),
        (run, True),
        (("status", "2026-11"), True),
    ]:
        assert (words, gap in bulletin(place, *words)[1]) == (words, is_told)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        # what a file's name may hold -> what the terminal gets
        ("台账\x1b[2J.xlsx", "台账\ufffd[2J.xlsx"),
        ("a\rb\x07c\x9bd", "a\ufffdb\ufffdc\ufffdd"),
        ("\u202excel.slx", "\ufffdxcel.slx"),
        ("东浥区\t一行\n二行", "东浥区\t一行\n二行"),
    ],
)
def test_a_terminal_obeys_no_text(text: str, shown: str) -> None:
    """Control characters and marks of direction are shown as a sign."""
    assert console.harmless(text) == shown
