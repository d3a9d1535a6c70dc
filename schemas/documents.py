"""文书.csv: the documents that an office writes each month, one line each."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from schemas.columns import Level

FOLDER, FILE = "文书", "文书.csv"
HEADER = ("名称", "模板", "对象", "何时", "文件名", "字号", "附件", "发送")
NAME, TEMPLATE, SUBJECT, OCCASION, FILE_NAME, SERIES, ATTACHED, SENT = HEADER
NEEDED = 4  # columns from the left that every line fills in

Subject = Literal["city", "county", "enterprise", "sender", "item"]
Occasion = Literal[
    "month",
    "last",
    "accepted",
    "returned",
    "held",
    "missing",
    "yellow",
    "red",
    "supervised",
    "scored",
    "hand",
]
# What a template's names come from: figures, what goes back, what is accepted, supervised items.
Kind = Literal["figures", "notice", "receipt", "supervision"]

SUBJECTS: Mapping[str, Subject] = {
    "全市": "city",
    "各县": "county",
    "各单位": "enterprise",
    "各报送单位": "sender",
    "督办事项": "item",
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
    "督办": "supervised",
    "考核": "scored",
    "手工": "hand",
}
# What becomes of a ledger: only the city as a whole, or a sender, has ledgers.
OF_LEDGERS: tuple[Occasion, ...] = ("accepted", "returned", "held", "missing")
WITH_LEDGERS: tuple[Subject, ...] = ("city", "sender")
# What has a light of its own.
LIGHTS: tuple[Occasion, ...] = ("yellow", "red")
WITH_LIGHTS: tuple[Subject, ...] = ("city", "county", "enterprise")
# When an item has a document: in each month in which it is open or closed.
OF_ITEMS: tuple[Occasion, ...] = ("supervised",)
WITH_ITEMS: tuple[Subject, ...] = ("item",)
ENDINGS = (".docx", ".xlsx")
FIELD_LIST = "字段清单.docx"  # beside the templates: the names that they may use
YES, NO = "是", "否"
# The documents that the program itself looks for: each is about the same, under the same name.
BULLETINS: Mapping[Level, str] = {
    "city": "全市简报",
    "county": "县区简报",
    "enterprise": "企业简报",
}
NOTICE, RECEIPT, ITEM_NOTICE = "退回通知", "回执", "督办通知单"
PLACES: Mapping[str, str] = {
    "全市简报": "bulletins",
    "县区简报": "bulletins/县区",
    "企业简报": "bulletins/企业",
    NOTICE: "returns/{名称}",
    RECEIPT: "returns/{名称}",
}
PAPERS = "documents"  # the folder of all others, each in one of its own
REPLY_FORM = "反馈表"  # the attachment that the program itself makes, of an item's document
# What a file name and a series of numbers may hold in braces.
IN_NAMES = ("名称", "月份", "文书")
YEAR, NUMBER = "{年}", "{n}"
ITEM_SERIES = f"督办〔{YEAR}〕{NUMBER}号"  # of the supervised items


def number_in(series: str, year: int, number: int) -> str:
    """Return a number of a series as it is printed: 督办〔2022〕1号."""
    return series.replace(YEAR, str(year)).replace(NUMBER, str(number))


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

    @property
    def kind(self) -> Kind:
        """Return what the names of its template come from."""
        if self.name in (NOTICE, RECEIPT):
            return "notice" if self.name == NOTICE else "receipt"
        return "supervision" if self.subject == "item" else "figures"

    @property
    def is_returned(self) -> bool:
        """Return whether it goes back to a sender with what came in: it is never issued."""
        return self.kind in ("notice", "receipt")
