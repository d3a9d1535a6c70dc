"""写法.csv of a campaign folder: what the office calls our columns and values.

Its lines are read after those of the definition and schemas/headers. Lines that begin with
`#` are notes.
"""

from collections.abc import Mapping

from schemas.definition import Definition
from schemas.definition_sheets import KIND_NAMES

FILE = "写法.csv"
SPELLING, MEANING, LIST = HEADER = ("写法", "等于", "用于")
NOT_READ = "不读"  # the meaning of a column that no ledger needs

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


def list_names(definition: Definition) -> Mapping[str, str]:
    """Return the lists that a line may belong to, by the name that the office writes."""
    columns = [c for columns in definition.kinds.values() for c in columns]
    listed = {c.header: c.name for c in columns if c.type == "choice"}
    return {KIND_NAMES[kind]: kind for kind in definition.kinds} | listed
