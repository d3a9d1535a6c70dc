"""A memory that can be trusted (DESIGN §7, §8): three months with late, corrected, missing and returned ledgers, rebuilt and traced."""

import json
import os
import shutil
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from flows.steps.model import UserError
from schemas.registry import COUNTIES, ENTERPRISES, SENDERS
from tests.support.documents import as_text
from tests.support.paths import GOLDEN, ROOT
from tests.support.retirees import COUNTS
from tests.support.working import (
    AFFILIATION,
    CEMENT,
    CHEMICALS,
    EAST,
    MACHINES,
    REGISTERED,
    SETTINGS,
    SOUTH,
    WEST,
    Office,
    bulletin,
)

FIGURES = GOLDEN / "figures"


@pytest.fixture
def office(tmp_path: Path) -> Office:
    """Return an office with April run: all three counties accepted."""
    place = Office(tmp_path)
    place.ledger(
        "2022-04",
        EAST,
        [(CHEMICALS, (100, 60, 102, 10, 20, 4, 0)), (MACHINES, (40, 40, 40, 0, 0, 0, 0))],
    )
    place.ledger("2022-04", WEST, [(MACHINES, (50, 10, 50, 0, 10, 0, 0))])
    place.ledger("2022-04", SOUTH, [(CEMENT, (30, 0, 30, 0, 5, 0, 0))])
    place.run("2022-04")
    return place


def run_may(office: Office) -> None:
    """Let May come in: one accepted, one returned, one missing."""
    office.ledger(
        "2022-05",
        EAST,
        [(CHEMICALS, (100, 100, 102, 51, 20, 4, 0)), (MACHINES, (40, 40, 40, 20, 0, 0, 5))],
    )
    office.ledger("2022-05", WEST, [(MACHINES, (50, 60, 50, 0, 10, 0, 0))])
    office.run("2022-05")


def agreements(office: Office, month: str) -> dict[str, int]:
    """Return the agreement counts of a month by county, as figures.json has them."""
    figures = json.loads(office.out(month, "figures.json").read_text(encoding="utf-8"))
    return {entry["name"]: entry["agreement"] for entry in figures["counties"]} | {
        "全市": figures["city"]["agreement"]
    }


def coverage(office: Office, month: str) -> list[tuple[str, str, str | None]]:
    """Return the roll-call of a month, as figures.json has it."""
    figures = json.loads(office.out(month, "figures.json").read_text(encoding="utf-8"))
    return [(row["sender"], row["verdict"], row["used"]) for row in figures["coverage"]]


def test_three_months_whole(office: Office) -> None:
    """Late, corrected, missing and returned ledgers: the whole figures.json of each month, and what restated it."""
    run_may(office)
    assert coverage(office, "2022-05") == [
        (EAST, "accepted", "2022-05"),
        (WEST, "returned", "2022-04"),
        (SOUTH, "missing", "2022-04"),
    ]
    assert agreements(office, "2022-05") == {EAST: 140, WEST: 10, SOUTH: 0, "全市": 150}
    office.ledger(
        "2022-05", WEST, [(MACHINES, (50, 45, 50, 0, 10, 0, 0))], "台账（更正）.xlsx"
    )  # mended
    office.ledger("2022-05", SOUTH, [(CEMENT, (30, 15, 30, 0, 5, 0, 0))])  # late
    office.run("2022-05", "2022-06-08")
    assert coverage(office, "2022-05") == [
        (EAST, "accepted", "2022-05"),
        (WEST, "accepted", "2022-05"),
        (SOUTH, "accepted", "2022-05"),
    ]
    assert agreements(office, "2022-05") == {EAST: 140, WEST: 45, SOUTH: 15, "全市": 200}
    office.ledger(
        "2022-06",
        EAST,
        [(CHEMICALS, (100, 100, 102, 102, 20, 20, 100)), (MACHINES, (40, 40, 40, 40, 0, 0, 40))],
    )
    office.run("2022-06")
    assert coverage(office, "2022-06") == [
        (EAST, "accepted", "2022-06"),
        (WEST, "missing", "2022-05"),
        (SOUTH, "missing", "2022-05"),
    ]
    for month in ("2022-04", "2022-05", "2022-06"):
        expected = FIGURES / f"{month}.json"
        assert office.out(month, "figures.json").read_text(encoding="utf-8") == expected.read_text(
            encoding="utf-8"
        )


