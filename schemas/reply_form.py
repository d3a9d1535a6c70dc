"""督办反馈表: the form on which a unit answers to its items, read back like a ledger."""

KIND = "supervision"  # on the form's hidden sheet
SHEET = "反馈表"
NUMBER, MATTER, DEMAND, STATE, TERM, PERSON, NOTE = (
    "编号",
    "事项",
    "要求",
    "完成情况",
    "完成时限",
    "负责人",
    "说明",
)
HEADERS = (NUMBER, MATTER, DEMAND, STATE, TERM, PERSON, NOTE)
ANSWERS = (STATE, PERSON, NOTE)  # the columns that the unit fills in
STATES = ("已完成", "正在办理", "尚未开始")
