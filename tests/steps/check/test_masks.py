"""What may be shown of a value: attacks with numbers and names in cells where they do not belong (domain.md §5)."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flows.steps.check.masks import count_shown, harmless, last_four, scrub, scrubbed, shown
from flows.steps.model import Failure
from schemas.columns import Kind
from schemas.shipped import shipped
from tests.support.retirees import columns_of

ID, PHONE = "11010519491231002X", "13812345678"
quick = settings(max_examples=80, deadline=None, derandomize=True)


@pytest.mark.parametrize(("kind", "name", "text", "printed"), [
    ("roster", "person", "王建国", "王*"),
    ("roster", "person", "欧阳建国", "欧*"),
    ("roster", "id", ID, "*" * 14 + "002X"),
    ("roster", "id", "110105 19491231 002X", "*" * 14 + "002X"),
    ("roster", "id", f"{ID}王建国", "*" * 17 + "X***"),  # a name behind the number
    ("roster", "id", "王建国", "***"),
    ("roster", "id", "1234", "****"),
    ("roster", "phone", "138-1234-5678", "*" * 9 + "5678"),
    ("roster", "uscc", ID, "*" * 14 + "002X"),
    ("roster", "sex", "王建国", "王*"),  # columns that have slipped by one
    ("roster", "sex", "男", "男"),
    ("roster", "politics", "王建国", "王*"),
    ("roster", "politics", "党外人士", "党外人士"),
    ("roster", "affiliation", "集体企业", "集体企业"),
    ("roster", "affiliation", ID, "*" * 14 + "002X"),
    ("roster", "archives_date", "#VALUE!", "#VALUE!"),  # what can be nobody's
    ("roster", "id", "#N/A", "#N/A"),
    ("roster", "id", "无", "无"),
    ("roster", "politics", "——", "——"),
    ("roster", "county", "王小区", "王*"),  # ends like a place
    ("roster", "county", "示例新区", "示例新区"),
    ("roster", "county", "138 1234 5678", "*" * 7 + "5678"),
    ("roster", "enterprise", "张行", "张*"),  # ends like a firm
    ("roster", "enterprise", "示例机械厂", "示例机械厂"),
    ("roster", "enterprise", f"示例机械厂{ID}", "*" * 19 + "002X"),
    ("roster", "retired", "1949-12-31", "1949-12-31"),
    ("roster", "retired", "王建国", "王*"),
    ("roster", "archives_date", "已移交", "已移交"),
    ("roster", "archives_date", PHONE, "*" * 7 + "5678"),
    ("progress", "enterprise", "示例机械有限公司", "示例机械有限公司"),
    ("progress", "enterprise", "王建国", "王*"),
    ("progress", "enterprise", f"王建国{PHONE}", "王建国*******5678"),
    ("progress", "enterprise", "示例７３８１厂", "示例７３８１厂"),
    ("progress", "affiliation", "集体", "集体"),
    ("progress", "affiliation", "李四", "李*"),
    ("progress", "uscc", "91350100M000100Y43", "91350100M000100Y43"),
    ("progress", "uscc", "91350100M000100Y4", "91350100M000100Y4"),
    ("progress", "uscc", "91990", "91990"),
    ("progress", "uscc", "王建国", "王*"),
    ("progress", "uscc", ID, "*" * 14 + "002X"),
    ("progress", "uscc", PHONE, "*" * 7 + "5678"),
    ("progress", "agreement", "约120人", "约120人"),
    ("progress", "agreement", PHONE, "*" * 7 + "5678"),
    ("progress", "note", f"联系 {PHONE}", "联系 *******5678"),
])  # fmt: skip
def test_what_is_printed_of_a_cell(kind: Kind, name: str, text: str, printed: str) -> None:
    """Surname and a star, last four digits, and nothing else personal, whatever column it stands in."""
    assert shown(shipped(), kind, columns_of(kind)[name], text) == printed


@pytest.mark.parametrize(("text", "printed"), [
    ("2022年5月国有企业退休人员社会化管理进度表", "2022年5月国有企业退休人员社会化管理进度表"),
    ("2022-05-01 至 2022-05-31", "2022-05-01 至 2022-05-31"),
    (f"名单{ID}", "名单**************002X"),
    ("名单１１０１０５１９４９１２３１００２Ｘ", "名单**************002X"),
    ("1101 0519 4912 3100 21", "**************0021"),
    ("110105-19491231-0021", "****************0021"),
    (f"电话{PHONE}、138 1234 5678、0990-2345678", "电话*******5678、*******5678、********5678"),
    ("共 820 人，12345678 份", "共 820 人，12345678 份"),
    ("130702199001011234567", "*****************4567"),
])  # fmt: skip
def test_numbers_of_persons_are_hidden_in_any_text(text: str, printed: str) -> None:
    """Blanks, hyphens and full-width digits do not help them; dates and counts stay."""
    assert scrub(text) == printed


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        ("张三", "张*"),
        ("司马相如", "司*"),
        ("示例县", "示例县"),
        ("武汉路桥公司", "武汉路桥公司"),
        ("5月份", "5月份"),
    ],
)
def test_a_lone_name_around_a_table(text: str, printed: str) -> None:
    """What stands behind 填报单位 may be a person."""
    assert harmless(text) == printed


@pytest.mark.parametrize(
    ("number", "printed"),
    [(0, "0"), (-5, "-5"), (9_999_999_999, "9999999999"), (13812345678, "*******5678")],
)
def test_a_phone_in_a_column_of_counts(number: int, printed: str) -> None:
    """A number that long is no count."""
    assert count_shown(number) == printed


def test_a_failure_of_the_reader_is_scrubbed() -> None:
    """Sheet, value and texts; the place stays."""
    failure = Failure(
        "甲.xlsx",
        f"表{ID}",
        "B3",
        3,
        None,
        PHONE,
        "unknown-column",
        "note",
        f"“{PHONE}”栏未采用。",
        "不必处理。",
    )
    assert scrubbed(failure) == Failure("甲.xlsx", "表**************002X", "B3", 3, None, "*******5678", "unknown-column", "note",
                                        "“*******5678”栏未采用。", "不必处理。")  # fmt: skip


ANY_CELL = st.sampled_from(
    [(kind, name) for kind in ("progress", "roster") for name in columns_of(kind)]
)
AROUND = st.text("年月日人 的号：、（）abc", max_size=6)


@quick
@given(
    ANY_CELL,
    AROUND,
    AROUND,
    st.sampled_from(
        [ID, "990101195001010015", "138 1234 5678", PHONE, "１３８１２３４５６７８", "0990-2345678"]
    ),
)
def test_no_cell_shows_a_number_whole(
    cell: tuple[Kind, str], before: str, after: str, number: str
) -> None:
    """In no column of any ledger, whatever stands before and behind it."""
    printed = shown(shipped(), cell[0], columns_of(cell[0])[cell[1]], before + number + after)
    plain = "".join(filter(str.isdigit, printed))
    assert len(plain) <= 4, printed


@quick
@given(
    st.sampled_from([*columns_of("roster")]),
    st.sampled_from("王李张刘陈"),
    st.text("建国华明芳英行厂区县", min_size=1, max_size=2),
)
def test_no_column_of_a_roster_shows_a_name_whole(
    column: str, surname: str, given_name: str
) -> None:
    """Names slip into any column when a cell is inserted."""
    assert surname + given_name not in shown(
        shipped(), "roster", columns_of("roster")[column], surname + given_name
    )


@quick
@given(st.text(max_size=30))
def test_no_more_than_four_characters_of_a_number_are_shown(text: str) -> None:
    """And they are digits, or the X of an ID number."""
    tail = last_four(text).lstrip("*")
    assert set(tail) <= set("0123456789Xx*")
    assert len(tail) <= 4
