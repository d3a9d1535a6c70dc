"""汇总表.xlsx, read again with openpyxl: whole tables as a reader sees them."""

from dataclasses import replace

from flows.steps.wording.numbers import NOTHING
from tests.support.factories import CENTRE, line
from tests.support.reports import (
    CEMENT,
    CHEMICAL,
    EAST,
    MACHINES,
    SOUTH,
    WEST,
    many_counties,
    report,
    small_report,
)
from tests.support.workbooks import (
    CELLS,
    CHARTS,
    COUNTIES,
    INDICATORS,
    TABLES,
    UNREPORTED,
    book_of,
    header_row,
    small,
    table,
)


def test_the_sheets_stand_in_the_order_of_reading() -> None:
    """Figures first, then charts, what is behind them, what was wrong, and whom nobody reported."""
    assert small().sheetnames == [*TABLES[:2], *CHARTS, *TABLES[2:], UNREPORTED]


def test_whom_nobody_reported() -> None:
    """The registered enterprises that no ledger that counts has; no sheet where there is none."""
    assert [row[:2] for row in table(small()[UNREPORTED])][:-1] == [[CEMENT, "县属"]]
    of_all = many_counties(["甲"], [(1, 1, 1, 1, 1, 1, 1)])
    assert UNREPORTED not in book_of(of_all).sheetnames


def test_faults_of_replaced_files_are_settled() -> None:
    """They are not among the problems; a note says how many there are."""
    one = small_report()
    gone = frozenset(one.failures) - {one.failures[4]}
    rows = table(book_of(replace(one, replaced=gone))["问题汇总"])
    assert [row[:4] for row in rows] == [
        [EAST, "仅提示", "两家同报", "1"],
        ["另有6处在已被后报文件替换的台账中，不用再处理，未列。", *[""] * 3],
    ]


def test_the_counties_by_rank_with_every_figure_and_change() -> None:
    """Rank, basis, the four matters, then the city; carried figures are marked, and told below."""
    sheet = small()[COUNTIES]
    assert [cell.value for cell in sheet[header_row(sheet)]] == [
        "名次", "县区", "企业户数", "占全市比重", "退休人员总数", "比上月增减", "阶段",
        "已签协议人数", "比上月增减", "协议签订率", "比上月（百分点）",
        "应移交档案数", "已移交档案数", "比上月增减", "档案移交率", "比上月（百分点）",
        "党员人数", "已转组织关系人数", "比上月增减", "组织关系转移率", "比上月（百分点）",
        "已移交管理职能人数", "比上月增减", "管理职能移交率", "比上月（百分点）", "数据说明",
    ]  # fmt: skip
    assert [row for row in table(sheet) if row[1]] == [
        ["1", EAST, "1", "34.64%", "159", "-1", "实质性阶段", "159", "+49", "100.00%", "+31.25", "159", "109", "+59", "68.55%", "+37.30",
         "10", "10", "+8", "100.00%", "+80.00", "25", "+25", "15.72%", "+15.72", ""],
        ["2", WEST, "1", "65.36%", "300", "0", "推进中", "100", "0", "33.33%", "0.00", "310", "31", "0", "10.00%", "0.00",
         "40", "10", "0", "25.00%", "0.00", "3", "0", "1.00%", "0.00", "沿用2022年4月数据"],
        [NOTHING, SOUTH, *[NOTHING] * 23, "没有数据"],
        [NOTHING, "示例市", "2", NOTHING, "459", "-1", "推进中", "259", "+49", "56.43%", "+10.77", "469", "140", "+59", "29.85%", "+12.62",
         "50", "20", "+8", "40.00%", "+16.00", "28", "+25", "6.10%", "+5.45", ""],
    ]  # fmt: skip
    assert [row[0] for row in table(sheet)[4:]] == [
        "注：以下数据沿用以前月份：",
        "西浥区：2022年5月进度台账退回，沿用2022年4月数据。",
    ]


