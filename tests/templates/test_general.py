"""The general templates: what they say of any definition (issue 17).

After a wanted change: `BULLETIN_GOLDEN=write .venv/bin/python -m pytest tests/templates/test_general.py`, then read the difference.
"""

import os
from collections.abc import Callable, Sequence

import pytest

from flows.campaign.template_check import check_template, preview
from flows.pipeline.template_folders import shipped_folders
from flows.steps.compose import compose, names_of
from flows.steps.compose.sample import sample_report
from flows.steps.render.templates import prepare
from schemas.definition import Definition
from schemas.shipped import names, shipped
from templates import GENERAL, HERE
from templates.build import fields
from templates.build.general import WORDS
from tests.support.definitions import MIXED, changed, mixed, odd, quarters
from tests.support.documents import as_text
from tests.support.paths import GOLDEN

LEVELS = tuple(WORDS)
MADE: Sequence[Callable[[], Definition]] = (mixed, odd, quarters)


def said(name: str, definition: Definition) -> str:
    """Return what a general template says of a definition's sample month."""
    return as_text(preview(GENERAL / f"{name}.docx", definition))


@pytest.mark.parametrize("name", LEVELS)
def test_the_wording_is_the_one_reviewed(name: str) -> None:
    """Works of all directions, amounts, stages; no groups, no roster."""
    golden = GOLDEN / f"通用{name}.txt"
    text = said(name, mixed())
    if os.environ.get("BULLETIN_GOLDEN") == "write":
        golden.write_text(text, encoding="utf-8")
    assert text == golden.read_text(encoding="utf-8")


def test_a_unit_in_one_county_has_no_table_of_its_counties() -> None:
    """It would say the same line twice; the chapters after it move up."""
    report = sample_report(mixed())
    prepared = prepare("企业.docx", (GENERAL / "企业.docx").read_bytes())
    chapters = {}
    for bulletin in (
        compose(report, "enterprise", name) for name in names_of(report, "enterprise")
    ):
        lines = as_text(prepared.filled(bulletin.context, bulletin.charts)).split("\n")
        counties = len(bulletin.context["所在各县"])
        chapters[counties > 1] = [line for line in lines if line[:2] in ("一、", "二、", "三、")]
    assert chapters == {
        True: ["一、总体进展", "二、所在各县（市、区）进展", "三、单项工作进展"],
        False: ["一、总体进展", "二、单项工作进展", "三、存在问题"],
    }


@pytest.mark.parametrize("name", LEVELS)
@pytest.mark.parametrize(
    "definition", [*(make() for make in MADE), *map(shipped, names())], ids=lambda d: d.words.short
)
def test_it_fits_any_definition(name: str, definition: Definition) -> None:
    """As it comes it passes its own check: every name that it uses is there, whatever is counted."""
    path = GENERAL / f"{name}.docx"
    assert [str(fault) for fault in check_template(path, definition)] == []


@pytest.mark.parametrize("name", ["退回通知", "回执"])
@pytest.mark.parametrize("make", MADE)
def test_papers_to_senders_fit_any_definition(name: str, make: Callable[[], Definition]) -> None:
    """They are the same for all campaigns; amounts in them have their decimals."""
    path = HERE / f"{name}.docx"
    assert [str(fault) for fault in check_template(path, make())] == []
    text = as_text(preview(path, make()))
    assert "退休" not in text
    assert make().count_name(make().main) in text


def test_the_field_list_follows_the_definition() -> None:
    """Works, words and charts are the campaign's own."""
    text = as_text(fields.build(mixed()))
    wanted = ("开工.率", "未办结投诉", "住户", "小区简报", "图表:三项趋势")
    assert [word for word in wanted if word not in text] == []
    assert [word for word in ("退休", "协议", "企业简报") if word in text] == []


@pytest.mark.parametrize(
    ("definition", "gone", "there"),
    [
        (changed({"阶段": ""}), ("阶段", "未开工"), ("开工率",)),
        (changed({"指标": MIXED["指标"].replace(",是,1,", ",是,,").replace(",是,2,", ",是,,")}), ("名次", "排名", "居前"), ("开工率",)),
        (changed({"指标": "名称,任务,已办栏,方向\n加装电梯,加装电梯,加装电梯数,只计数\n", "阶段": ""}), ("率", "图1", "名次", "已全部完成"), ("加装电梯数353部（比上月增加63部）", "合计 | 4860 | 353")),
        (changed({"指标": MIXED["指标"].replace("投诉总数,越低越好,是", "投诉总数,越低越好,否")}), ("投诉办理",), ("未办结投诉",)),
    ],
    ids=["no stages", "no ranks", "only counted", "not reported"],
)  # fmt: skip
def test_what_a_definition_lacks_leaves_nothing_empty(
    definition: Definition, gone: Sequence[str], there: Sequence[str]
) -> None:
    """No heading, column or sentence stands for it."""
    text = said("全市", definition)
    indicators = text.replace("及时率", "")  # that of the ledgers
    assert [word for word in gone if word in indicators] == []
    assert [word for word in there if word not in text] == []


@pytest.mark.parametrize(
    ("definition", "folder"),
    [
        (shipped(), HERE),
        (shipped("老旧小区改造"), GENERAL),
        (mixed(), GENERAL),
    ],
    ids=["retirees", "quarters", "made-up"],
)
def test_which_templates_are_used(definition: Definition, folder: object) -> None:
    """The retirees have their own, any other campaign the general ones."""
    assert shipped_folders(definition)[0] == folder
