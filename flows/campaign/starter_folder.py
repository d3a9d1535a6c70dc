"""A working folder to begin with: a commented campaign, empty folders, two blank forms."""

import io
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path

import xlsxwriter

from flows.campaign.definition_book import FILE as DEFINITION_FILE
from flows.campaign.definition_book import definition_book
from flows.campaign.folder import SETTINGS_FILE, campaign_of
from flows.steps.blank.form import blank_form
from flows.steps.files import write_atomically
from flows.steps.model import UserError
from schemas.columns import KIND_NAMES
from schemas.definition import AFFILIATION, ENTERPRISE, Definition
from schemas.holidays import EXAMPLE as HOLIDAYS
from schemas.holidays import FILE as HOLIDAYS_FILE
from schemas.month_words import EXAMPLE as WORDS_EXAMPLE
from schemas.month_words import FOLDER as WORDS
from schemas.month_words import NOTE_FILE
from schemas.own_spellings import EXAMPLE as OWN_SPELLINGS
from schemas.own_spellings import FILE as SPELLINGS_FILE
from schemas.registry import COUNTIES, ENTERPRISES, FILE, SENDERS, sheets_of
from schemas.shipped import RETIREES, shipped, tables_of

SETTINGS = """\
# 本文件是工作的基本设置，用记事本或 WPS 打开修改；“#”后面是说明，可以不管。
# 文字要放在英文双引号里，日期写成 2022-07-31。

name = "国有企业退休人员社会化管理"                            # 工作名称
city = "示例市"                                                # 市名
office = "示例市国有企业退休人员社会化管理工作领导小组办公室"  # 办公室全称，印在简报报头
start = 2022-01-10                                             # 启动日期，序时进度从这一天算起

[deadlines]
handover = 2022-07-31      # 交接截止日
acceptance = 2022-12-31    # 总结验收截止日

[bulletin]
title = "国有企业退休人员社会化管理工作简报"   # 报头的简报名称
first_month = "2022-01"                        # 第1期是哪个月，以后逐月加一期
report_to = ["市委", "市政府"]                 # 报
send_to = ["市委组织部"]                       # 送
issue_to = ["各县（市、区）人民政府"]          # 发
copies = 60                                    # 印数
contact = ""                                   # 联系人和电话，印在退回通知上
mail = ""                                      # 办公室收简报的邮箱，发邮件时用
receipts = false                               # 发邮件时是否把回执也发给台账通过的单位
links = false                                  # 全市简报草稿里的数点开看 核对.html，印发的没有链接

# 期号要另定的（跨年重排、中间缺月、印总期号），写从哪个月起是第几期，以后逐月加一；不用就不写。
# [bulletin.numbers]
# "2023-01" = 1
# [bulletin.totals]
# "2023-01" = 13
# 县区简报、企业简报的报送发和印数，不写的只发该县区、该企业；“{名称}”代表该单位。
# [bulletin.county]
# issue_to = ["{名称}人民政府"]
# copies = 10
# [bulletin.enterprise]
# issue_to = ["{名称}"]

[policy]
missing = "carry_forward"  # 未报送或被退回的：carry_forward 沿用最近一次通过的数据，exclude 不计入
# 错行不超过这个比例时，好的行先用（进度台账、花名册）
bad_rows = { progress = 0.0, roster = 0.01 }
# 排名依据见 工作定义.xlsx 的“排名顺序”；要另定的写在这里，如：
# ranking = ["协议签订率"]
precedence = ["县区", "企业", "托管中心"]      # 两家报了同一县区同一企业时，以谁的为准
reply_days = 5                                 # 退回后几日内重报
due_day = 5                                    # 每月的台账在次月几日前报，过了的是迟报

# 与上次通过的数据相比，变动多大要请报送单位核实；以下是默认值。
# [policy.doubt]
# base_share = 0.2         # 基数变动超过两成
# base_count = 20          # 且超过20人
# progress_points = 50     # 完成率一个月变动超过50个百分点
# city_share = 0.01        # 且涉及全市总数的百分之一以上
# roster_share = 0.05      # 同一单位的进度台账与花名册相差超过百分之五
# roster_count = 20        # 且超过20人
# total_share = 0.1        # 全市基数一个月变动超过一成的，印发前请您确认
# listed = 20              # 每个台账最多逐条列出几处

# 各项工作与目标（名录.xlsx 的“目标”表）相比：达到的绿灯，低几个百分点以内的黄灯，再低的红灯。
# [policy.lights]
# yellow = 5

# 期限前几天提醒没有报送的单位、过期几天催报（bulletin remind），每次只发一封；0 不发，是默认值。
# to：senders 逐家发给报送单位，office 一份名单发给办公室（bulletin.mail）。
# [policy.reminders]
# before = 0               # 如 3
# after = 0                # 如 1
# to = "senders"

# 连续几个月红灯的列为督办（bulletin supervise），下发后几日内办理，督办哪些单位；以下是默认值。
# [policy.supervision]
# months = 2
# days = 15
# whom = ["县区"]          # 也可以写 ["县区", "企业"]

# 负面清单：到某一天完成的比例低于多少的县区列入，扣几分；可以写几节。
# [[assessment.negative]]
# indicator = "指标名称"
# below = 60
# by = 2022-06-30
# points = 2
# 考核得分：不写 weights 的不计分，不影响名次。method：share 实际与应达之比，efficacy 功效系数。
# [assessment]
# weights = { "指标名称" = 100 }
# method = "share"
# late = 1                 # 迟报、未报一次扣几分
# returned = 0.5           # 退回一次扣几分

# 上级通报的名次，按月填写，原样印在简报上；没有就不写。
# [ranks."2022-05"]
# province = 3
# source = "省专班通报"
# 上级通报的数，一个数一节，连同来源原样印在简报上；place 是本地的名次，可不写。
# [[given."2022-05"]]
# item = "全省总体进度"
# value = "92.31%"
# place = 3
# source = "省专班通报"
"""

