"""A condition written out: in its canonical form, as a formula of a spreadsheet, in Chinese."""

from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal

from schemas.conditions.nodes import (
    And,
    Arithmetic,
    Comparator,
    Comparison,
    Condition,
    Day,
    Emptiness,
    Field,
    Negative,
    Not,
    Number,
    Or,
    Test,
    Text,
    Value,
    fields_of,
)

_CONTRARY: Mapping[Comparator, Comparator] = {
    "<=": ">",
    ">": "<=",
    ">=": "<",
    "<": ">=",
    "=": "!=",
    "!=": "=",
}
_MIRRORED: Mapping[Comparator, Comparator] = {
    "<=": ">=",
    ">=": "<=",
    "<": ">",
    ">": "<",
    "=": "=",
    "!=": "!=",
}
_SAID: Mapping[str, Mapping[Comparator, str]] = {
    "number": {
        "<=": "不大于",
        ">=": "不小于",
        "<": "小于",
        ">": "大于",
        "=": "等于",
        "!=": "不等于",
    },
    "date": {
        "<=": "不晚于",
        ">=": "不早于",
        "<": "早于",
        ">": "晚于",
        "=": "等于",
        "!=": "不等于",
    },
    "text": {"=": "为", "!=": "不为"},
}
_SAID_SIGNS = {"+": "＋", "-": "－", "*": "×", "/": "÷"}
_QUOTIENT_PLACES = 9  # to which a formula rounds what has no last decimal place


def canonical(test: Test, *, quoted: bool = False) -> str:
    """Return a test in the language of conditions; `quoted` puts every head in 「」."""
    match test:
        case Comparison():
            left, right = (_expression(v, quoted) for v in (test.left, test.right))
            return f"{left} {test.comparator} {right}"
        case Emptiness():
            return f'{_expression(test.field, quoted)} {"=" if test.empty else "!="} ""'
        case Not():
            inner = canonical(test.operand, quoted=quoted)
            return f"not ({inner})" if isinstance(test.operand, And | Or) else f"not {inner}"
        case And():
            return " and ".join(_bracketed(test.operands, quoted))
        case Or():
            return " or ".join(_bracketed(test.operands, quoted))


def _bracketed(operands: Iterable[Test], quoted: bool) -> Iterable[str]:
    """Yield operands, those that join others in brackets, though not all of them need any."""
    for operand in operands:
        text = canonical(operand, quoted=quoted)
        yield f"({text})" if isinstance(operand, And | Or) else text


def _expression(value: Value, quoted: bool) -> str:
    match value:
        case Field():
            return _head(value.head) if quoted else value.head
        case Number():
            return _decimal(value.value)
        case Day():
            return value.value.isoformat()
        case Text():
            return f"'{value.value}'" if _has_double_quote(value.value) else f'"{value.value}"'
        case Negative() | Arithmetic():
            return _calculation(value, lambda leaf: _expression(leaf, quoted), " {} ".format)


def _head(head: str) -> str:
    return f"[{head}]" if "」" in head else f"「{head}」"


def _has_double_quote(text: str) -> bool:
    return any(quote in text for quote in '"“”')


def _decimal(number: Decimal) -> str:
    return f"{number.normalize():f}"


def _calculation(value: Value, leaf: Callable[[Value], str], sign: Callable[[str], str]) -> str:
    """Return a calculation with no more brackets than its tree needs."""
    match value:
        case Negative():
            inner = _calculation(value.operand, leaf, sign)
            return f"-({inner})" if isinstance(value.operand, Arithmetic) else f"-{inner}"
        case Arithmetic():
            left, right = (_calculation(v, leaf, sign) for v in (value.left, value.right))
            if _binding(value.left) < _binding(value):
                left = f"({left})"
            if _binding(value.right) <= _binding(value):
                right = f"({right})"
            return f"{left}{sign(value.operator)}{right}"
    return leaf(value)


def _binding(value: Value) -> int:
    """Return how closely an operator binds; what is no operation needs no brackets."""
    if not isinstance(value, Arithmetic):
        return 3
    return 1 if value.operator in "+-" else 2


def as_excel(condition: Condition, cell_of: Callable[[str], str]) -> str:
    """Return a formula without `=` that is TRUE where a row is in order.

    `cell_of` has the address of a field's cell. A comparison with an empty cell, with one that has
    no number where one belongs, or with a quotient by 0 is unknown, so in order. Every function is
    one that Excel 2007, WPS and LibreOffice have.
    """
    return f"NOT({_certainly(condition.test, False, cell_of)})"


