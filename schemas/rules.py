"""Every rule, whole: code, title, severity, the sentence a sender reads, what to do about it, and its predicate.

A sentence speaks plain Chinese and holds the numbers; `{…}` are the facts that whoever finds the
fault hands over, `middle`, `unit_name` and `unit_measure` the definition's words. A rule's predicate returns True where a row is in order (the form pandera asks
for); None where the fault shows while a file is read, a cell converted or ledgers are compared.
Codes are stable (DESIGN §5); reports and manual derive from this page.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from schemas import predicates as p
from schemas.definition import Severity

RULES_VERSION = "3"  # ledgers checked under another version are checked again

Scope = Literal["file", "cell", "row", "ledger", "months", "across"]
SEVERITIES: Mapping[Severity, str] = {
    "ledger": "退回整册",
    "row": "剔除本行",
    "query": "须核实",
    "note": "仅提示",
}


@dataclass(frozen=True)
class Rule:
    """A rule; `severity` is what a fault costs.

    A query costs its row, or its ledger if it has no row, until it is mended or explained.
    """

    code: str
    title: str
    scope: Scope
    severity: Severity
    sentence: str
    remedy: str
    predicate: Callable[..., Any] | None = None

    def say(self, **facts: object) -> str:
        """Return the sentence with its facts; raises KeyError for a missing fact."""
        return self.sentence.format(**facts)

    def advise(self, **facts: object) -> str:
        """Return the remedy with its facts; raises KeyError for a missing fact."""
        return self.remedy.format(**facts)

    def costs(self, trial_rules: Collection[str]) -> Severity:
        """Return what a fault costs in a campaign: nothing where the rule is on trial (policy.trial_rules) and can be."""
        return "note" if self.code in trial_rules and self.code in TRIABLE else self.severity


_OPEN = "请用 WPS 或 Excel 打开后另存为 .xlsx 格式再报"

_FILE = (
    Rule("file-unreadable", "文件打不开", "file", "ledger", "文件无法读取：{reason}。", _OPEN + "；打不开的，请重新制作台账。"),
    Rule("file-encrypted", "文件加密", "file", "ledger", "文件设有打开密码，无法读取。", "请去掉打开密码后另存再报。"),
    Rule("file-too-large", "文件过大", "file", "ledger", "文件过大：{reason}。", "请删除多余的工作表、图片和空白行后再报，仍超限的分成几个文件。"),
    Rule("file-unsupported", "格式不支持", "file", "ledger", "文件不是台账表格：{reason}。", "请报送 .xlsx、.xls、.et、.ods 或 .csv 格式的台账。"),
    Rule("no-ledger-found", "未找到台账", "file", "ledger", "文件中没有找到台账表格：{reason}。", "请使用下发的空白表填报，表头写明{expected}等栏目。"),
    Rule("missing-column", "缺少栏目", "file", "ledger", "表格缺少“{header}”栏；现有栏目：{found}{unused}。", "请补上缺少的栏目：{spelt}，填写后重报；已有的，请把表头改为其中一种写法。"),
    Rule("duplicate-column", "栏目重复", "file", "ledger", "“{header}”栏有两个：{first}和{second}{outcome}。", "请只保留一个“{header}”栏。"),
    Rule("ambiguous-column", "栏目分不清", "file", "ledger", "{columns}都在“{header}”这个表头下，分不清哪一栏是“{header}”。", "请给每一栏单独写明表头和单位（如户、人、%），或只保留“{header}”一栏，重新报送。"),
    Rule("row-not-read", "有行没有读到", "file", "ledger", "{rows}填有数据，但{reason}，没有读取。", "请把这些行移到表头下面的数据行中，删去行首的说明文字；不是台账数据的请删除。"),
    Rule("unknown-column", "多余栏目", "file", "note", "“{value}”栏不在台账栏目中，未采用；台账栏目为：{expected}。", "如是某一栏目的另一种写法，请改为规范名称；否则可不处理。"),
    Rule("sender-unknown", "报送单位不明", "file", "ledger", "认不出报送单位：{reason}。", "请在表头“填报单位”处填写名录中的单位名称：{expected}。"),
    Rule("sender-conflict", "报送单位不一致", "file", "ledger", "报送单位互相矛盾：{reason}。", "请核对填报单位、文件夹名和文件名，统一为一个单位后重报。"),
    Rule("month-mismatch", "月份不符", "file", "ledger", "{source}写的是“{value}”，本次应报{expected}的台账。", "请核对月份：报错月份的换成{expected}的台账，写错的改正后重报。"),
    Rule("submitted-twice", "重复报送", "file", "ledger", "与同一单位的另一个文件“{other}”有{count}行填的是同一{what}，不知以哪个为准。", "请合并成一个文件，或只保留正确的一个，重新报送。"),
    Rule("superseded", "已被替换", "file", "note", "本文件已由后报的“{other}”替换，不再计入。", "无需处理。"),
    Rule("hidden-sheet", "隐藏工作表", "file", "note", "工作表“{value}”是隐藏的，没有读取。", "其中如有应报的数据，请取消隐藏后重报。"),
    Rule("other-month-sheet", "其他月份的工作表", "file", "note", "工作表“{value}”写的是{month}，不是本次应报的月份，没有读取。", "无需处理；其中如有本月数据，请改正月份后重报。"),
    Rule("box-ignored", "选项未采用", "file", "note", "“{label}”一格没有采用：{reason}；按表内所填的数统计。", "用办公室发给本单位的填报表时，才能选“{label}”；选☑为是，☐为否。"),
    Rule("box-conflict", "选项与内容不符", "file", "ledger", "{reason}。", "没有应移交退休人员的，选“零报告”，清空各行；有的，把“零报告”改为☐，照常填报。"),
    Rule("returned-by-office", "办公室退回", "file", "ledger", "办公室退回：{reason}。", "请按上述要求改正后重新报送。"),
)  # fmt: skip

_CELL = (
    Rule("required", "必填项为空", "cell", "row", "“{header}”没有填写{given}。", "请填写“{header}”；确实没有的，数字栏填 0。"),
    Rule("not-a-number", "不是数字", "cell", "row", "“{header}”应填数字，现为“{value}”。", "请只填阿拉伯数字，不带文字和符号。"),
    Rule("not-an-integer", "不是整数", "cell", "row", "“{header}”应填整数，现为{value}{scaled}。", "人数、份数没有小数，请核对后改为整数。"),
    Rule("differs-from-box", "与“无变动”不符", "cell", "row", "已选“本月无变动”，这里的“{header}”却填了{value}，上月是{before}。", "有变动的，把“本月无变动”改为☐，填全各行；没有变动的，清空这一格。"),
    Rule("too-many-decimals", "小数位过多", "cell", "row", "“{header}”最多{decimals}位小数，现为{value}{scaled}。", "请核对；确实更细的，请按{decimals}位小数填写。"),
    Rule("negative", "负数", "cell", "row", "“{header}”不能为负，现为{value}。", "请核对后填 0 或正数；填报的是累计数，不是增减数。", p.not_negative),
    Rule("not-a-date", "不是日期", "cell", "row", "“{header}”应填日期，现为“{value}”，认不出是哪一天。", "请填成 2022-05-31 这样的日期；未办理的留空。"),
    Rule("date-ambiguous", "日期有歧义", "cell", "note", "“{header}”写作“{value}”，可能有两种理解，暂按{taken}处理。", "请填成 2022-05-31 这样的完整日期。"),
    Rule("date-implausible", "日期不合常理", "cell", "row", "“{header}”为{value}，早于{earliest}，不可能是真实日期。", "请核对后填成 2022-05-31 这样的完整日期；未办理的留空。", p.not_before),
    Rule("date-in-future", "日期在将来", "cell", "row", "“{header}”为{value}，晚于本次填报截止日{issued}。", "请核对日期；尚未办理的留空。", p.not_in_future),
    Rule("not-in-list", "不在可选范围", "cell", "row", "“{header}”填了“{value}”，不在可选范围内。", "请从下列各项中选填：{expected}。", p.in_list),
    Rule("unknown-county", "县区不在名录", "cell", "row", "名录中没有{middle}“{value}”。", "请填写名录中的{middle}名称：{expected}。", p.known),
    Rule("unknown-enterprise", "企业不在名录", "cell", "query", "名录中没有{unit_name}“{value}”{hint}。", "请核对{unit_name}全称；确属新增{unit_name}的，在备注中写明，或请办公室补入名录。", p.known_enterprise),
    Rule("uscc-invalid", "信用代码有误", "cell", "row", "统一社会信用代码“{value}”有误：{reason}。", "请对照营业执照核对18位代码；没有的可留空。", p.good_uscc),
    Rule("id-invalid", "身份证号有误", "cell", "row", "身份证号（{value}）有误：{reason}。", "请对照身份证或户口簿核对后改正。", p.good_id),
    Rule("id-numeric", "身份证号丢位", "cell", "row", "身份证号（{value}）是按数字录入的，第15位以后的数字已丢失，无法恢复。", "请先把该列设为“文本”格式，再重新录入完整的18位号码。"),
    Rule("id-15", "15位身份证号", "cell", "note", "身份证号（{value}）为15位旧号，已按规则换算成18位参与比对。", "建议改填18位公民身份号码。", p.not_15_digits),
    Rule("phone-invalid", "电话号码有误", "cell", "note", "联系电话（{value}）不是有效的手机号或固定电话。", "请核对；固定电话请带区号，多个号码用顿号分开。", p.good_phone),
    Rule("formula-not-calculated", "公式没有结果", "cell", "row", "“{header}”是公式，但文件里没有计算结果。", "请用 WPS 或 Excel 打开后保存再报。"),
    Rule("value-hidden", "数被合并单元格遮住", "cell", "row", "“{header}”的这一格被合并单元格遮住，里面还存着“{value}”，表上看不见。", "请取消合并，逐行填写“{header}”后重报。"),
)  # fmt: skip

_ROW = (
    Rule("more-than-total", "分项大于总数", "row", "row", "“{header}”{value}{measure}，大于“{total_header}”{total}{total_measure}。", "请核对这两栏，分项不能大于总数。", p.not_more_than),
    Rule("archives-exceed", "档案多于应移交", "row", "note", "“{header}”{value}{measure}，多于“{total_header}”{total}{total_measure}。", "如含已故人员档案，可不处理；否则请核对。", p.not_more_than),
    Rule("sex-mismatch", "性别与身份证号不符", "row", "row", "性别填“{value}”，身份证号第17位表示{expected}。", "请核对性别和身份证号，改正有误的一项。", p.sex_matches),
    Rule("age-implausible", "年龄不合常理", "row", "note", "按身份证号推算，{reason}。", "请核对身份证号和退休年月；无误的可不处理。", p.plausible_age),
    Rule("date-order", "日期先后颠倒", "row", "row", "“{header}”为{value}，早于“{other_header}”{other}。", "请核对两个日期，改正有误的一项。", p.in_order),
    Rule("party-without-membership", "非党员转组织关系", "row", "row", "{condition_header}为“{condition}”，却填了“{header}”{value}。", "请核对{condition_header}；不是{people}的，{header}留空。", p.concerns),
    Rule("affiliation-mismatch", "隶属关系与名录不符", "row", "note", "隶属关系填“{value}”，名录中为“{expected}”，按名录统计。", "请核对；名录有误的，请告知办公室。", p.agrees),
    Rule("duplicate-row", "重复行", "row", "row", "与{first}重复：{county}{enterprise}。", "同一{middle}同一{unit_name}只填一行，请合并或删除。", p.first_of_its_kind),
    Rule("duplicate-person", "重复人员", "row", "row", "身份证号（{value}）与{first}重复。", "同一人只登记一次，请删除重复的一行。", p.first_of_its_kind),
    Rule("looks-like-total", "疑似合计行", "row", "query", "本行各项数字等于{what}之和，像是合计，不像一{unit_measure}{unit_name}。", "是合计的，请写明“合计”或删除；确是一{unit_measure}{unit_name}的，在备注中写明。"),
    Rule("foreign-county", "填了别的县区", "row", "query", "本台账由{own}报送，本行填的却是“{value}”。", "请核对{middle}；确由{own}代报的，在备注中写明。"),
    Rule("struck-through", "行上有删除线", "row", "query", "本行文字上画了删除线，不知是否已作废。", "已作废的，请删除本行；仍有效的，请去掉删除线。"),
    Rule("own-check", "不合本办校验", "row", "row", "{reason}：{values}。", "{advice}。", p.meets),
    Rule("out-of-scope", "不属移交范围", "row", "note", "“{header}”中写有“{value}”，这类人员不属于移交范围。", "请核对；确属{value}的，请从台账中删除。", p.in_scope),
)  # fmt: skip

_ACROSS = (
    Rule("control-total", "合计不符", "ledger", "ledger", "“{label}”行“{header}”为{value}，各行相加为{total}，相差{difference}。", "请核对各行和合计，改正后重报。"),
    Rule("zero-formulas", "公式结果全是0", "ledger", "query", "“{header}”栏全部是公式，结果都是 0，可能没有计算。", "请用 WPS 或 Excel 打开、重新计算并保存后再报；确为 0 的，请直接填 0。"),
    Rule("cumulative-fell", "累计数减少", "months", "row", "“{header}”本月{value}，比{month}的{previous}减少{difference}。", "累计数不应减少：请核对；确有原因的，在备注中写明。"),
    Rule("base-jumped", "基数变动较大", "months", "query", "“{header}”由{month}的{previous}变为{value}，{word}{difference}，变动较大。", "请核对：填错的改正；属实的，在备注或问题清单的“说明”栏写明原因。"),
    Rule("progress-jumped", "进度变动较大", "months", "query", "“{header}”由{month}的{previous}变为{value}，一个月{word}{difference}，完成率变动{points}个百分点。", "请核对：填错的改正；属实的，在备注或问题清单的“说明”栏写明原因。"),
    Rule("scale-slip", "疑似多写少写了零", "months", "query", "{names}约为{month}的{times}（“{header}”由{previous}变为{value}），像是多写或少写了零，或单位填错。", "请核对：填错的改正；属实的，在备注或问题清单的“说明”栏写明原因。"),
    Rule("columns-swapped", "疑似两栏填反", "months", "query", "“{header}”和“{other}”两栏对调以后才与{month}接近，像是填反了。", "请核对：填反的对调回来；属实的，在问题清单的“说明”栏写明原因。"),
    Rule("unit-vanished", "原有的行不见了", "months", "query", "{month}有“{county}{enterprise}”（{previous}{measure}），本月没有，其他单位也没有报。", "请补上这一行；确已划出或注销的，在问题清单的“说明”栏写明原因。"),
    Rule("base-changed", "基数变动", "months", "note", "{reason}。", "请核对；确有变动的，可在备注中说明。"),
    Rule("reported-twice", "两家同报", "across", "note", "{county}{enterprise}另有单位也报了数据，按规定以{used}的数据为准。", "请与有关单位核对，避免重复统计。"),
    Rule("duplicate-person-across", "人员跨册重复", "across", "row", "身份证号（{value}）的人员在另一单位的花名册中也有登记。", "请核对该人员由谁移交，只在一个花名册中登记。"),
    Rule("roster-mismatch", "花名册与进度台账不符", "across", "query", "“{header}”进度台账为{value}，花名册为{roster}，相差{difference}。", "请核对两个台账，以实际为准改正；属实的，在备注或问题清单的“说明”栏写明原因。"),
    Rule("rows-missing", "缺少原有的行", "across", "query", "本文件与已通过的“{other}”是同一台账，却少了{count}行：{names}。核实前仍以“{other}”为准。", "请报送包含全部各行的台账；确应减少的，请向办公室说明。"),
    Rule("not-submitted", "未报送", "across", "note", "{sender}未报送{month}的{kind}。", "请尽快报送。"),
)  # fmt: skip

RULES: Mapping[str, Rule] = {rule.code: rule for rule in (*_FILE, *_CELL, *_ROW, *_ACROSS)}

# Doubts about the ledger as a whole, though they come from a comparison of months.
WHOLE_LEDGER = frozenset(("columns-swapped", "unit-vanished"))

# Rules that may run on trial: without what the others ask for there is nothing to count, or nobody to count it for.
TRIABLE = frozenset((
    "month-mismatch", "date-in-future", "uscc-invalid", "id-invalid", "more-than-total", "sex-mismatch", "date-order", "party-without-membership",
    "duplicate-row", "duplicate-person", "own-check", "control-total", "cumulative-fell", "duplicate-person-across",
    "unknown-enterprise", "looks-like-total", "foreign-county", "struck-through", "rows-missing", "zero-formulas",
    "base-jumped", "progress-jumped", "scale-slip", "columns-swapped", "unit-vanished", "roster-mismatch",
))  # fmt: skip

# What pandera's own checks are called, and which of our rules each one is.
BUILT_IN: Mapping[str, str] = {"not_nullable": "required"}

# For the faults of one rule in one ledger beyond the number that is listed.
MORE = "“{title}”另有{count}处，只列出前{listed}处。"
MORE_REMEDY = "请按已列出各处的办法，逐行核对全表后改正。"

# For a base that has no month before, against 名录's 摸底人数.
SURVEYED = "{of}“{header}”为{value}，名录中的摸底人数为{surveyed}，{word}{difference}，相差较大。"
SURVEYED_REMEDY = "请核对各行，填错或漏填的改正；属实的，在问题清单的“说明”栏写明原因；摸底人数有误的，请告知办公室。"

# For a fault that the row's 备注 explains: what is added to its sentence, and its remedy.
EXPLAINED = "{message}备注说明：“{reason}”。"
ANSWERED = "{message}核实说明：“{reason}”。"
REFUSED = "{message}说明未被采纳：“{reason}”。"
EXPLAINED_UNSEEN = "{message}备注已作说明。"
EXPLAINED_REMEDY = "已作说明，可不处理。"
