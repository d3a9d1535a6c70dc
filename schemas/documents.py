"""文书.csv: the documents that an office writes each month, one line each."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from schemas.columns import Level

FOLDER, FILE = "文书", "文书.csv"
HEADER = ("名称", "模板", "对象", "何时", "文件名", "字号", "附件", "发送")
NAME, TEMPLATE, SUBJECT, OCCASION, FILE_NAME, SERIES, ATTACHED, SENT = HEADER
NEEDED = 4  # columns from the left that every line fills in

Subject = Literal["city", "county", "enterprise", "sender"]
Occasion = Literal[
    "month", "last", "accepted", "returned", "held", "missing", "yellow", "red", "hand"
]

SUBJECTS: Mapping[str, Subject] = {
    "全市": "city",
    "各县": "county",
    "各单位": "enterprise",
    "各报送单位": "sender",
}
OCCASIONS: Mapping[str, Occasion] = {
    "每月": "month",
    "末月": "last",
    "通过": "accepted",
    "退回": "returned",
    "待核实": "held",
    "未报送": "missing",
    "黄灯": "yellow",
    "红灯": "red",
    "手工": "hand",
}
# What becomes of a ledger: only the city as a whole, or a sender, has ledgers.
OF_LEDGERS: tuple[Occasion, ...] = ("accepted", "returned", "held", "missing")
WITH_LEDGERS: tuple[Subject, ...] = ("city", "sender")
# What has a light of its own.
LIGHTS: tuple[Occasion, ...] = ("yellow", "red")
WITH_LIGHTS: tuple[Subject, ...] = ("city", "county", "enterprise")
ENDINGS = (".docx", ".xlsx")
YES, NO = "是", "否"
# The templates of the bulletins by their level, and of what a sender gets back.
BULLETINS: Mapping[Level, str] = {
    "city": "全市.docx",
    "county": "县区.docx",
    "enterprise": "企业.docx",
}
NOTICE, RECEIPT, SUPERVISION = "退回通知.docx", "回执.docx", "督办通知单.docx"
# What a file name and a series of numbers may hold in braces.
IN_NAMES = ("名称", "月份", "文书")
YEAR, NUMBER = "{年}", "{n}"


@dataclass(frozen=True)
class DocumentLine:
    """A line of 文书.csv: a document, its template, for whom and when it is made.

    `file_name` and `series` may be empty; `attached` are names of other documents; `sent` is empty
    (to nobody), 是 (to whom it is for) or a mail address.
    """

    name: str
    template: str
    subject: Subject
    occasion: Occasion
    file_name: str = ""
    series: str = ""
    attached: tuple[str, ...] = ()
    sent: str = ""
