"""The language of conditions: how one may be written, what it is read as, what each fault says, and its other forms."""

import random
import shutil
import subprocess
import sys
from collections.abc import Mapping
from datetime import date
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl.utils import get_column_letter

from schemas.conditions import (
    Condition,
    ConditionColumn,
    ConditionError,
    as_excel,
    condition_columns,
    parse,
    says,
)
from schemas.conditions.masks import holds
from schemas.shipped import names, shipped
from tests.support.conditions import COLUMNS, CONDITIONS, Drawn, Row, condition_frame
from tests.support.paths import ROOT

# as written; canonical; fields in the order written
WRITTEN: list[tuple[str, str, str]] = [
    ("户数<=2022年户数", "户数 <= 2022年户数", "homes homes_2022"),
    ("2022年户数 ≥ 户数", "2022年户数 >= 户数", "homes_2022 homes"),
    ("户 数 ＝ ３", "户数 = 3", "homes"),
    ("户数（开工） ≠ 003.50", "户数（开工） != 3.5", "begun"),
    ("户数(开工)<>1000", "户数（开工） != 1000", "begun"),
    ("投资额（万元） == -0.5", "投资额(万元) = -0.5", "invested"),
    ("「户数」-[面积]＞＝【2022年户数】", "户数 - 面积 >= 2022年户数", "homes area homes_2022"),
    ("户数 × 2 ÷ 3 < 面积", "户数 * 2 / 3 < 面积", "homes area"),
    ("户数 - (面积 - 1) > (1 + 户数) * 2", "户数 - (面积 - 1) > (1 + 户数) * 2", "homes area"),
    ("(户数 - 面积) - 1 > -(-(户数 * 2))", "户数 - 面积 - 1 > --(户数 * 2)", "homes area"),
    ("0 <= 户数 < 2022年户数", "0 <= 户数 and 户数 < 2022年户数", "homes homes_2022"),
    ('户数>0 且 (面积>0 并且 备注="")', '户数 > 0 and 面积 > 0 and 备注 = ""', "homes area note"),
    ("户数>0 或 面积>0 AND 户数<9", "户数 > 0 or (面积 > 0 and 户数 < 9)", "homes area"),
    ("（户数>0 或者 面积>0） and 户数<9", "(户数 > 0 or 面积 > 0) and 户数 < 9", "homes area"),
    ("非 户数 > 0", "not 户数 > 0", "homes"),
    ("非公企业数 > 0", "非公企业数 > 0", "private"),
    ("not(户数 > 0 or 面积 > 0)", "not (户数 > 0 or 面积 > 0)", "homes area"),
    ("户数>0 且 且慢=“ 是 ”", '户数 > 0 and 且慢 = "是"', "homes slowly"),
    ("竣工日期 >= 2022-5-1", "竣工日期 >= 2022-05-01", "finished"),
    ("竣工日期 >= “2022/5/1”", "竣工日期 >= 2022-05-01", "finished"),
    ("'2022.05.01' <= 竣工日期", "2022-05-01 <= 竣工日期", "finished"),
    ("竣工日期 >= 2022年5月1日", "竣工日期 >= 2022-05-01", "finished"),
    ('类别 = " 甲类"', '类别 = "甲类"', "group"),
    ("备注 = '说“好”的'", "备注 = '说“好”的'", "note"),
    ("备注 = “开发区（新 ）”", '备注 = "开发区(新)"', "note"),
    ("县区 = “ 开发区（新） ”", '县区 = "开发区（新）"', "county"),
    ('"" != 备注', '备注 != ""', "note"),
    ("备注 = “　”", '备注 = ""', "note"),
    ("户数\n\t<=\u200b面积", "户数 <= 面积", "homes area"),
]


@pytest.mark.parametrize(("written", "canonical", "fields"), WRITTEN)
def test_as_an_office_may_write_it(written: str, canonical: str, fields: str) -> None:
    """Signs, brackets, quotes and blanks of both widths; the canonical form is read as the same condition."""
    condition = parse(written, COLUMNS)
    assert (condition.text, condition.fields) == (canonical, tuple(fields.split()))
    assert parse(canonical, COLUMNS) == condition


