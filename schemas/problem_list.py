"""The sheet 问题清单 of a returned copy: what makes it known, and what senders answer in it."""

SHEET = "问题清单"  # a number follows if the sender has a sheet of that name
TITLE = "台账问题清单"  # in its first cell
RESULT, REASON, KEY = (
    "核实结果",
    "说明",
    "识别码",
)  # columns; KEY is hidden: what the fault is recognised by
TRUE, MENDED = "属实", "已改正"  # what may be chosen in RESULT