def _certainly(test: Test, outcome: bool, cell_of: Callable[[str], str]) -> str:
    """Return a formula that is TRUE where a test is known to have an outcome."""
    match test:
        case Not():
            return _certainly(test.operand, not outcome, cell_of)
        case And() | Or():
            all_of = isinstance(test, And) == outcome
            parts = ",".join(_certainly(operand, outcome, cell_of) for operand in test.operands)
            return f"{'AND' if all_of else 'OR'}({parts})"
        case Emptiness():
            sign = "=" if test.empty == outcome else "<>"
            return f'IFERROR(TRIM({cell_of(test.field.name)}){sign}"",FALSE)'
        case Comparison():
            wanted = test if outcome else _contrary(test)
            fields = dict.fromkeys((*fields_of(test.left), *fields_of(test.right)))
            known = ",".join(_is_known(field, cell_of(field.name)) for field in fields)
            return f"IFERROR(AND({known},{_compared(wanted, cell_of)}),FALSE)"


def _is_known(field: Field, cell: str) -> str:
    return f'TRIM({cell})<>""' if field.kind == "text" else f"ISNUMBER({cell})"


def _compared(test: Comparison, cell_of: Callable[[str], str]) -> str:
    left, right = (_formula(value, cell_of) for value in (test.left, test.right))
    fields = (*fields_of(test.left), *fields_of(test.right))
    if fields[0].kind == "text":
        same = f"EXACT({left},{right})"
        return same if test.comparator == "=" else f"NOT({same})"
    sign = "<>" if test.comparator == "!=" else test.comparator
    if any(isinstance(value, Arithmetic) for value in (test.left, test.right)):
        places = max(_places(test.left), _places(test.right))
        if places:  # binary fractions: 0.1+0.2-0.3 is not 0
            return f"ROUND({left},{places}){sign}ROUND({right},{places})"
    return f"{left}{sign}{right}"


def _places(value: Value) -> int:
    """Return how many decimal places a number may have."""
    match value:
        case Field():
            return value.decimals
        case Number():
            return max(0, -int(value.value.normalize().as_tuple().exponent))
        case Negative():
            return _places(value.operand)
        case Arithmetic(operator="/"):
            return _QUOTIENT_PLACES
        case Arithmetic():
            left, right = _places(value.left), _places(value.right)
            exact = left + right if value.operator == "*" else max(left, right)
            return min(exact, _QUOTIENT_PLACES)
    return 0


def _formula(value: Value, cell_of: Callable[[str], str]) -> str:
    match value:
        case Field():
            cell = cell_of(value.name)
            return f"TRIM({cell})" if value.kind == "text" else cell
        case Number():
            return _decimal(value.value)
        case Day():
            return f"DATE({value.value.year},{value.value.month},{value.value.day})"
        case Text():
            doubled = value.value.replace('"', '""')
            return f'"{doubled}"'
        case Negative() | Arithmetic():
            return _calculation(value, lambda leaf: _formula(leaf, cell_of), str)


def says(condition: Condition) -> str:
    """Return what a condition asks for in Chinese, such as: 甲不大于乙，或者丙不为空."""
    return _said(condition.test, True, "，")


def _said(test: Test, outcome: bool, comma: str) -> str:
    """Return what a test asks for, or its contrary; a contrary of many is one of contraries."""
    match test:
        case Not():
            return _said(test.operand, not outcome, comma)
        case And() | Or():
            word = "并且" if isinstance(test, And) == outcome else "或者"
            return f"{comma}{word}".join(_said_inside(part, outcome) for part in test.operands)
        case Emptiness():
            return f"{test.field.head}{'为空' if test.empty == outcome else '不为空'}"
        case Comparison():
            return _said_comparison(test if outcome else _contrary(test))


def _said_inside(test: Test, outcome: bool) -> str:
    bare, said = test, _said(test, outcome, "")
    while isinstance(bare, Not):
        bare = bare.operand
    return f"（{said}）" if isinstance(bare, And | Or) else said


def _contrary(test: Comparison) -> Comparison:
    return Comparison(test.left, _CONTRARY[test.comparator], test.right)


def _said_comparison(test: Comparison) -> str:
    if not [*fields_of(test.left)]:
        test = Comparison(test.right, _MIRRORED[test.comparator], test.left)
    kind = next(fields_of(test.left)).kind
    if isinstance(test.left, Field) and isinstance(test.right, Field) and kind == "text":
        alike = "相同" if test.comparator == "=" else "不同"
        return f"{test.left.head}与{test.right.head}{alike}"
    return f"{_said_value(test.left)}{_SAID[kind][test.comparator]}{_said_value(test.right)}"


def _said_value(value: Value) -> str:
    match value:
        case Field():
            return value.head
        case Number():
            return _decimal(value.value)
        case Day():
            return f"{value.value.year}年{value.value.month}月{value.value.day}日"
        case Text():
            return f"“{value.value}”"
        case Negative() | Arithmetic():
            return _calculation(value, _said_value, _SAID_SIGNS.__getitem__)