# condition, place of the fault from 0, a part of what is said, a part of what is to be done
FAULTS: list[tuple[str, int, str, str]] = [
    ("", 0, "条件没有填写", "甲 <= 乙"),
    (" \n", 0, "条件没有填写", "甲 <= 乙"),
    ("户数 <= 总户数", 6, "没有“总户数”这一栏", "相近的栏目有“户数”"),
    ("户数合计 <= 3", 0, "没有“户数合计”这一栏", "相近的栏目有“户数”"),
    ("面积 > 0 and 投资 > 0", 11, "没有“投资”这一栏", "“投资额(万元)”"),
    ("「户 口」 > 0", 0, "没有“户 口”这一栏", "加引号"),
    ("「」 > 0", 0, "没有“”这一栏", "台账的栏目有“户数”"),
    ("__import__('os') > 0", 0, "没有“__import__”这一栏", "台账的栏目有“户数”"),
    ("户数 <= 备注", 6, "“户数”是数量，“备注”是文字，两者不能比较", "同类"),
    ('户数 > "3"', 5, "“3”加了引号，是文字", "数字不加引号"),
    ("备注 = 3", 5, "“备注”是文字，“3”这里是数字", "文字加引号"),
    ("竣工日期 > 3", 7, "“竣工日期”是日期，“3”这里是数字", "2022-05-31"),
    ("竣工日期 = 备注", 7, "“备注”是文字", "2022-05-31"),
    ('竣工日期 > "五月"', 7, "“五月”不是日期", "2022-05-31"),
    ("竣工日期 > 2022-02-30", 7, "没有“2022-02-30”这一天", "2022-05-31"),
    ("竣工日期 > 0022-05-31", 7, "没有“0022-05-31”这一天，或不在1900年至2100年之间", "2022-05-31"),
    ("竣工日期 > “2022年13月1日”", 7, "没有“2022-13-1”这一天", "2022-05-31"),
    ('备注 > "甲"', 3, "文字不能比大小", "= 或 !="),
    ('类别 = "丙类"', 5, "“类别”是选项，选项中没有“丙类”", "甲类、乙类"),
    ('"丙类" != (类别)', 0, "“类别”是选项，选项中没有“丙类”", "甲类、乙类"),
    ('备注 = "无"', 5, "填“无”的格子按没有填写处理", '甲 = ""'),
    ('户数 > ""', 3, "不能比大小", '甲 != ""'),
    ('户数 + 面积 = ""', 0, '只有栏目能与 "" 相比', "逐栏"),
    ("备注 + 1 > 2", 0, "“备注”是文字，不能加减乘除", "数量和金额"),
    ('"3" * 户数 > 2', 0, "“3”加了引号，是文字，不能加减乘除", "去掉引号"),
    ("竣工日期 - 开工日期 > 30", 0, "“竣工日期”是日期，不能加减乘除", "直接比较"),
    ("-备注 > 2", 1, "“备注”是文字", "数量和金额"),
    ("(户数 > 1) + 1 > 2", 0, "“(户数 > 1)”这里是比较，不能加减乘除", "先算后比"),
    ("(户数 > 1) = (面积 > 1)", 0, "比较的结果不能再拿来比较", "and 或 or"),
    ("户数", 0, "“户数”这里没有比较", "甲 <= 乙"),
    ("户数 > 1 and 面积", 11, "“面积”这里没有比较", "甲 <= 乙"),
    ("户数 + (面积-1)*2", 0, "“户数 + (面积 - 1) * 2”这里没有比较", "甲 <= 乙"),
    ("not 户数", 4, "“户数”这里没有比较", "甲 <= 乙"),
    ("1 < 2", 0, "“<”两边都没有台账的栏目", "至少写一个栏目"),
    ('"户数" = "面积"', 0, "“=”两边都没有台账的栏目", "栏目名称不要加引号"),
    ('户数 > 1 and "" = ""', 11, "“=”两边都没有台账的栏目", "至少写一个栏目"),
    ("户数 = 面积 = 1", 8, "同一方向的两个", "甲 = 乙 and 乙 = 丙"),
    ("1 < 户数 > 面积", 7, "同一方向的两个", "and"),
    ("1 < 户数 < 面积 < 9", 7, "同一方向的两个", "and"),
    ("(户数 > 1", 0, "左括号没有配对", "补上右括号"),
    ("户数 > 1)", 6, "多了一个右括号", "删除"),
    ("户数 > (1 + 2))", 12, "多了一个右括号", "删除"),
    ("户数 >", 4, "没有写完", "补上"),
    ("户数 > 1 and", 10, "没有写完", "补上"),
    ("()", 1, "“)”前面缺少栏目", "补上"),
    ("户数 >= <= 1", 6, "“<=”前面缺少栏目", "补上"),
    ("户数 => 1", 4, "“>”前面缺少栏目", "补上"),
    ("<= 户数", 0, "“<=”前面缺少栏目", "补上"),
    ("户数 面积", 3, "“面积”前面缺少符号", "比较符号"),
    ("户数 > 5万", 6, "“万”前面缺少符号", "多余的文字"),
    ("户数 > 1 ; 面积 > 1", 7, "“;”前面缺少符号", "多余"),
    ("户数 > 50%", 7, "不能写百分号", "0.9"),
    ("户数 > 1,000", 6, "不能写逗号", "不带逗号"),
    ("备注 = “无法", 5, "引号没有成对", "补上引号"),
    ("「备注 = 1", 0, "括号没有成对", "「甲」"),
    ("户数 / 0.0 > 1", 5, "除数是 0", "除号"),
    ("户数 > 1234567890123456", 5, "数字太长", "核对"),
    (f"备注 = “{'长' * 101}”", 6, "超过100个字", "成对"),
    ("(" * 1_000_000, 5000, "条件太长", "几条校验"),
    ("(" * 200, 20, "超过20层", "简单"),
    ("非" * 200, 20, "超过20层", "简单"),
    ("户数 > " + "-" * 200, 25, "超过20层", "简单"),
    ("户数 > 1 and " * 200, 825, "超过300个", "几条校验"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "position", "sentence", "remedy"), FAULTS)