def test_sums_of_the_golden_figures() -> None:
    """The golden figures add up by hand: every level, every count, and the cells they come from."""
    for path in sorted(FIGURES.glob("*.json")):
        figures = json.loads(path.read_text(encoding="utf-8"))
        for name in COUNTS:
            for level in ("groups", "counties", "enterprises", "cells"):
                assert sum(entry[name] for entry in figures[level]) == figures["city"][name], (
                    path.name,
                    level,
                    name,
                )
        assert all(
            len(e["sources"][name]["cells"]) == 1 for e in figures["cells"] for name in COUNTS
        )


def test_the_same_again_leaves_the_same_bytes(office: Office) -> None:
    """A re-run with nothing new changes no file and adds no version to the store."""
    run_may(office)
    before = office.digests("2022-05")
    store = {
        p.name: sorted(x.name for x in p.glob("_delta_log/*.json"))
        for p in (office.folder / "campaign" / "store").iterdir()
        if p.is_dir()
    }
    office.run("2022-05")
    assert office.digests("2022-05") == before
    assert store == {
        p.name: sorted(x.name for x in p.glob("_delta_log/*.json"))
        for p in (office.folder / "campaign" / "store").iterdir()
        if p.is_dir()
    }


ELSEWHERE = """
import sys
from pathlib import Path
from tests.support.working import Office
office = Office.__new__(Office)
office.folder = Path(sys.argv[1])
for month in ("2022-04", "2022-05"):
    office.run(month)
"""


