"""What bulletins say in every situation: no broken sentence, no empty list, no word that the facts do not bear (issue 6)."""

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import cache

import pytest

from flows.steps.compose import names_of
from flows.steps.model import Explanation, Report
from flows.steps.render import Renderer
from schemas.columns import Level
from templates import HERE as TEMPLATES
from tests.support.documents import HEADINGS, Line, lines_of, prose_of
from tests.support.reports import bulletin_of
from tests.support.situations import SITUATIONS

RENDERER = Renderer([TEMPLATES])
LEVELS = ("city", "county", "enterprise")
BROKEN = re.compile(
    r"[、，；：（][、，；。：）]|。[。，；、：]|（）|“”|None|True|False|\{|\}|  \S*。|有0个|共0|—[，；。]|[^0-9]\.00%|提高0\.00|下降0\.00"
)
ENDS = {"BodyText": "。：", "TableNote": "。"}


@cache
def situation(name: str) -> Report:
    return SITUATIONS[name]()


def documents(name: str, level: Level) -> Iterator[tuple[str, bytes]]:
    """Yield the documents of a level in a situation; of many alike the first three and the last."""
    names = names_of(situation(name), level)
    for one in dict.fromkeys([*names[:3], *names[-1:]]):
        yield one, RENDERER.render(bulletin_of(situation(name), level, one))


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("name", SITUATIONS)
def test_every_sentence_is_whole(name: str, level: Level) -> None:
    """Lists are never empty, no two stops meet, sentences end, headings have something below them, agreement is no completion."""
    for one, document in documents(name, level):
        lines = prose_of(document)
        wrong = [
            line.text
            for line in lines
            if BROKEN.search(line.text) or line.text[-1] not in ENDS.get(line.style, line.text[-1])
        ]
        wrong += [line.text for line in lines if line.text.count("（") != line.text.count("）")]
        wrong += [
            line.text
            for line in lines
            if re.search("完成率|协议[^，。；]*完成移交", line.text.replace("才算完成移交", ""))
        ]
        wrong += list(bare_headings(document))
        assert wrong == [], f"{name}, {level}, {one}"


def bare_headings(document: bytes) -> Iterator[str]:
    """Yield the headings with nothing below them, and colons that no list follows."""
    lines = [line for line in lines_of(document) if line.text]
    for line, following in zip(lines, [*lines[1:], Line("", "", False)], strict=True):
        deeper = line.style == "Heading1" and following.style in ("Heading2", "NumberedHeading")
        if (
            line.style in HEADINGS
            and (following.style in HEADINGS or not following.text)
            and not deeper
        ):
            yield line.text
        if (
            line.style == "BodyText"
            and line.text.endswith("：")
            and not following.text.startswith(("一是加快", "加快"))
        ):
            yield line.text


def text(name: str, level: Level = "city", number: int = 0) -> str:
    """Return the prose of one document of a situation."""
    one = names_of(situation(name), level)[number]
    return "\n".join(
        line.text for line in prose_of(RENDERER.render(bulletin_of(situation(name), level, one)))
    )