def test_faults(text: str, position: int, sentence: str, remedy: str) -> None:
    """What cannot be read is said with its place and a remedy, in whole sentences."""
    with pytest.raises(ConditionError) as caught:
        parse(text, COLUMNS)
    fault = caught.value
    assert (fault.position, sentence in fault.sentence, remedy in fault.remedy) == (
        position,
        True,
        True,
    ), fault
    assert fault.sentence.endswith("。")
    assert fault.remedy.endswith("。")


def test_heads_that_squeeze_to_the_same_are_not_told_apart() -> None:
    """Of two heads that differ in blanks or width only, neither is guessed."""
    columns = {
        head: ConditionColumn(name, "count")
        for head, name in (("户数(户)", "a"), ("户数（户）", "b"), ("人数", "c"))
    }
    assert parse("人数 > 1", columns).fields == ("c",)
    with pytest.raises(ConditionError, match="有2栏都叫“户数\\(户\\)”"):
        parse("人数 > 户数(户)", columns)


@pytest.mark.parametrize("name", names())
def test_every_column_of_a_shipped_definition_can_be_asked_for(name: str) -> None:
    """Each head of each ledger is read as its own column, whatever the others are called."""
    for listed in shipped(name).kinds.values():
        columns = condition_columns(listed)
        read = {head: parse(f'{head} != ""', columns).fields for head in columns}
        assert read == {column.header: (column.name,) for column in listed}


def test_in_the_retirees_heads() -> None:
    """A definition's columns bring their types and choices along."""
    columns = condition_columns(shipped().kinds["progress"])
    condition = parse("已签协议人数≤退休人员总数 且 隶属关系≠“县属”", columns)
    assert condition.text == '已签协议人数 <= 退休人员总数 and 隶属关系 != "县属"'
    assert condition.fields == ("agreement", "retirees", "affiliation")
    with pytest.raises(ConditionError, match="“隶属关系”是选项，选项中没有“集体”"):
        parse("隶属关系 = “集体”", columns)


def test_without_any_column() -> None:
    """A ledger without columns has no condition."""
    with pytest.raises(ConditionError, match="没有“户数”这一栏"):
        parse("户数 > 1", {})


ODD = {"户数": "a", "户数 or 人数": "b", "人数": "c", "协议/签订": "d", "签订": "e", "协议": "f", "A": "g", "A1": "h", "not": "i",
       "x」y": "j", "(一)数": "k"}  # fmt: skip
ODD_COLUMNS = {head: ConditionColumn(name, "count") for head, name in ODD.items()}
# as written; canonical; fields in the order written
ODD_HEADS = [
    ("户数 or 人数 > 1", "户数 or 人数 > 1", "b"),
    ("人数 > 「户数」 or 人数 > 1", "「人数」 > 「户数」 or 「人数」 > 1", "c a"),
    ("协议/签订 > 1", "协议/签订 > 1", "d"),
    ("「协议」/签订 > 1", "「协议」 / 「签订」 > 1", "f e"),
    ("A1 > A", "A1 > A", "h g"),
    ("not > 1", "not > 1", "i"),
    ("[x」y] > 「协议」 / 签订", "[x」y] > 「协议」 / 「签订」", "j f e"),
    ("（一）数 > 1", "(一)数 > 1", "k"),
]  # fmt: skip


