"""What bulletins say in every situation: no broken sentence, no empty list, no word that the facts do not bear (issue 6)."""

import re
from collections.abc import Iterator
from functools import cache

import pytest

from flows.steps.compose import compose, names_of
from flows.steps.model import Report
from flows.steps.render import Renderer
from schemas.columns import Level
from templates import HERE as TEMPLATES
from tests.support.documents import HEADINGS, Line, lines_of, prose_of
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
        yield one, RENDERER.render(compose(situation(name), level, one))


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
            and not following.text.startswith("1. ")
        ):
            yield line.text


def text(name: str, level: Level = "city", number: int = 0) -> str:
    """Return the prose of one document of a situation."""
    one = names_of(situation(name), level)[number]
    return "\n".join(
        line.text for line in prose_of(RENDERER.render(compose(situation(name), level, one)))
    )


@pytest.mark.parametrize(
    ("name", "level", "said"),
    [
        ("first month", "city", "首期无上月数据"),
        ("small", "city", "协议签订率56.43%，比上月提高10.77个百分点"),
        ("all done", "city", "四项工作已全部办完，全市已完成移交"),
        ("all signed", "city", "签订协议只表明进入实质性阶段"),
        ("all signed", "city", "协议签订率达到100%的有3个：东浥区、西浥区、南沚县。"),
        ("none started", "city", "协议签订率为零的有3个：东浥区、西浥区、南沚县。"),
        ("one of each", "city", "协议签订正在推进的有1个：西浥区（50.00%）。"),
        ("ties", "county", "东浥区总排名并列第1位，其中协议签订率并列第1位，档案移交率并列第1位"),
        ("all signed", "county", "协议签订率并列第1位，档案移交率全市均为零"),
        ("all done", "city", "四是托管中心。没有纳入统计的退休人员。"),
        ("all done", "county", "中省企业。共1户"),
        ("a county new this month", "county", "协议签订率50.00%，上月无可比数据；已移交人事档案30份，档案移交率30.00%；"),
        ("a county new this month", "county", "已移交30份，档案移交率30.00%，尚余70份。"),
        ("missing, no figures", "city", "退休人员100人（东浥区没有数据，未包括在内）。"),
        ("missing, no figures", "city", "其中西浥区没有应移交的退休人员，不参加排名；东浥区本期没有数据，不参加排名。"),
        ("missing, no figures", "county", "东浥区本期未计入，没有可供统计的数据，不参加排名。"),
        ("returned, no figures", "county", "东浥区所报数据未计入，没有可供统计的数据，不参加排名。"),
        ("returned, no figures", "county", "（一）人事档案移交\n东浥区没有可供统计的数据。"),
        ("missing, left out", "county", "数据说明：部分数据未计入。"),
        ("fell", "city", "累计数比上月减少的有东浥区（已签协议人数减少50人，已移交档案数减少30份），需核实原因。"),
        ("ties", "city", "与上月相比，东浥区、西浥区、南沚县四项工作均无进展。"),
        ("no lines at all", "city", "全市没有应移交的国有企业退休人员。"),
        ("a county without retirees", "city", "其中东浥区没有应移交的退休人员，不参加排名"),
        ("a county without retirees", "county", "东浥区没有应移交的国有企业退休人员，不参加排名。"),
        ("more archives than due", "county", "已移交120份（含已故人员档案），档案移交率100.00%"),
        ("before the start", "city", "未编期号"),
        ("before the start", "city", "这项工作定于2022年1月10日启动"),
        ("deadline day", "city", "交接期限（2022年7月31日）已到，全市"),
        ("deadline day", "city", "距总结验收截止日2022年12月31日还有153天"),
        ("after the deadline", "city", "交接期限已过61天"),
        ("acceptance day", "city", "交接和总结验收期限（2022年12月31日）均已到"),
        ("a day before the deadline", "city", "还有1天"),
        ("all done after the deadline", "city", "于2022年12月31日前完成总结验收"),
        ("all done after the acceptance", "city", "巩固工作成果"),
        ("all done", "city", "本期未发现突出问题。"),
        ("all done", "city", "本期应报台账3份，全部报送并通过审核。"),
        ("missing, carried", "city", "未报送的：东浥区（沿用2022年4月数据）。"),
        ("missing, left out", "city", "未报送的：东浥区（本期未计入）。"),
        ("small", "city", "无法读取的：浥江化工有限公司（所报数据未计入）。"),
        ("returned, carried", "city", "被退回的：东浥区（沿用2022年3月数据）。"),
        ("returned, an earlier one counts", "city", "被退回的：东浥区（按本月已通过审核的台账统计）。"),
        ("unreadable", "city", "无法读取的：东浥区（沿用2022年4月数据）。"),
        ("partly", "city", "部分通过的：东浥区（剔除不合格的1行，其余计入）。"),
        ("two kinds owed", "city", "未报送的：东浥区花名册（不影响本期统计）。"),
        ("corrected", "city", "示例市的数据更正如下：已签协议人数由190人更正为200人（依据东浥区2022年5月20日、西浥区2022年5月25日报送的台账）。"),
        ("corrected", "city", "2022年4月简报中东浥区的数据更正如下：已签协议人数由190人更正为200人，已移交档案数由190份更正为200份，企业户数由190户更正为200户（依据东浥区2022年5月20日报送的台账）。"),
        ("corrected", "enterprise", "2022年4月简报中浥江化工有限公司的数据更正如下：已签协议人数由190人更正为200人（依据2022年5月20日报送的台账）。"),
        ("province only", "city", "据省专班通报，我市列全省第3位。"),
        ("country only", "city", "据上级通报，我市列全国第40位。"),
        ("both ranks", "city", "据上级通报，我市列全省第3位，列全国第40位。"),
        ("awkward names", "city", "甲&乙<丙>县"),
    ],
)  # fmt: skip
def test_what_the_facts_ask_for_is_said(name: str, level: Level, said: str) -> None:
    """Each situation has its own sentence."""
    assert said in text(name, level)


@pytest.mark.parametrize(
    ("name", "unsaid"),
    [
        ("first month", "比上月"),
        ("all done", "没有进展"),
        ("all done", "落后"),
        ("before the start", "落后于"),
        ("after the deadline", "序时进度为"),
        ("missing, carried", "东浥区、西浥区、南沚县四项工作均无进展"),
        ("none started", "达到100%的有"),
        ("bare tail", "我市列"),
        ("first month", "（一）落后于序时进度"),
        ("missing, no figures", "东浥区没有应移交"),
        ("missing, no figures", "减少的有"),
        ("one county", "名次依次"),
    ],
)
def test_what_the_facts_do_not_bear_is_not_said(name: str, unsaid: str) -> None:
    """A carried county is not blamed for standing still, a first month is compared with nothing, and so on."""
    assert unsaid not in text(name)