def test_another_machine_makes_the_same_bytes(
    office: Office, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """In another folder, time zone, locale and process the same ledgers give the same bytes in every file."""
    run_may(office)
    other = tmp_path_factory.mktemp("elsewhere") / "另一台"
    for part in ("campaign", "ledgers"):
        for path in sorted((office.folder / part).rglob("*")):
            if path.is_file() and "store" not in path.parts and path.name != "person.key":
                target = other / path.relative_to(office.folder)
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(path.read_bytes())
    environment = {
        **os.environ,
        "TZ": "America/New_York",
        "LC_ALL": "C",
        "PYTHONHASHSEED": "7",
        "PYTHONPATH": str(ROOT),
    }
    subprocess.run(
        [sys.executable, "-X", "utf8", "-c", ELSEWHERE, str(other)], env=environment, check=True
    )
    there = Office.__new__(Office)
    there.folder = other
    assert [there.digests(m) for m in ("2022-04", "2022-05")] == [
        office.digests(m) for m in ("2022-04", "2022-05")
    ]


def test_the_way_there_leaves_no_trace(office: Office, tmp_path: Path) -> None:
    """May before April, or both at once, or April three times: the same ledgers give the same bytes in every file."""
    run_may(office)
    other = tmp_path / "anders"
    for part in ("campaign/campaign.toml", "campaign/名录.xlsx", "ledgers"):
        source, target = office.folder / part, other / part
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copytree(source, target) if source.is_dir() else shutil.copy(source, target)
    there = Office.__new__(Office)
    there.folder = other
    for month in ("2022-05", "2022-04", "2022-05", "2022-04"):
        there.run(month)
    assert [there.digests(m) for m in ("2022-04", "2022-05")] == [
        office.digests(m) for m in ("2022-04", "2022-05")
    ]


def test_issued_documents_keep_their_bytes(office: Office) -> None:
    """What was issued is never replaced; where its counts or its rank have changed, a corrected version lies beside it."""
    run_may(office)
    assert bulletin(office, "issue", "2022-05")[0] == 0
    issued = {
        name: digest
        for name, digest in office.digests("2022-05").items()
        if name.startswith(("bulletins/", "documents/"))
    }
    office.ledger("2022-05", SOUTH, [(CEMENT, (30, 15, 30, 0, 5, 0, 0))])
    office.run("2022-05", "2022-06-08")
    after = office.digests("2022-05")
    assert {name: after[name] for name in issued} == issued
    assert sorted(name for name in after if "更正稿" in name) == [
        "bulletins/企业/示例市洹滨水泥厂（更正稿）.docx", "bulletins/全市（更正稿）.docx", f"bulletins/县区/{SOUTH}（更正稿）.docx",
        f"bulletins/县区/{WEST}（更正稿）.docx",  # its rank has changed
        "documents/一页摘要/2022年5月一页摘要（更正稿）.docx", "documents/联系单/2022年5月催报联系单（更正稿）.docx",
        "documents/进度通报/2022年5月进度通报（更正稿）.docx",
    ]  # fmt: skip
    heads = [
        as_text(office.out("2022-05", "bulletins", f"全市{of}.docx").read_bytes()).splitlines()[1]
        for of in ("", "（更正稿）")
    ]
    assert heads == ["第2期", "第2期（更正稿）"]
    office.out("2022-05", "bulletins", "全市.docx").unlink()
    office.run("2022-05", "2022-06-08")
    assert office.digests("2022-05") == after
    code, told = bulletin(office, "history")
    assert code == 0
    assert told.splitlines()[:7] == [
        "2022年5月（第2期） 2022-06-02 印发，4 个台账",
        f"    依据 {SOUTH}/台账.xlsx（沿用2022年4月），通过",
        f"    依据 {WEST}/台账.xlsx（沿用2022年4月），通过",
        f"    依据 {EAST}/台账.xlsx，通过",
        f"    依据 {WEST}/台账.xlsx，退回",
        "    印发 企业简报3份、全市简报1份、县区简报3份、一页摘要1份、提醒函1份、联系单1份、进度通报1份",
        f"    示例市“已签协议人数”：印发时 150，现为 165（{SOUTH}，{SOUTH}/台账.xlsx）",
    ]


def test_the_next_bulletin_tells_what_an_issued_one_said_otherwise(office: Office) -> None:
    """A correction of an issued month is told in the next bulletin with the old figure, the new one and whose ledger it was."""
    assert bulletin(office, "issue", "2022-04")[0] == 0
    office.ledger("2022-04", WEST, [(MACHINES, (50, 20, 50, 0, 10, 0, 0))], "更正.xlsx")
    office.run("2022-04", "2022-05-20")
    run_may(office)
    outcome = office.run("2022-05")
    told = [
        (c.month, c.level, c.name, c.count, c.old, c.new, c.sender, str(c.received))
        for c in outcome.report.corrections
    ]
    assert told == [
        ("2022-04", "city", "示例市", "agreement", 110, 120, WEST, "2022-05-20"),
        ("2022-04", "county", WEST, "agreement", 10, 20, WEST, "2022-05-20"),
        ("2022-04", "enterprise", MACHINES, "agreement", 50, 60, WEST, "2022-05-20"),
    ]
    assert bulletin(office, "issue", "2022-05")[0] == 0
    office.ledger(
        "2022-06",
        EAST,
        [(CHEMICALS, (100, 100, 102, 102, 20, 20, 100)), (MACHINES, (40, 40, 40, 40, 0, 0, 40))],
    )
    assert office.run("2022-06").report.corrections == []


def test_a_bulletin_as_it_was_on_a_day(office: Office) -> None:
    """Rendered as of a time before the correction, and after the campaign folder was changed, the bulletin has the bytes of then."""
    run_may(office)
    then = office.out("2022-05", "bulletins", "县区", f"{WEST}.docx").read_bytes()
    moment = max(
        p.stat().st_mtime
        for p in (office.folder / "campaign" / "store" / "runs" / "_delta_log").iterdir()
    )
    office.ledger("2022-05", WEST, [(MACHINES, (50, 45, 50, 0, 10, 0, 0))], "台账（更正）.xlsx")
    settings = office.folder / "campaign" / "campaign.toml"
    settings.write_text(
        settings.read_text(encoding="utf-8").replace("copies = 10", "copies = 99"), encoding="utf-8"
    )
    office.run("2022-05", "2022-06-08")
    assert office.out("2022-05", "bulletins", "县区", f"{WEST}.docx").read_bytes() != then
    as_of = datetime.fromtimestamp(moment + 0.01, UTC).isoformat()
    code, told = bulletin(
        office,
        "render",
        "2022-05",
        "--level",
        "county",
        "--name",
        WEST,
        "--as-of",
        as_of,
        "--outputs",
        "then",
    )
    assert (code, told.strip()) == (0, f"then/2022-05/bulletins/县区/{WEST}.docx")
    assert (office.folder / told.strip()).read_bytes() == then


def test_a_figure_leads_to_its_cells(office: Office) -> None:
    """`trace` prints the cells that a figure was added up from, and their sum."""
    run_may(office)
    assert bulletin(office, "trace", "2022-05", EAST, "agreement") == (
        0, f"{EAST}/台账.xlsx  进度!F3  100\n{EAST}/台账.xlsx  进度!F4  40\n2022年5月31日{EAST}“agreement”合计 140\n",
    )  # fmt: skip
    code, told = bulletin(office, "trace", "2022-05", "市属企业", "已签协议人数", "--json")
    traced = json.loads(told)
    assert (code, traced["total"], [(c["month"], c["file"], c["cell"], c["value"]) for c in traced["cells"]]) == (
        0, 50, [("2022-05", f"{EAST}/台账.xlsx", "F4", 40), ("2022-04", f"{WEST}/台账.xlsx", "F3", 10)],
    )  # fmt: skip
    assert (
        bulletin(office, "trace", "2022-05", WEST, "agreement")[1].splitlines()[0]
        == f"{WEST}/台账.xlsx（沿用2022年4月）  进度!F3  10"
    )
    assert bulletin(office, "trace", "2022-05", "某县", "agreement")[0] == 1
    assert bulletin(office, "trace", "2022-05", EAST, "完成率")[0] == 2


def test_status_calls_the_roll(office: Office) -> None:
    """Who owes what, what came in which round with which verdict, and what is missing."""
    run_may(office)
    rows = json.loads(bulletin(office, "status", "2022-05", "--json")[1])["ledgers"]
    assert [(r["sender"], r["kind"], r["verdict"], r["round"], r["timeliness"]["words"], r["used"]) for r in rows] == [
        (EAST, "progress", "accepted", 1, "准时", "2022-05"), (WEST, "progress", "returned", 1, "未报", "2022-04"),
        (SOUTH, "progress", "missing", 0, "未报", "2022-04"),
    ]  # fmt: skip
    bulletin(office, "issue", "2022-05")
    office.ledger("2022-05", SOUTH, [(CEMENT, (30, 15, 30, 0, 5, 0, 0))])
    office.run("2022-05", "2022-06-08")
    rows = json.loads(bulletin(office, "status", "2022-05", "--json")[1])["ledgers"]
    assert [(r["sender"], r["verdict"], r["timeliness"]) for r in rows] == [
        (EAST, "accepted", {"words": "准时", "due": "2022-06-05", "complete": "2022-06-02", "days_late": 0}),
        (WEST, "returned", {"words": "未报", "due": "2022-06-05", "complete": None, "days_late": 0}),
        (SOUTH, "accepted", {"words": "迟报3天", "due": "2022-06-05", "complete": "2022-06-08", "days_late": 3}),
    ]  # fmt: skip


def test_what_is_issued_without_and_corrected_later_is_said(office: Office) -> None:
    """`issue` lists what is not accepted; a run afterwards names the corrected versions and their cause."""
    run_may(office)
    assert bulletin(office, "issue", "2022-05")[1].splitlines() == [
        "2022年5月还有 2 个应报的台账没有通过：",
        f"  退回  {WEST}进度台账，沿用2022年4月数据",
        f"  未报送  {SOUTH}进度台账，沿用2022年4月数据",
        "已登记印发2022年5月的简报和文书 11 份，以后不再改动；数据有变时另出更正稿。",
    ]
    office.ledger("2022-05", SOUTH, [(CEMENT, (30, 15, 30, 0, 5, 0, 0))])
    _, told = bulletin(office, "run", "2022-05", "--without-prefect")
    corrected, why = (
        next(line for line in told.splitlines() if line.startswith(f"  {word}"))
        for word in ("更正稿", "更正原因")
    )
    assert f"bulletins/县区/{SOUTH}（更正稿）.docx" in corrected
    assert f"{SOUTH}“已签协议人数”由0改为15（{SOUTH}/台账.xlsx）" in why
    _, status = bulletin(office, "status", "2022-05")
    assert [line.split()[4].rstrip("0123456789天") for line in status.splitlines()[1:4]] == [
        "准时",
        "未报，2022年6月7日前重报",
        "迟报",  # as many days as it is until the day of this test
    ]
    assert "准时1个，报送及时率33.33%（应报3个）" in status


def test_a_month_without_a_usable_ledger(office: Office) -> None:
    """No bulletin, one sentence why, exit 1; what goes back is written all the same, beside a month that is published."""
    office.ledger("2022-05", WEST, [(MACHINES, (50, 60, 50, 0, 10, 0, 0))])
    code, told = bulletin(office, "run", "2022-05", "--without-prefect")
    assert code == 1
    assert told.splitlines()[-1] == (
        "2022年5月没有一个可用的台账（1个被退回、待核实或无法读取），未编制简报。退回材料在 outputs/2022-05/returns，请各单位更正后再运行。"
    )
    month = office.folder / "outputs" / "2022-05"
    files = [
        "quality.json",
        "returns/index.html",
        f"returns/{WEST}/台账（已标注）.xlsx",
        f"returns/{WEST}/退回通知.docx",
    ]
    assert sorted(p.relative_to(month).as_posix() for p in month.rglob("*") if p.is_file()) == files
    assert json.loads((month / "quality.json").read_text())["ledgers"][0]["verdict"] == "returned"
    assert bulletin(office, "run", "2022-06", "--without-prefect")[1].splitlines()[-1] == (
        "没有文件夹“ledgers/2022-06”，也就没有2022年6月的台账，未编制简报。请把台账放进去，或用 --ledgers 指明文件夹。"
    )
    assert sorted(p.name for p in (office.folder / "outputs").iterdir()) == ["2022-04", "2022-05"]


def test_issuing_needs_untouched_drafts(office: Office) -> None:
    """A draft that was changed by hand, or made before the store moved on, is not issued."""
    draft = office.out("2022-04", "bulletins", "全市.docx")
    whole = draft.read_bytes()
    draft.write_bytes(whole + b"x")
    assert "被手改" in bulletin(office, "issue", "2022-04")[1]
    draft.unlink()
    assert "被删除" in bulletin(office, "issue", "2022-04", "--accept-edited")[1]
    draft.write_bytes(whole)
    office.ledger("2022-04", WEST, [(MACHINES, (50, 20, 50, 0, 10, 0, 0))], "更正.xlsx")
    office.run("2022-04")
    draft.parent.parent.joinpath("manifest.json").write_text(
        json.dumps({"store": "old", "issued": "2022-05-02", "outputs": []})
    )
    assert "又有变动" in bulletin(office, "issue", "2022-04")[1]


def test_a_change_of_the_settings_is_a_correction_too(office: Office) -> None:
    """Where no ledger came in but the policy leaves one out now, the difference is told without a ledger, here and in `history`."""
    office.ledger(
        "2022-05",
        EAST,
        [(CHEMICALS, (100, 100, 102, 51, 20, 4, 0)), (MACHINES, (40, 40, 40, 20, 0, 0, 5))],
    )
    office.run("2022-05")
    assert bulletin(office, "issue", "2022-05")[0] == 0
    settings = office.folder / "campaign" / "campaign.toml"
    settings.write_text(
        settings.read_text(encoding="utf-8").replace("carry_forward", "exclude"), encoding="utf-8"
    )
    told = [
        (c.level, c.name, c.count, c.old, c.new, c.sender, c.received)
        for c in office.run("2022-05").report.corrections
    ]
    assert [c for c in told if c[2] in ("enterprises", "retirees", "agreement")] == [
        ("city", "示例市", "enterprises", 3, 2, "", None), ("city", "示例市", "retirees", 220, 140, "", None),
        ("city", "示例市", "agreement", 150, 140, "", None), ("county", WEST, "enterprises", 1, 0, "", None),
        ("county", WEST, "retirees", 50, 0, "", None), ("county", WEST, "agreement", 10, 0, "", None),
        ("county", SOUTH, "enterprises", 1, 0, "", None), ("county", SOUTH, "retirees", 30, 0, "", None),
        ("enterprise", MACHINES, "retirees", 90, 40, "", None), ("enterprise", MACHINES, "agreement", 50, 40, "", None),
        ("enterprise", CEMENT, "retirees", 30, 0, "", None),
    ]  # fmt: skip
    assert (
        "    示例市“企业户数”：印发时 3，现为 2（设置或名录有变）"
        in bulletin(office, "history")[1].splitlines()
    )


def test_what_is_only_checked_anew_made_no_difference(office: Office) -> None:
    """A correction names the late ledger, not one that was looked at again because the month before it changed."""
    office.ledger("2022-05", WEST, [(MACHINES, (50, 20, 50, 0, 10, 0, 0))])
    office.run("2022-05")
    assert bulletin(office, "issue", "2022-05")[0] == 0
    office.ledger("2022-04", WEST, [(MACHINES, (50, 11, 50, 0, 10, 0, 0))], "更正.xlsx")
    office.run("2022-04", "2022-06-10")
    office.ledger(
        "2022-05",
        EAST,
        [(CHEMICALS, (100, 90, 102, 10, 20, 4, 0)), (MACHINES, (40, 40, 40, 0, 0, 0, 0))],
        "迟报.xlsx",
    )
    told = [
        (c.level, c.name, c.old, c.new, c.file)
        for c in office.run("2022-05", "2022-06-10").report.corrections
    ]
    late = f"{EAST}/迟报.xlsx"
    assert told == [
        ("city", "示例市", 120, 150, late),
        ("county", EAST, 100, 130, late),
        ("enterprise", CHEMICALS, 60, 90, late),
    ]


def test_after_a_month_that_counted_nothing_there_is_no_change(tmp_path: Path) -> None:
    """A first month whose ledgers were all returned is none that the next could be compared with."""
    office = Office(tmp_path)
    office.ledger("2022-04", WEST, [(MACHINES, (50, 60, 50, 0, 10, 0, 0))])
    with pytest.raises(UserError, match="没有一个可用的台账"):
        office.run("2022-04")
    office.ledger("2022-05", WEST, [(MACHINES, (50, 20, 50, 0, 10, 0, 0))])
    office.run("2022-05")
    figures = json.loads(office.out("2022-05", "figures.json").read_text(encoding="utf-8"))
    assert {
        json.dumps(e["change"])
        for e in (figures["city"], *figures["groups"], *figures["counties"], *figures["cells"])
    } == {"null"}


def test_an_affiliation_counts_as_registered_now(office: Office) -> None:
    """名录 goes before what a ledger said, also where the ledger's file is gone and its figures are carried forward."""
    shutil.rmtree(office.folder / "ledgers" / "2022-04")
    moved = [
        [name, "", "县属" if name == MACHINES else affiliation, ""]
        for name, affiliation in AFFILIATION.items()
    ]
    there = Office(office.folder, registered={**REGISTERED, ENTERPRISES: moved})
    there.ledger("2022-05", EAST, [(CHEMICALS, (100, 100, 102, 51, 20, 4, 0))])
    there.run("2022-05")
    figures = json.loads(office.out("2022-05", "figures.json").read_text(encoding="utf-8"))
    assert {g["name"]: (g["retirees"], g["change"]["counts"]["retirees"]) for g in figures["groups"]} == {
        "中省企业": (100, 0), "市属企业": (0, 0), "县属企业": (80, -40), "托管中心": (0, 0),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("alias", "type", "code", "told"),
    [
        (EAST, "县区", 3, "通过 1 个"),
        ("", "企业", 1, f"名录中没有县区“{EAST}”，但已入库的台账有它的数据"),
    ],
)
def test_a_county_that_is_called_otherwise_now(
    office: Office, alias: str, type: str, code: int, told: str
) -> None:
    """Rows of months gone by are found by the old name where 名录 has it as an alias; else it is said what is missing."""
    counties = [["东浥新区", "", alias], [WEST, "", ""], [SOUTH, "", ""]]
    senders = [
        [EAST, type, "", "", "进度台账"],
        [WEST, "县区", "", "", "进度台账"],
        [SOUTH, "县区", "", "", "进度台账"],
    ]
    there = Office(office.folder, registered={**REGISTERED, COUNTIES: counties, SENDERS: senders})
    there.ledger("2022-05", WEST, [(MACHINES, (50, 20, 50, 0, 10, 0, 0))])
    assert [
        (found, told in said)
        for found, said in [bulletin(office, "run", "2022-05", "--without-prefect")]
    ] == [(code, True)]
    if alias:
        assert agreements(office, "2022-05")["东浥新区"] == 100


def test_a_sender_that_is_called_otherwise_now(office: Office) -> None:
    """What it sent under the old name is carried forward under the new one, and a fall against it is found."""
    counties = [["东浥新区", "", EAST], [WEST, "", ""], [SOUTH, "", ""]]
    senders = [
        [name, "县区", EAST if name == "东浥新区" else "", "", "进度台账"]
        for name, _, _ in counties
    ]
    there = Office(office.folder, registered={**REGISTERED, COUNTIES: counties, SENDERS: senders})
    there.ledger("2022-05", WEST, [(MACHINES, (50, 20, 50, 0, 10, 0, 0))])
    there.run("2022-05")
    assert coverage(office, "2022-05")[0] == ("东浥新区", "missing", "2022-04")
    assert agreements(office, "2022-05")["东浥新区"] == 100
    there.ledger(
        "2022-05",
        "东浥新区",
        [(CHEMICALS, (100, 59, 102, 10, 20, 4, 0)), (MACHINES, (40, 40, 40, 0, 0, 0, 0))],
    )
    there.run("2022-05")
    assert coverage(office, "2022-05")[0] == ("东浥新区", "returned", "2022-04")


def test_a_bad_row_of_an_unknown_county_stands_in_nobodys_way(tmp_path: Path) -> None:
    """The good rows of a partly accepted ledger count."""
    office = Office(tmp_path, SETTINGS + "bad_rows = { progress = 0.5 }\n")
    office.ledger(
        "2022-04",
        EAST,
        [(CHEMICALS, (100, 60, 102, 10, 20, 4, 0)), (MACHINES, (40, 40, 40, 0, 0, 0, 0))],
        county="某县",
    )
    office.run("2022-04")
    assert (coverage(office, "2022-04")[0], agreements(office, "2022-04")["全市"]) == (
        (EAST, "partly", "2022-04"),
        40,
    )