@pytest.mark.parametrize(("written", "canonical", "fields"), ODD_HEADS)
def test_odd_heads(written: str, canonical: str, fields: str) -> None:
    """Heads that hold operators are the longest that fit; the canonical form brackets heads where it must."""
    condition = parse(written, ODD_COLUMNS)
    assert (condition.text, " ".join(condition.fields)) == (canonical, fields)
    assert parse(canonical, ODD_COLUMNS) == condition


@settings(max_examples=300, deadline=None, derandomize=True)
@given(CONDITIONS)
def test_the_canonical_form_is_read_as_the_same(drawn: Drawn) -> None:
    """Whatever can be written has one canonical form, which is its own; conditions are values."""
    condition = parse(drawn.text, COLUMNS)
    again = parse(condition.text, COLUMNS)
    assert again == condition
    assert hash(again) == hash(condition)
    assert set(condition.fields) <= {column.name for column in COLUMNS.values()}


PIECES = st.sampled_from([*COLUMNS, "and", "or", "not", "且", "或", "非", "(", ")", "（", "）", "<=", ">", "=", "!=", "+", "-", "*", "/", "1", "0.5",
                          "2022-05-31", '""', "“甲类”", "'", "「", "」", "]", "%", "，", "㎡", "\u200b", "…", "𠮷", "ﷺ", "½"])  # fmt: skip


@settings(max_examples=500, deadline=None, derandomize=True)
@given(st.lists(PIECES, max_size=14).map(" ".join) | st.text(max_size=30))
def test_any_text_is_read_or_a_fault(text: str) -> None:
    """Nothing but ConditionError is raised, at a place of the text."""
    read = condition_or_fault(text)
    if isinstance(read, ConditionError):
        assert 0 <= read.position <= len(text)
    else:
        assert parse(read.text, COLUMNS) == read


def condition_or_fault(text: str) -> Condition | ConditionError:
    try:
        return parse(text, COLUMNS)
    except ConditionError as fault:
        return fault


def test_the_language_is_light() -> None:
    """Conditions are read without numpy and pandas: a form or a definition needs neither for them."""
    code = "import schemas.conditions, sys; print({'numpy', 'pandas'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, check=True)
    assert done.stdout.strip() == b"set()"


# condition; what is said of it
SAID = [
    ("户数 <= 2022年户数", "户数不大于2022年户数"),
    ("竣工日期 >= 开工日期", "竣工日期不早于开工日期"),
    ("2022-05-31 > 竣工日期", "竣工日期早于2022年5月31日"),
    ('投资额(万元) > 0 or 备注 != ""', "投资额(万元)大于0，或者备注不为空"),
    ("户数 = 户数（开工） + 2022年户数 * 2", "户数等于户数（开工）＋2022年户数×2"),
    ("户数 >= (面积 - 1) / -3", "户数不小于(面积－1)÷-3"),
    ('not (类别 = "甲类" 且 县区 = "")', "类别不为“甲类”，或者县区不为空"),
    ('not 类别 != "甲类"', "类别为“甲类”"),
    ('"甲类" = 类别', "类别为“甲类”"),
    ("县区 = 备注 and 县区 != 且慢", "县区与备注相同，并且县区与且慢不同"),
    ('户数 > 0 or 面积 < 1 and 备注 = ""', "户数大于0，或者（面积小于1并且备注为空）"),
    ("0 <= 户数 < 9", "户数不小于0，并且户数小于9"),
]


@pytest.mark.parametrize(("text", "said"), SAID)
def test_in_chinese(text: str, said: str) -> None:
    """A condition in words, for the help of a column."""
    assert says(parse(text, COLUMNS)) == said