def test_the_city_its_groups_the_enterprises_and_the_cells() -> None:
    """Every level has its sheet; the trusteeship centre counts people, not 户."""
    columns = ("退休人员总数", "协议签订率", "档案移交率", "组织关系转移率", "管理职能移交率")
    assert table(small()["全市及分层级"], "名称", "企业户数", *columns)[:5] == [
        ["示例市", "2", "459", "56.43%", "29.85%", "40.00%", "6.10%"],
        ["中省企业", "1", "100", "100.00%", "50.00%", "100.00%", "25.00%"],
        ["市属企业", "1", "300", "33.33%", "10.00%", "25.00%", "1.00%"],
        ["县属企业", "0", "0", NOTHING, NOTHING, NOTHING, NOTHING],
        ["托管中心", "0", "59", "100.00%", "100.00%", NOTHING, "0.00%"],
    ]
    assert table(small()["企业"], "企业名称", "分层级", *columns, "数据说明")[:4] == [
        [CHEMICAL, "中省企业", "100", "100.00%", "50.00%", "100.00%", "25.00%", ""],
        [MACHINES, "市属企业", "300", "33.33%", "10.00%", "25.00%", "1.00%", "沿用2022年4月数据"],
        [CENTRE, "托管中心", "59", "100.00%", "100.00%", NOTHING, "0.00%", ""],
        ["示例市", "", "459", "56.43%", "29.85%", "40.00%", "6.10%", ""],
    ]
    assert table(small()[CELLS], "县区", "企业名称", "退休人员总数", "数据说明")[:4] == [
        [EAST, CHEMICAL, "100", ""], [EAST, CENTRE, "59", ""], [WEST, MACHINES, "300", "沿用2022年4月数据"], ["示例市", "", "459", ""],
    ]  # fmt: skip


def test_the_calendar() -> None:
    """序时进度 is 69.80 %: what is ahead of it, what is behind, what is left, and what of it a day for 61 days."""
    sheet = small()["序时进度"]
    assert sheet["A2"].value == "序时进度69.80%，距2022年7月31日交接截止还有61天"
    assert table(sheet)[:4] == [
        [
            "示例市",
            "-13.37",
            "-39.95",
            "-29.80",
            "-63.70",
            "200",
            "329",
            "30",
            "431",
            "4",
            "6",
            "1",
            "8",
        ],
        [EAST, "+30.20", "-1.25", "+30.20", "-54.08", "0", "50", "0", "134", "0", "1", "0", "3"],
        [
            WEST,
            "-36.47",
            "-59.80",
            "-44.80",
            "-68.80",
            "200",
            "279",
            "30",
            "297",
            "4",
            "5",
            "1",
            "5",
        ],
        [SOUTH, *[NOTHING] * 4, *["0"] * 8],
    ]


def test_the_months_side_by_side() -> None:
    """The city's four indicators come first, then the counties by indicator, each with its way since last month."""
    sheet = small()["各月对比"]
    assert [cell.value for cell in sheet[header_row(sheet)]] == [
        "指标",
        "名称",
        "2022年4月",
        "2022年5月",
        "比上月（百分点）",
        "比首列月份（百分点）",
    ]
    rows = table(sheet)
    assert rows[:6] == [
        ["协议签订率", "示例市", "45.65%", "56.43%", "+10.77", "+10.77"],
        ["档案移交率", "示例市", "17.23%", "29.85%", "+12.62", "+12.62"],
        ["组织关系转移率", "示例市", "24.00%", "40.00%", "+16.00", "+16.00"],
        ["管理职能移交率", "示例市", "0.65%", "6.10%", "+5.45", "+5.45"],
        ["协议签订率", EAST, "68.75%", "100.00%", "+31.25", "+31.25"],
        ["协议签订率", WEST, "33.33%", "33.33%", "0.00", "0.00"],
    ]
    assert [row[:2] for row in rows[4:]] == [
        [label, county] for label in INDICATORS for county in (EAST, WEST, SOUTH)
    ]


def test_who_reported_what_and_which_month_counts() -> None:
    """The roll-call with its ledgers; a ledger that nobody asked for stands at the end."""
    progress, now = "进度台账", "采用本月数据"
    assert table(small()["报送情况"]) == [
        [EAST, "县区", progress, "通过", "准时", now, f"{EAST}.xlsx", "通过", "3", "3", "0", ""],
        [WEST, "县区", progress, "退回", "未报", "沿用2022年4月数据", f"{WEST}.xlsx", "退回", "3", "1", "2", ""],
        [SOUTH, "县区", progress, "未报送", "未报", "未计入", *[NOTHING] * 5, ""],
        [CHEMICAL, "企业", progress, "无法读取", "未报", "未计入", f"{CHEMICAL}/五月.xlsx", "无法读取", "0", "0", "0", ""],
        [CENTRE, "托管中心", "花名册", "部分通过", "准时", now, f"{CENTRE}.xlsx", "部分通过", "60", "59", "1", ""],
        ["未识别报送单位", NOTHING, progress, "名录未要求报送", NOTHING, NOTHING, "不明.xlsx", "退回", "1", "1", "0", ""],
        ["应于2022年6月5日前报，截至2022年6月2日，准时2个，报送及时率40.00%（应报5个）。"
         "按时与否，看第一次没有被退回的台账哪天收到。", *[""] * 11],
    ]  # fmt: skip


