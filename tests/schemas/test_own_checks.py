"""The office's own checks: what they are bound as, what is wrong with them, what a definition binds."""

from collections.abc import Mapping

import pytest

from schemas.bindings import bindings_of
from schemas.definition import Definition, Kind
from schemas.own_checks import PATTERNS
from schemas.rules import RULES
from schemas.shipped import shipped
from tests.support.definitions import QUARTERS, odd, parsed, quarters

# a definition, what it binds beyond the columns' types: rule, field to mend, other field or condition
BOUND: list[tuple[Definition, Kind, list[tuple[str, str, object]]]] = [
    (
        quarters(),
        "progress",
        [
            ("not-in-list", "quality", ("合格", "不合格")),
            ("date-implausible", "begun", "earliest_retirement"),
            ("date-implausible", "ended", "earliest_retirement"),
            ("date-in-future", "begun", "issued"),
            ("negative", "households", None),
            ("negative", "started", None),
            ("negative", "planned", None),
            ("negative", "invested", None),
            ("more-than-total", "started", "households"),
            ("more-than-total", "invested", "planned"),
            ("date-order", "ended", "begun"),
            ("own-check", "invested", "完成投资 > 0 or 已开工户数 = 0"),
            ("own-check", "planned", "计划投资 <= 50 * 应改造户数"),
        ],
    ),
    (odd(), "progress", [("negative", "应修堤长", None), ("negative", "已修堤长", None)]),
]
STRUCTURE = ("unknown-county", "unknown-enterprise", "duplicate-row")


@pytest.mark.parametrize(("definition", "kind", "expected"), BOUND, ids=["quarters", "odd"])
def test_what_a_definition_binds(
    definition: Definition, kind: Kind, expected: list[tuple[str, str, object]]
) -> None:
    """Rules follow from types, lists, limits and checks; what is planned may lie in the future."""
    found = []
    for binding in bindings_of(definition, kind):
        values = [*binding.given.values(), *binding.context.values()]
        other = getattr(values[0], "text", values[0]) if values else None
        if binding.code not in STRUCTURE:
            found.append((binding.code, binding.at, other))
    assert found == expected


def test_the_titles_are_those_of_the_rules() -> None:
    """A check is one of our rules by its title."""
    assert {title: pattern.code for title, pattern in PATTERNS.items()} == {
        RULES[pattern.code].title: pattern.code for pattern in PATTERNS.values()
    }


# name, ledger, condition, what is said of it
WRONG = [
    ("竣工", "进度台账", "竣工日期 >= 开工日期", "没有"),
    ("日期先后颠倒", "进度台账", "开工日期", "“日期先后颠倒”的条件要写成“甲 >= 乙”，写台账的栏目。请改正"),
    ("日期先后颠倒", "进度台账", "计划投资 >= 完成投资", "“日期先后颠倒”不能用于这些类型的栏目。请换成合适的栏目，或改名称"),
    ("分项大于总数", "进度台账", "完成投资 <= 应改造户数", "“分项大于总数”不能这样比。请换成合适的栏目，或改名称"),
    ("年龄不合常理", "进度台账", "开工日期", "“年龄不合常理”不能这样比。请换成合适的栏目，或改名称"),
    ("人员", "花名册", "备注 != \"\"", "这项工作没有这种台账。请改正“台账”，或删去本行"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "kind", "condition", "said"), WRONG)
def test_a_check_that_cannot_be_bound_is_a_fault(
    name: str, kind: str, condition: str, said: str
) -> None:
    """With its sheet, line and head, and what to do."""
    sheets: Mapping[str, str] = {
        **QUARTERS,
        "校验": f'名称,台账,条件,后果\n{name},{kind},"{condition.replace(chr(34), chr(34) * 2)}",仅提示\n',
    }
    found = parsed(sheets)
    assert isinstance(found, list)
    (fault,) = found
    assert (fault.sheet, fault.line, fault.head) == ("校验", 2, "条件")
    assert said in fault.message


def test_the_shipped_checks_are_bound_as_rules_of_ours() -> None:
    """The retirees' office has none of its own."""
    definition = shipped()
    codes = {b.code for kind in definition.kinds for b in bindings_of(definition, kind) if b.check}
    assert codes == {"archives-exceed", "date-order", "age-implausible"}