# condition; its formula
FORMULAS = [
    ("户数 <= 面积", "NOT(IFERROR(AND(ISNUMBER(homes),ISNUMBER(area),homes>area),FALSE))"),
    ("户数 * 2 != 户数 + 1", "NOT(IFERROR(AND(ISNUMBER(homes),homes*2=homes+1),FALSE))"),
    ("面积 + 投资额(万元) < 9", "NOT(IFERROR(AND(ISNUMBER(area),ISNUMBER(invested),ROUND(area+invested,4)>=ROUND(9,4)),FALSE))"),
    ("户数 / 面积 < 9", "NOT(IFERROR(AND(ISNUMBER(homes),ISNUMBER(area),ROUND(homes/area,9)>=ROUND(9,9)),FALSE))"),
    ("竣工日期 > 2022-05-31", "NOT(IFERROR(AND(ISNUMBER(finished),finished<=DATE(2022,5,31)),FALSE))"),
    ("备注 = '说\"好\"'", 'NOT(IFERROR(AND(TRIM(note)<>"",NOT(EXACT(TRIM(note),"说""好"""))),FALSE))'),
    ('户数 > 0 or 备注 != ""', 'NOT(AND(IFERROR(AND(ISNUMBER(homes),homes<=0),FALSE),IFERROR(TRIM(note)="",FALSE)))'),
    ('not (户数 > 0 or 备注 = "")', 'NOT(OR(IFERROR(AND(ISNUMBER(homes),homes>0),FALSE),IFERROR(TRIM(note)="",FALSE)))'),
]  # fmt: skip


@pytest.mark.parametrize(("text", "formula"), FORMULAS)
def test_as_a_formula(text: str, formula: str) -> None:
    """A formula is true unless the condition is certainly broken; decimals are rounded to the places they have."""
    assert as_excel(parse(text, COLUMNS), str) == formula


TYPED: Mapping[str, list[object]] = {
    "homes": [None, 0, 1, 3, 12],
    "homes_2022": [None, 1, 3],
    "begun": [None, 1, 2],
    "invested": [None, -1, 0, 1000, 3000, 3001],
    "area": [None, 0, 1, 2, 3, 12, 100],
    "started": [None, date(2022, 3, 1), date(2022, 5, 31)],
    "finished": [None, date(2022, 3, 1), date(2022, 6, 1)],
    "group": [None, "甲类", "乙类"],
    "county": [None, "青榆县"],
    "note": [None, "青榆县", '说"好"'],
    "slowly": [None, "青榆县"],
    "private": [None],
}
CALCULATED = [
    *(text for text, _ in [*SAID, *FORMULAS]),
    "面积 + 投资额(万元) = 0.3",
    "面积 - 0.2 - 0.1 = 0",
    "投资额(万元) / 户数 <= 0.1",
    "投资额(万元) * -户数 > -1.2 or 户数 - (2022年户数 - 户数（开工）) / 2 = 3",
    "not (开工日期 = 竣工日期 or 县区 = 备注 and 户数 > 面积)",
]


def test_formulas_in_libreoffice(tmp_path: Path) -> None:
    """What LibreOffice calculates in a row of a form is what is said of the row in a ledger."""
    program = shutil.which("soffice")
    if program is None:
        pytest.skip("LibreOffice (soffice) is not installed: formulas are not calculated")
    draw = random.Random(17)
    rows = [{name: draw.choice(cells) for name, cells in TYPED.items()} for _ in range(80)]
    conditions = [parse(text, COLUMNS) for text in CALCULATED]
    book = openpyxl.Workbook()
    for line, row in enumerate(rows, 1):
        cells = {c.name: f"{get_column_letter(n)}{line}" for n, c in enumerate(COLUMNS.values(), 1)}
        formulas = [f"={as_excel(condition, cells.__getitem__)}" for condition in conditions]
        book.worksheets[0].append([*(typed(column, row) for column in COLUMNS.values()), *formulas])
    book.save(tmp_path / "表.xlsx")
    command = [program, "--headless", f"-env:UserInstallation=file://{tmp_path}/home"]
    command += [
        "--convert-to",
        "xlsx",
        "--outdir",
        str(tmp_path / "out"),
        str(tmp_path / "表.xlsx"),
    ]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    calculated = openpyxl.load_workbook(tmp_path / "out" / "表.xlsx", data_only=True).worksheets[0]
    frame = condition_frame(rows)
    for number, condition in enumerate(conditions, len(COLUMNS)):
        said = [line[number] for line in calculated.iter_rows(values_only=True)]
        flags = holds(condition, frame).tolist()
        assert (condition.text, said) == (condition.text, flags)
        assert set(flags) == {True, False}, condition.text


def typed(column: ConditionColumn, row: Row) -> object:
    """Return what somebody types for a value: an amount in its own unit."""
    value = row[column.name]
    is_number = column.type in ("count", "amount") and value is not None
    return value / 10**column.decimals if is_number else value
