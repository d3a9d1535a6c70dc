"""The real faults of the made-up ledgers: what offices meet every month."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

Rows = list[dict[str, Any]]
Fault = Callable[[Rows], None]


def more_than_total(rows: Rows) -> None:
    """Let an agreement count exceed the retirees, as when two rows are mixed up."""
    rows[0]["agreement"] = rows[0]["retirees"] + 37


def words_for_numbers(rows: Rows) -> None:
    """Write a guess in words where a number is asked for."""
    rows[-1]["party"] = f"约{rows[-1]['party']}人"


def formula_without_result(rows: Rows) -> None:
    """Leave a formula that no program has calculated."""
    rows[0]["functions"] = "=1+1"


def fallen(rows: Rows) -> None:
    """Report less than last month, without a reason."""
    rows[0]["agreement"] = max(rows[0]["agreement"] - 60, 0)


def explained_fall(rows: Rows) -> None:
    """Report less than last month, with the reason in 备注."""
    rows[0]["archives"] = max(rows[0]["archives"] - 5, 0)
    rows[0]["note"] = "5人档案退回原单位补充材料"


def decorated_numbers(rows: Rows) -> None:
    """Write good numbers the way people do: with thousands separators and 人 behind."""
    for row in rows[:3]:
        row["retirees"] = f"{row['retirees']:,}人"


def repeated(rows: Rows) -> None:
    """Copy a row and forget to change it."""
    rows.append(dict(rows[0]))


def unknown_names(rows: Rows) -> None:
    """Name an enterprise in a way that the registry does not know."""
    rows[0]["enterprise"] = rows[0]["enterprise"].replace("示例市", "")


def bad_persons(rows: Rows) -> None:
    """Spoil a few persons of a roster: a check digit, a sex, a repeated person, a phone number."""
    number = rows[0]["id"]
    rows[0]["id"] = number[:-1] + ("0" if number[-1] != "0" else "1")
    rows[1]["sex"] = "女" if rows[1]["sex"] == "男" else "男"
    rows[2]["id"] = rows[3]["id"]
    rows[2]["sex"] = rows[3]["sex"]
    rows[4]["phone"] = "1380000"


# What goes wrong in the demo's months (0, 1, 2), by the sender's place among the city's senders.
PLAN: Mapping[tuple[int, int], Sequence[Fault]] = {
    (0, 0): (decorated_numbers,),
    (0, 2): (unknown_names,),
    (1, 4): (more_than_total, words_for_numbers),
    (1, 7): (repeated,),
    (2, 1): (explained_fall,),
    (2, 4): (formula_without_result,),
    (2, 8): (fallen,),
}
MISSING = ((0, 9), (2, 10))
WRONG_TOTAL = ((1, 8),)
WRONG_MONTH = ((2, 5),)
NOT_A_WORKBOOK = ((2, 11),)  # a web page saved as .xls