def test_the_faults_by_sender_and_rule_with_the_costly_ones_first() -> None:
    """Two faults of one kind are one line, which tells the first of them."""
    assert table(small()["问题汇总"]) == [
        [
            "未识别报送单位",
            "退回整册",
            "报送单位不明",
            "1",
            "1",
            "不明.xlsx · 进度 · A2",
            "认不出报送单位。",
            "请核对后改正。",
        ],
        [
            CHEMICAL,
            "退回整册",
            "文件打不开",
            "1",
            "1",
            f"{CHEMICAL}/五月.xlsx",
            "文件无法读取。",
            "请核对后改正。",
        ],
        [
            WEST,
            "剔除本行",
            "不是数字",
            "2",
            "1",
            f"{WEST}.xlsx · 进度 · F7",
            "第7行应填数字。",
            "请核对后改正。",
        ],
        [
            CENTRE,
            "剔除本行",
            "身份证号有误",
            "1",
            "1",
            f"{CENTRE}.xlsx · 进度 · C4",
            "身份证号（**************2830）有误。",
            "请核对后改正。",
        ],
        [
            EAST,
            "仅提示",
            "两家同报",
            "1",
            "1",
            f"{EAST}.xlsx · 进度 · C5",
            "另有单位也报了数据。",
            "请核对后改正。",
        ],
        [
            SOUTH,
            "仅提示",
            "未报送",
            "1",
            "1",
            NOTHING,
            "南沚县未报送2022年5月的进度台账。",
            "请核对后改正。",
        ],
    ]


def test_a_superseded_ledger_names_the_one_in_its_place() -> None:
    """What was replaced stays on the list."""
    one = small_report()
    old = replace(one.ledgers[0], file="旧.xlsx", superseded_by=f"{EAST}.xlsx")
    rows = table(
        book_of(replace(one, ledgers=[old, *one.ledgers]))["报送情况"],
        "报送单位",
        "台账文件",
        "说明",
    )
    assert rows[:2] == [[EAST, "旧.xlsx", f"已由“{EAST}.xlsx”替换"], [EAST, f"{EAST}.xlsx", ""]]


def test_the_first_month_has_nothing_to_compare_with() -> None:
    """Every change is a dash, and the months' sheet has one month."""
    book = book_of(report([line(EAST, CEMENT, (10, 5, 10, 0, 1, 0, 0), "县属企业")]))
    assert table(book[COUNTIES], "县区", "比上月增减", "比上月（百分点）")[0] == [
        EAST,
        NOTHING,
        NOTHING,
    ]
    assert table(book["各月对比"])[0] == ["协议签订率", "示例市", "50.00%", NOTHING, NOTHING]


def test_ties_share_their_rank_and_say_so() -> None:
    """1, 2, 2, 4; the cell holds the number, so that it sorts."""
    book = book_of(many_counties("甲乙丙丁", [(9, n, 9, 0, 1, 0, 0) for n in (3, 9, 6, 6)]))
    assert table(book[COUNTIES], "名次", "县区")[:4] == [
        ["1", "乙"],
        ["2（并列）", "丙"],
        ["2（并列）", "丁"],
        ["4", "甲"],
    ]
    assert [row[0].value for row in book[COUNTIES].iter_rows(min_row=5, max_row=8)] == [1, 2, 2, 4]


def test_a_chart_of_many_counties_reads_the_ends_and_the_median() -> None:
    """Beside the chart stand fifteen first, the median, fifteen last; a few are read from their table."""
    counts = [(100, 100 - i, 100, 0, 20, 0, 0) for i in range(40)]
    sheet = book_of(many_counties([f"第{i}县" for i in range(40)], counts))["图1各县协议签订率"]
    column = [cell.value for cell in sheet["S"] if cell.value]
    assert column == [
        *(f"第{i}县" for i in range(15)),
        "中位数",
        *(f"第{i}县" for i in range(25, 40)),
    ]
    assert sheet["T17"].value == 0.805
    assert not small()["图1各县协议签订率"]["S"][0].value
