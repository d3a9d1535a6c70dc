"""Made-up definitions: what an office might set up, from the lines of its sheets."""

import csv
from collections.abc import Mapping
from functools import cache

from schemas.definition import Definition
from schemas.definition_sheets import DefinitionFault, Tables
from schemas.definition_tables import parse_definition
from schemas.shipped import table_lines

# A campaign of old quarters: amounts with decimals, a choice that makes no groups, dates, no roster.
QUARTERS: Mapping[str, str] = {
    "栏目": """\
台账,代号,栏目,类型,单位,小数位,必填,必有栏,累计,不大于,选项,说明,示例,其他写法
进度台账,,县区,县区,,,是,,,,,县区的名称,示例县,
进度台账,,小区名称,单位,,,是,是,,,,小区的名称,示例小区,小区
进度台账,households,应改造户数,数量,户,,是,是,,,,应改造的户数,320,
进度台账,started,已开工户数,数量,户,,是,是,是,应改造户数,,已开工的户数,120,开工/户数
进度台账,planned,计划投资,金额,万元,2,是,是,,,,计划的投资,1250.50,投资/计划
进度台账,invested,完成投资,金额,万元,2,是,是,是,计划投资,,已完成的投资,300.25,投资/完成
进度台账,quality,验收结论,选项,,,,,,,合格、不合格,验收的结论,合格,
进度台账,begun,开工日期,日期,,,,,,,,开工的日期,2022-03-01,
进度台账,ended,计划竣工日期,日期,,,,,,,,计划竣工的日期,2022-09-30,
进度台账,,备注,文字,,,,,,,,其他情况,无,
""",
    "指标": """\
名称,任务,已办栏,应办栏,方向,上简报,排名顺序
开工率,开工,已开工户数,应改造户数,越高越好,是,1
投资完成率,投资,完成投资,计划投资,越高越好,是,2
""",
    "阶段": "名称,须完成的指标\n未开工,\n施工中,\n全部开工,开工率\n",
    "用语": """\
用处,说法
全域,全市
中间层,县（市、区）
中间层简称,县
单位,小区
单位量词,个
对象,住户
对象量词,户
简称,旧改
""",
    "校验": """\
名称,台账,条件,后果,问题,怎么改
日期先后颠倒,进度台账,计划竣工日期 >= 开工日期,剔除本行,,
开工要有投资,进度台账,完成投资 > 0 or 已开工户数 = 0,须核实,已开工却没有完成投资,请补填完成投资
单户投资过高,进度台账,计划投资 <= 50 * 应改造户数,仅提示,,
""",
}

# The least that an office can ask for: one count of what is done, one amount, no roster, no groups.
ODD: Mapping[str, str] = {
    "栏目": """\
台账,代号,栏目,类型,单位,小数位,必填,必有栏,累计,说明
进度台账,,乡镇,县区,,,是,,,乡镇的名称
进度台账,,村名,单位,,,是,是,,村的名称
进度台账,,应修堤长,金额,公里,3,是,是,,应修的长度
进度台账,,已修堤长,金额,公里,3,是,是,是,已修的长度
""",
    "指标": "名称,任务,已办栏,应办栏\n修堤率,修堤,已修堤长,应修堤长\n",
    "阶段": "名称,须完成的指标\n未动工,\n动工,\n完工,修堤率\n",
    "用语": QUARTERS["用语"],
}


# Works of all directions: one that should become less, one that is only counted, four stages.
MIXED: Mapping[str, str] = {
    **QUARTERS,
    "栏目": QUARTERS["栏目"]
    + """\
进度台账,petitions,投诉总数,数量,件,,是,是,,,,收到的投诉,30,
进度台账,open_petitions,未办结投诉,数量,件,,是,是,,投诉总数,,还没有办结的投诉,4,
进度台账,lifts,加装电梯数,数量,部,,,,是,,,已加装的电梯,2,
""",
    "指标": """\
名称,任务,已办栏,应办栏,方向,上简报,排名顺序,简称,动作
开工率,开工,已开工户数,应改造户数,越高越好,是,1,,开工
投资完成率,投资,完成投资,计划投资,越高越好,是,2,,完成
投诉未办结率,投诉办理,未办结投诉,投诉总数,越低越好,是,,投诉,办结
加装电梯,加装电梯,加装电梯数,,只计数,是,,,
""",
    "阶段": (
        "名称,须完成的指标\n未开工,\n施工中,\n全部开工,开工率\n已完工,开工率、投资完成率、投诉未办结率\n"
    ),
}


def tables_of(sheets: Mapping[str, str]) -> Tables:
    """Return the tables of some sheets' lines."""
    return {
        sheet: list(table_lines(csv.reader(text.splitlines()))) for sheet, text in sheets.items()
    }


def parsed(sheets: Mapping[str, str]) -> Definition | list[DefinitionFault]:
    """Return the definition of some sheets' lines, or what is wrong with them."""
    return parse_definition(tables_of(sheets))


@cache
def quarters() -> Definition:
    """Return the campaign of old quarters."""
    return _good(QUARTERS)


@cache
def mixed() -> Definition:
    """Return the campaign of old quarters with works of all directions."""
    return _good(MIXED)


def changed(sheets: Mapping[str, str]) -> Definition:
    """Return the campaign with works of all directions, with other lines in some sheets."""
    return _good({**MIXED, **sheets})


@cache
def odd() -> Definition:
    """Return the least campaign."""
    return _good(ODD)


def _good(sheets: Mapping[str, str]) -> Definition:
    definition = parsed(sheets)
    assert isinstance(definition, Definition), definition
    return definition