@pytest.mark.parametrize(
    ("name", "level", "said"),
    [
        # situation, level, what is said
        ("small", "city", "全市移交工作处于推进阶段，四项工作均滞后于序时进度（69.80%）。"),
        ("small", "city", "对照序时进度（69.80%），协议签订、档案移交、组织关系转移、管理职能移交分别滞后13.37、39.95、29.80、63.70个百分点。"),
        ("small", "city", "退休人员459人（南沚县没有数据，未包括在内），比上月减少1人（东浥区）。"),
        ("all done", "city", "全市移交工作已全部完成。"),
        ("all done", "city", "协议签订、档案移交、组织关系转移、管理职能移交均快30.20个百分点"),
        ("all signed", "city", "全市移交工作进入实质性阶段，档案移交、组织关系转移、管理职能移交滞后于序时进度"),
        ("all signed", "city", "签订整体移交协议为进入实质性阶段"),
        ("all signed", "city", "协议全部签订的有东浥区、西浥区、南沚县。"),
        ("all signed", "city", "档案移交、组织关系转移、管理职能移交普遍滞后。"),
        ("none started", "city", "主要问题：东浥区、西浥区、南沚县四项工作均未启动。"),
        ("none started", "city", "建议：督促东浥区、西浥区、南沚县尽快启动移交。"),
        ("one of each", "city", "协议全部签订的有东浥区，尚未签订的有南沚县。"),
        ("one of each", "city", "东浥区居首位，南沚县居末位。"),
        ("one of each", "city", "东浥区已全部完成，南沚县尚未启动。"),
        ("thirty counties", "city", "第29示例县、第28示例县、第27示例县居前三位，第2示例县、第1示例县、第0示例县居后三位。"),
        ("thirty counties", "city", "第1示例县、第2示例县等23个县（市、区）四项工作均滞后"),
        ("thirty counties", "city", "应移交管理职能3435人，尚未启动。"),
        ("ties", "county", "东浥区综合排名并列第1位，四项指标均居并列第1位。"),
        ("all signed", "county", "东浥区综合排名并列第1位，其中协议签订并列第1位。"),
        ("a county new this month", "county", "退休人员100人，比上月增加100人（新纳入浥江化工有限公司）。"),
        ("a county new this month", "county", "应移交人事档案100份，已移交30份，尚余70份。"),
        ("missing, no figures", "city", "退休人员100人（东浥区没有数据，未包括在内），比上月减少100人。"),
        ("missing, no figures", "city", "其中西浥区没有应移交的退休人员，不参加排名；东浥区本期没有数据，不参加排名。"),
        ("missing, no figures", "county", "东浥区本期未计入，没有可供统计的数据，不参加排名。"),
        ("returned, no figures", "county", "东浥区所报数据未计入，没有可供统计的数据，不参加排名。"),
        ("returned, no figures", "county", "（一）人事档案移交\n东浥区没有可供统计的数据。"),
        ("missing, left out", "county", "本期部分数据未计入。"),
        ("fell", "city", "累计数比上月减少的有东浥区（已签协议人数减少50人，已移交档案数减少30份），需核实原因。"),
        ("ties", "city", "与上月相比，东浥区、西浥区、南沚县四项工作均无进展。"),
        ("no lines at all", "city", "全市没有应移交的国有企业退休人员。"),
        ("a county without retirees", "city", "其中东浥区没有应移交的退休人员，不参加排名"),
        ("a county without retirees", "county", "东浥区没有应移交的国有企业退休人员，不参加排名。"),
        ("more archives than due", "county", "已移交120份（含已故人员档案），已全部完成。"),
        ("before the start", "city", "未编期号"),
        ("before the start", "city", "这项工作定于2022年1月10日启动"),
        ("deadline day", "city", "全市移交工作处于推进阶段，交接期限已到。"),
        ("deadline day", "city", "交接期限（2022年7月31日）已到，全市"),
        ("deadline day", "city", "距总结验收截止日2022年12月31日还有153天"),
        ("after the deadline", "city", "交接期限已过61天"),
        ("after the deadline", "city", "东浥区、西浥区各项工作均没有按期完成，其中东浥区管理职能移交差距最大，差90.00个百分点。"),
        ("acceptance day", "city", "交接和总结验收期限（2022年12月31日）均已到"),
        ("a day before the deadline", "city", "还有1天"),
        ("all done after the deadline", "city", "于2022年12月31日前完成总结验收"),
        ("all done after the acceptance", "city", "巩固工作成果"),
        ("missing, carried", "city", "本期应报台账3份，通过2份。东浥区尚未报送进度台账，沿用2022年4月数据。"),
        ("missing, carried", "city", "请东浥区于2022年6月5日前报送进度台账。"),
        ("missing, left out", "city", "东浥区尚未报送进度台账，本期未计入。"),
        ("small", "city", "浥江化工有限公司的进度台账无法读取，所报数据未计入；"),
        ("small", "city", "请西浥区、浥江化工有限公司对照退回通知修改完善进度台账，于2022年6月7日前重报。"),
        ("returned, carried", "city", "东浥区的进度台账被退回，沿用2022年3月数据。"),
        ("returned, carried", "county", "本期涉及东浥区的应报台账1份，均未通过。"),
        ("returned, an earlier one counts", "city", "东浥区的进度台账被退回，按本月已通过审核的台账统计。"),
        ("unreadable", "city", "东浥区的进度台账无法读取，沿用2022年4月数据。"),
        ("partly", "city", "东浥区的进度台账部分通过，剔除不合格的1行，其余计入。"),
        ("two kinds owed", "city", "东浥区尚未报送花名册；"),
        ("corrected", "city", "示例市的数据更正如下：已签协议人数由190人更正为200人（依据东浥区2022年5月20日、西浥区2022年5月25日报送的台账）。"),
        ("corrected", "city", "2022年4月简报中东浥区的数据更正如下：已签协议人数由190人更正为200人，已移交档案数由190份更正为200份，企业户数由190户更正为200户（依据东浥区2022年5月20日报送的台账）。"),
        ("corrected", "enterprise", "2022年4月简报中浥江化工有限公司的数据更正如下：已签协议人数由190人更正为200人（依据2022年5月20日报送的台账）。"),
        ("corrected", "enterprise", "该企业应移交人事档案100份，已移交50份，尚余50份。"),
        ("small", "enterprise", "请浥江化工有限公司会同东浥区倒排工期"),
        ("province only", "city", "据省专班通报，我市列全省第3位。"),
        ("country only", "city", "据上级通报，我市列全国第40位。"),
        ("both ranks", "city", "据上级通报，我市列全省第3位，列全国第40位。"),
        ("awkward names", "city", "甲&乙<丙>县"),
        ("a month skipped", "city", "与2022年3月相比，名次上升的有西浥区（升1位），下降的有东浥区（降1位）。"),
        ("a month skipped", "city", "西浥区进展最快，比2022年3月提高40.00个百分点。"),
        ("a month skipped", "city", "协议签订率为56.67%，比2022年3月提高6.67个百分点。"),
        ("a total number", "city", "第5期（总第27期）"),
        ("the centre", "county", "协议全部签订的单位有2个"),
    ],
)  # fmt: skip
def test_what_the_facts_ask_for_is_said(name: str, level: Level, said: str) -> None:
    """Each situation has its own sentence."""
    assert said in text(name, level)


