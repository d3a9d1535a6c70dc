"""写法.csv of a campaign folder: what the office calls our columns and values.

Its lines are read after our own spellings (schemas/headers, schemas/values). Lines that begin with
`#` are notes.
"""

from collections.abc import Mapping

from schemas.columns import KIND_NAMES, KINDS

FILE = "写法.csv"
SPELLING, MEANING, LIST = HEADER = ("写法", "等于", "用于")
NOT_READ = "不读"  # the meaning of a column that no ledger needs
IGNORED = "ignored"  # the list of such columns
NOTE = "#"

EXAMPLE = """\
# 台账里的写法程序不认识时，把它加在这里，一行一种，存盘后再运行。
# 写法：台账里的原文；表头有两层的，用“/”隔开，如 协议/签订数。
# 等于：程序的栏目，或该栏的一个选项；不需要的栏目写“不读”。
# 用于：进度台账、花名册；是选项的，写选项所在的栏目，如 隶属关系。
# 前面有“#”的行是说明或例子，不起作用。台账里有哪些不认识的写法：bulletin spellings 台账文件
写法,等于,用于
# 单位性质,隶属关系,进度台账
# 国资委直管,市属,隶属关系
# 负责人手机,不读,进度台账
"""


def list_names() -> Mapping[str, str]:
    """Return the lists that a line may belong to, by the name that the office writes."""
    listed = {c.header: c.name for kind in KINDS for c in KINDS[kind] if c.type == "choice"}
    return {name: kind for kind, name in KIND_NAMES.items()} | listed