EXAMPLES: Mapping[str, Sequence[Sequence[str]]] = {
    COUNTIES: [["示例区", "990101", "示例"], ["示例县", "990102", ""]],
    ENTERPRISES: [["示例市示例机械有限公司", "91350100M000100Y43", "市属", "示例机械、市机械公司"]],
    SENDERS: [
        ["示例区", "县区", "", "", "进度台账"],
        ["示例县", "县区", "", "", "进度台账、花名册"],
        ["示例市市直企业职工托管中心", "托管中心", "托管中心", "", "花名册"],
    ],
}


def write_working_folder(folder: Path, like: str) -> None:
    """Write a working folder for a campaign like a shipped one.

    Its forms have no lists of units, since 名录 comes first. Raises UserError where something of
    that name is in the way.
    """
    for name in ("campaign", "ledgers", "outputs"):
        if (folder / name).exists():
            raise UserError(f"“{folder / name}”已经存在，没有改动。请换一个文件夹，或先把它移走")
    files = {
        SETTINGS_FILE: SETTINGS.replace(RETIREES, like).encode(),
        FILE: example_registry(shipped(like)),
        DEFINITION_FILE: definition_book(tables_of(like)),
        SPELLINGS_FILE: OWN_SPELLINGS.encode("utf-8-sig"),  # so that WPS opens it as it is
        HOLIDAYS_FILE: HOLIDAYS.encode("utf-8-sig"),
        f"{WORDS}/{NOTE_FILE}": WORDS_EXAMPLE.encode("utf-8-sig"),
    }
    for name, content in files.items():
        write_atomically(folder / "campaign" / name, content)
    for name in ("ledgers", "outputs"):
        (folder / name).mkdir(parents=True)
    # without the examples of 名录: nothing but 示例县 could be typed in a form with its lists
    nobody: dict[str, tuple[()]] = {"counties": (), "enterprises": (), "senders": ()}
    campaign = campaign_of(files, folder).changed(**nobody)
    for kind in campaign.definition.kinds:
        title = KIND_NAMES[kind]
        write_atomically(folder / f"{title}（空白）.xlsx", blank_form(kind, campaign))


def example_entries(definition: Definition) -> Mapping[str, Sequence[Sequence[str]]]:
    """Return example entries of each sheet that are good for a definition."""
    if definition == shipped():
        return EXAMPLES
    columns = definition.columns_of("progress")
    listed = columns.get(AFFILIATION)
    unit = [str(columns[ENTERPRISE].example), "", listed.choices[0] if listed else "", ""]
    owed = "、".join(KIND_NAMES[kind] for kind in definition.kinds)
    senders = [[name, "县区", "", "", owed] for name, *_ in EXAMPLES[COUNTIES]]
    return {COUNTIES: EXAMPLES[COUNTIES], ENTERPRISES: [unit], SENDERS: senders}


def example_registry(definition: Definition) -> bytes:
    """Return a 名录.xlsx with a few example entries; each header has its help as a note."""
    examples = example_entries(definition)
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True}) as book:
        book.set_properties({"created": datetime(2022, 1, 1)})
        bold, text = (
            book.add_format({"bold": True, "bg_color": "#DDDDDD", "border": 1}),
            book.add_format({"num_format": "@"}),
        )
        for sheet, columns in sheets_of(definition).items():
            page = book.add_worksheet(sheet)
            page.set_column(0, len(columns) - 1, 26, text)
            page.freeze_panes(1, 0)
            for c, column in enumerate(columns):
                page.write_string(0, c, column.header, bold)
                page.write_comment(0, c, column.help)
            for r, row in enumerate(examples.get(sheet, ()), start=1):
                for c, value in enumerate(row):
                    page.write_string(r, c, value, text)
    return buffer.getvalue()
