"""The sheets of a definition: their names and heads, and a reader that collects faults.

The same tables come from the sheets of campaign/工作定义.xlsx and from the CSV files of a shipped
definition.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import TypeVar

from schemas.definition import (
    Direction,
    Kind,
    Severity,
    Type,
)
from schemas.spellings import squeeze

V = TypeVar("V")
Record = Mapping[str, str]  # a line's texts by the sheet's heads
KIND_NAMES: Mapping[Kind, str] = {"progress": "进度台账", "roster": "花名册"}
TYPES: Mapping[str, Type] = {
    "县区": "county", "单位": "enterprise", "信用代码": "uscc", "选项": "choice", "数量": "count",
    "金额": "amount", "日期": "date", "姓名": "name", "身份证号": "id", "电话": "phone",
    "文字": "text",
}  # fmt: skip
DIRECTIONS: Mapping[str, Direction] = {"越高越好": "up", "越低越好": "down", "只计数": "count"}
CONSEQUENCES: Mapping[str, Severity] = {
    "退回整册": "ledger", "剔除本行": "row", "须核实": "query", "仅提示": "note",
}  # fmt: skip
YES_NO: Mapping[str, bool] = {"是": True, "否": False, "": False}
COLUMNS, INDICATORS, STAGES, GROUPS = "栏目", "指标", "阶段", "分组"
WORDS, CHECKS, UPWARD, HEADS, CHOICES = "用语", "校验", "上报", "表头写法", "选项写法"
# The sheets, their heads, and which of them every line must fill in.
SHEETS: Mapping[str, tuple[str, ...]] = {
    COLUMNS: (
        "启用", "台账", "代号", "栏目", "类型", "单位", "小数位", "必填", "必有栏", "累计",
        "不大于", "默认取", "个人信息", "选项", "花名册条件", "说明", "示例", "其他写法",
    ),
    INDICATORS: (
        "启用", "名称", "任务", "已办栏", "应办栏", "花名册日期栏", "方向", "上简报", "排名顺序",
        "简称", "动作", "表头",
    ),
    STAGES: ("名称", "须完成的指标"),
    GROUPS: ("名称", "选项", "计户"),
    WORDS: ("用处", "说法"),
    CHECKS: ("名称", "台账", "条件", "后果", "问题", "怎么改"),
    UPWARD: ("栏目", "上级栏目"),
    HEADS: ("台账", "栏目", "写法"),
    CHOICES: ("栏目", "选项", "写法", "包括"),
}  # fmt: skip
NEEDED: Mapping[str, tuple[str, ...]] = {
    COLUMNS: ("台账", "栏目", "类型", "说明"), INDICATORS: ("名称", "任务", "已办栏"),
    STAGES: ("名称",), GROUPS: ("名称", "选项"), WORDS: ("用处", "说法"),
    CHECKS: ("名称", "台账", "条件", "后果"), UPWARD: ("栏目",), HEADS: ("台账", "栏目", "写法"),
    CHOICES: ("栏目", "选项"),
}  # fmt: skip
_ON = "否：这一行暂时不用；不填就是用"
# What each head asks for: the notes of the workbook, and the table in README.
HELP: Mapping[str, Mapping[str, str]] = {
    COLUMNS: {
        "启用": _ON,
        "台账": "进度台账（各单位按月报的数）或花名册（一人一行）；没有花名册的工作不填花名册的行",
        "代号": "数据文件里的名称，小写英文字母、数字和下划线；不填就用栏目本身",
        "栏目": "台账的表头",
        "类型": "县区、单位、信用代码、选项、数量、金额、日期、姓名、身份证号、电话、文字之一",
        "单位": "数字的单位，如 人、户、份、万元",
        "小数位": "金额保留几位小数；其他类型不填",
        "必填": "是：每行都要填",
        "必有栏": "是：台账不能没有这一栏",
        "累计": "是：逐月累加的已办数，比上月减少要说明原因",
        "不大于": "不能大于哪一栏",
        "默认取": "不填时取哪一栏的数",
        "个人信息": "是：除报送单位自己的台账外一律遮盖",
        "选项": "类型是“选项”的，写出各个选项，用顿号隔开",
        "花名册条件": "由花名册汇总这一栏时只数哪些人，如 政治面貌：中共党员、中共预备党员",
        "说明": "怎么填，印在空白表上",
        "示例": "空白表示例行的内容",
        "其他写法": "表头的其他写法，一行一种，或用 | 隔开；两层表头用 / 隔开",
    },
    INDICATORS: {
        "启用": _ON,
        "名称": "比率的名称，如 协议签订率",
        "任务": "这项工作叫什么，如 协议签订",
        "已办栏": "已办数是哪一栏",
        "应办栏": "应办数是哪一栏；只计数的不填",
        "花名册日期栏": "花名册里表示已办的日期是哪一栏；没有的不填",
        "方向": "越高越好、越低越好或只计数；不填是越高越好",
        "上简报": "否：只汇总，不上简报",
        "排名顺序": "参加排名的写 1、2、3…；不参加的不填",
        "简称": "简报模板里怎样称呼，如 协议；不填就是名称去掉“率”",
        "动作": "简报里说每一件怎样办，如 签订；不填就是完成",
        "表头": "汇总表里这项工作各栏的上层表头；不填就是任务",
    },
    STAGES: {
        "名称": "阶段的名称，由低到高",
        "须完成的指标": "须完成哪些指标，用顿号隔开；不填的第一个是未开始，第二个是已开始",
    },
    GROUPS: {
        "名称": "分组的名称，按简报里的先后排列",
        "选项": "选项栏的哪些选项属于这一组",
        "计户": "否：只计人数，不计单位数",
    },
    WORDS: {"用处": "在哪里用，照抄，不要改", "说法": "怎么叫"},
    CHECKS: {
        "名称": "校验的名称；与程序自带规则同名的，用自带的说法",
        "台账": "进度台账或花名册",
        "条件": "用台账的栏目写出正确的条件，如 竣工日期 >= 开工日期",
        "后果": "退回整册、剔除本行、须核实、仅提示之一",
        "问题": "不符合时怎么说",
        "怎么改": "请对方怎么改",
    },
    UPWARD: {
        "栏目": "报上级的栏目，按上级表格的先后排列；整张表不填，就是全部数字栏",
        "上级栏目": "这一栏在上级表格里的表头；不填就是栏目本身",
    },
    HEADS: {"台账": "进度台账或花名册", "栏目": "本表“栏目”里的栏目", "写法": "表头的另一种写法"},
    CHOICES: {
        "栏目": "选项栏的栏目；不属于工作范围的词写“不属范围”",
        "选项": "该栏的选项",
        "写法": "选项的其他写法，用 | 隔开",
        "包括": "这个选项笼统包括哪些选项",
    },
}
OPTIONAL = (STAGES, GROUPS, CHECKS, UPWARD, HEADS, CHOICES)
WORD_FIELDS: Mapping[str, str] = {
    "全域": "area", "中间层": "middle", "中间层简称": "middle_short", "单位": "unit",
    "单位量词": "unit_measure", "对象": "people", "对象量词": "people_measure", "简称": "short",
}  # fmt: skip
ON, OFF, BASE = "启用", "否", "沿用"
# Words that may be left out: what is said without them is true of any work. `沿用` names the
# shipped definition whose own templates are used.
MORE_WORDS: Mapping[str, str] = {
    "工作动作": "action", "期限": "deadline", "其他指标": "others",
    "提示": "caution", BASE: "base",
}  # fmt: skip
OUT_OF_SCOPE = "不属范围"  # in 选项写法, of the words that put a person out of the work's scope
_LIST = re.compile(r"[、\n]")


@dataclass(frozen=True)
class TableLine:
    """A filled line of a sheet: its number in the sheet, and its texts by head."""

    number: int
    texts: Record

    def __getitem__(self, head: str) -> str:
        """Return the text under a head, empty where the sheet has no such head."""
        return self.texts.get(head, "").strip()


@dataclass(frozen=True)
class DefinitionFault:
    """What is wrong where, and what to do; `head` is None where it is the whole line or sheet."""

    sheet: str
    line: int | None
    head: str | None
    message: str


Tables = Mapping[str, Sequence[TableLine]]


@dataclass
class Reader:
    """Reads the tables of one definition and collects what is wrong with them."""

    tables: Tables
    faults: list[DefinitionFault] = field(default_factory=list)

    def lines(self, sheet: str) -> Sequence[TableLine]:
        """Return the lines of a sheet that are not switched off."""
        return [line for line in self.tables.get(sheet, ()) if squeeze(line[ON]) != OFF]

    def fault(self, sheet: str, line: TableLine | None, head: str | None, message: str) -> None:
        """Collect a fault."""
        number = None if line is None else line.number
        self.faults.append(DefinitionFault(sheet, number, head, message))

    def choice(
        self, sheet: str, line: TableLine, head: str, choices: Mapping[str, V], default: V
    ) -> V:
        """Return what a text of a fixed list stands for; any other text is a fault."""
        text = squeeze(line[head])
        if text in choices:
            return choices[text]
        listed = "、".join(choice for choice in choices if choice)
        self.fault(sheet, line, head, f"写的是“{line[head]}”。请从下列各项中选填：{listed}")
        return default

    def number(self, sheet: str, line: TableLine, head: str, most: int) -> int | None:
        """Return a whole number from 0 to `most`, None for an empty text."""
        text = squeeze(line[head])
        if not text:
            return None
        if text.isascii() and text.isdigit() and int(text) <= most:
            return int(text)
        self.fault(sheet, line, head, f"写的是“{line[head]}”。请填 0 到 {most} 的整数，或不填")
        return None


def no_column(text: str, heads: Mapping[str, str]) -> str:
    """Return what is said of a name that no column has, with the nearest that one has."""
    near = get_close_matches(squeeze(text), heads, n=1)
    hint = f"，您是不是想用“{near[0]}”" if near else ""
    return f"没有“{text}”这一栏{hint}。请照抄“{COLUMNS}”表里的栏目"


def items_of(text: str) -> tuple[str, ...]:
    """Return the parts of a text that lists them with 、 or line by line."""
    return tuple(squeeze(part) for part in _LIST.split(text) if part.strip())
