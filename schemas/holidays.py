"""放假安排.csv of a campaign folder: the days off and the days worked of years not yet known.

Its lines go before the calendar that the program brings along. Lines that begin with `#` are notes.
"""

from collections.abc import Mapping

FILE = "放假安排.csv"
DAY, ARRANGED = HEADER = ("日期", "安排")
WORKED: Mapping[str, bool] = {"休": False, "班": True}
# The statutory holidays, each with the first and the last day (month, day) that it may begin on.
HOLIDAYS: Mapping[str, tuple[tuple[int, int], tuple[int, int]]] = {
    "元旦": ((1, 1), (1, 1)),
    "春节": ((1, 20), (2, 21)),
    "清明节": ((4, 4), (4, 6)),
    "劳动节": ((5, 1), (5, 1)),
    "端午节": ((5, 25), (6, 26)),
    "中秋节": ((9, 7), (10, 8)),
    "国庆节": ((10, 1), (10, 1)),
}

EXAMPLE = """\
# 国务院办公厅每年十一月前后公布下一年的放假安排。
# 程序还没有收录的年份，照通知填在这里，一天一行，存盘即可。
# 安排：放假的日子写“休”（遇周末的也写），调休上班的周六、周日写“班”。一年七个节日要写全。
# 前面有“#”的行是说明或例子，不起作用。已收录的年份不用填；填了的，以这里为准。
日期,安排
# 2025-01-01,休
# 2025-01-28,休
# 2025-01-26,班
"""