@pytest.mark.parametrize(
    ("name", "unsaid"),
    [
        # situation, what is not said
        ("first month", "比上月"),
        ("first month", "首期"),
        ("first month", "协议签订率为"),
        ("all done", "没有进展"),
        ("all done", "滞后"),
        ("all done", "存在问题"),
        ("all done", "托管中心。"),
        ("before the start", "滞后"),
        ("after the deadline", "序时进度为"),
        ("missing, carried", "东浥区、西浥区、南沚县四项工作均无进展"),
        ("none started", "全部签订的有"),
        ("bare tail", "我市列"),
        ("first month", "（一）落后于序时进度"),
        ("missing, no figures", "东浥区没有应移交"),
        ("missing, no figures", "减少的有"),
        ("one county", "名次依次"),
        ("a month skipped", "首期"),
        ("a month skipped", "比上月"),
    ],
)
def test_what_the_facts_do_not_bear_is_not_said(name: str, unsaid: str) -> None:
    """A carried county is not blamed for standing still, a first month is compared with nothing, and so on."""
    assert unsaid not in text(name)


def test_the_trusteeship_centre_is_never_called_an_enterprise() -> None:
    """Its own bulletin calls it 该中心; the county's counts 户 and lists 单位."""
    bulletins = [text("the centre", "enterprise", number) for number in (0, 1)]
    assert ["该企业" in bulletin for bulletin in bulletins] == [True, False]
    assert "该中心应移交人事档案59份，已移交20份，尚余39份。" in bulletins[1]
    assert "纳入移交的国有企业1户、退休人员159人" in text("the centre", "county")


# number of explained values, how the city's note on them ends
REASONS = [
    (1, "1由10变为20，属实。"),
    (8, "8由10变为20，属实。"),
    (11, "8由10变为20，属实。其余3项见汇总表。"),
]


@pytest.mark.parametrize(("number", "ends"), REASONS)
def test_the_reasons_of_explained_values_stand_below_the_last_table(number: int, ends: str) -> None:
    """The first eight for the city; a month without any says nothing of it."""
    one = situation("small")
    every = [
        Explanation("甲", "甲.xlsx", "", "", "", f"厂{i}", "", "10", "20", f"{i}由10变为20", "属实")
        for i in range(1, number + 1)
    ]
    document = RENDERER.render(
        bulletin_of(replace(one, explanations=every), "city", names_of(one, "city")[0])
    )
    notes = [line.text for line in prose_of(document) if line.style == "TableNote"]
    assert notes[-1].startswith("核实说明：厂1")
    assert notes[-1].endswith(ends)
    assert "核实说明" not in text("small")
