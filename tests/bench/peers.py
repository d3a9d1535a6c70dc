"""The eight common checks of a roster as other libraries make them, each as its manual shows.

Not null, two lists, form and check digit of the ID number, county, phone, unique ID number. Run in an environment that has these
libraries (`make bench-peers` makes it): python tests/bench/peers.py WAY FILE SMALL prints the seconds and the number of rows that failed; SMALL
is a file of the same form, checked before.
It imports nothing of the project. What a library can do on whole columns is done so, in its favour.
"""

import re
import sys
import time
from typing import Any, ClassVar

HEADER = 2  # the header's row, counted from 0
HEADERS = ["姓名", "性别", "身份证号", "企业名称", "统一社会信用代码", "隶属关系", "县区", "接收社区", "退休年月", "政治面貌", "联系电话",
           "协议签订日期", "档案移交日期", "组织关系转移日期", "管理职能移交日期", "备注"]  # fmt: skip
SEXES, POLITICS = ["男", "女"], ["中共党员", "中共预备党员", "共青团员", "民主党派", "群众"]
COUNTIES = [
    "东浥区",
    "西浥区",
    "南沚区",
    "北沅区",
    "洹川县",
    "澄峦县",
    "渚屏县",
    "岫云县",
    "霁川县",
    "峤石县",
    "汀泽市",
]
FORM, PHONE = r"^\d{17}[\dX]$", r"^(1\d{10}|0\d{2,3}-?\d{7,8})$"
WEIGHTS, CHECKS = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2], "10X98765432"


def calamine(path: str) -> int:
    """Return the rows that python-calamine reads; it checks nothing."""
    from python_calamine import CalamineWorkbook

    return len(CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python())


def pointblank(path: str) -> int:
    """Return the failures that Pointblank finds in a polars frame which fastexcel read."""
    import fastexcel
    import pointblank as pb
    import polars as pl

    frame = fastexcel.read_excel(path).load_sheet(0, header_row=HEADER, dtypes="string").to_polars()
    number = pl.col("身份证号")
    total = pl.sum_horizontal(
        number.str.slice(i, 1).cast(pl.Int64, strict=False) * w for i, w in enumerate(WEIGHTS)
    )
    digit = (total % 11).replace_strict(dict(enumerate(CHECKS)), return_dtype=pl.String)
    found = (
        pb.Validate(frame)
        .col_vals_not_null("姓名")
        .col_vals_in_set("性别", SEXES)
        .col_vals_in_set("政治面貌", POLITICS)
        .col_vals_regex("身份证号", FORM)
        .col_vals_expr(digit == number.str.slice(17, 1))
        .col_vals_in_set("县区", COUNTIES)
        .col_vals_regex("联系电话", PHONE, na_pass=True)
        .rows_distinct("身份证号")
        .interrogate()
    )
    return sum(found.n_failed(scalar=False).values())


def good_digits(numbers: Any) -> Any:
    """Return where a pandas column of ID numbers ends in the right character."""
    import numpy as np

    whole = numbers.fillna("").str.fullmatch(FORM[1:-1])
    characters = np.array(
        [list(n) if good else ["0"] * 18 for n, good in zip(numbers, whole, strict=True)]
    )
    sums = characters[:, :17].astype(np.int64) @ np.array(WEIGHTS)
    return whole & (np.array(list(CHECKS))[sums % 11] == characters[:, 17])


def pandera(path: str) -> int:
    """Return the failures that pandera finds in a pandas frame which calamine read."""
    import pandas as pd
    import pandera.pandas as pa

    frame = pd.read_excel(path, engine="calamine", header=HEADER, dtype=str)
    schema = pa.DataFrameSchema({
        "姓名": pa.Column(str, nullable=False),
        "性别": pa.Column(str, pa.Check.isin(SEXES)),
        "政治面貌": pa.Column(str, pa.Check.isin(POLITICS)),
        "身份证号": pa.Column(str, [pa.Check.str_matches(FORM), pa.Check(good_digits)], unique=True),
        "县区": pa.Column(str, pa.Check.isin(COUNTIES)),
        "联系电话": pa.Column(str, pa.Check.str_matches(PHONE), nullable=True),
    })  # fmt: skip
    try:
        schema.validate(frame, lazy=True)
    except pa.errors.SchemaErrors as errors:
        return len(errors.failure_cases)
    return 0


def great_expectations(path: str) -> int:
    """Return the failures that Great Expectations finds in a pandas frame which calamine read."""
    import great_expectations as gx
    import great_expectations.expectations as gxe
    import pandas as pd

    frame = pd.read_excel(path, engine="calamine", header=HEADER, dtype=str)
    frame["good"] = good_digits(frame["身份证号"])
    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = {"globally": False}
    batch = (
        context.data_sources.add_pandas("p")
        .add_dataframe_asset("a")
        .add_batch_definition_whole_dataframe("b")
    )
    suite = gx.ExpectationSuite(name="s", expectations=[
        gxe.ExpectColumnValuesToNotBeNull(column="姓名"), gxe.ExpectColumnValuesToBeInSet(column="性别", value_set=SEXES),
        gxe.ExpectColumnValuesToBeInSet(column="政治面貌", value_set=POLITICS), gxe.ExpectColumnValuesToMatchRegex(column="身份证号", regex=FORM),
        gxe.ExpectColumnValuesToBeInSet(column="good", value_set=[True]), gxe.ExpectColumnValuesToBeInSet(column="县区", value_set=COUNTIES),
        gxe.ExpectColumnValuesToMatchRegex(column="联系电话", regex=PHONE), gxe.ExpectColumnValuesToBeUnique(column="身份证号"),
    ])  # fmt: skip
    found = batch.get_batch({"dataframe": frame}).validate(suite)
    return int(sum(result.result["unexpected_count"] for result in found.results))


def openpyxl(path: str) -> int:
    """Return the failures found by a script that reads with openpyxl and knows ID numbers from python-stdnum."""
    from openpyxl import load_workbook
    from stdnum.cn import ric

    rows = (
        load_workbook(path, read_only=True, data_only=True)
        .worksheets[0]
        .iter_rows(values_only=True)
    )
    head = [list(next(rows)) for _ in range(HEADER + 1)][-1]
    name, sex, politics, number, county, phone = (
        head.index(h) for h in ("姓名", "性别", "政治面貌", "身份证号", "县区", "联系电话")
    )
    seen: set[Any] = set()
    failed = 0
    for row in rows:
        own = str(row[number])
        formed = re.match(FORM, own) is not None
        failed += (
            (not row[name])
            + (row[sex] not in SEXES)
            + (row[politics] not in POLITICS)
            + (not formed)
        )
        failed += (formed and ric.calc_check_digit(own) != own[-1]) + (row[county] not in COUNTIES)
        failed += (row[phone] is not None and not re.match(PHONE, str(row[phone]))) + (own in seen)
        seen.add(own)
    return failed


def frictionless(path: str) -> int:
    """Return the failures that frictionless finds."""
    from frictionless import Check, Checklist, Dialect, Resource, Schema, errors, formats

    class Digit(Check):  # type: ignore[misc]  # frictionless is not in this environment
        Errors: ClassVar = [errors.RowConstraintError]

        def validate_row(self, row: Any) -> Any:
            own = str(row["身份证号"])
            if (
                re.match(FORM, own)
                and CHECKS[sum(int(c) * w for c, w in zip(own, WEIGHTS, strict=False)) % 11]
                != own[17]
            ):
                yield errors.RowConstraintError.from_row(row, note="check digit")

    fields: list[dict[str, Any]] = [
        {"name": "姓名", "type": "string", "constraints": {"required": True}}, {"name": "性别", "type": "string", "constraints": {"enum": SEXES}},
        {"name": "身份证号", "type": "string", "constraints": {"pattern": FORM, "unique": True}},
        {"name": "县区", "type": "string", "constraints": {"enum": COUNTIES}},
        {"name": "政治面貌", "type": "string", "constraints": {"enum": POLITICS}},
        {"name": "联系电话", "type": "string", "constraints": {"pattern": PHONE}},
    ]  # fmt: skip
    named = {field["name"]: field for field in fields}
    schema = Schema.from_descriptor(
        {"fields": [named.get(header, {"name": header, "type": "any"}) for header in HEADERS]}
    )
    dialect = Dialect(header_rows=[HEADER + 1], controls=[formats.ExcelControl(stringified=True)])
    resource = Resource(path=path.lstrip("/"), basepath="/", dialect=dialect, schema=schema)
    report = resource.validate(Checklist(checks=[Digit()]), limit_errors=10**9)
    return int(report.stats["errors"])


WAYS = {
    way.__name__: way
    for way in (calamine, pointblank, pandera, great_expectations, openpyxl, frictionless)
}

if __name__ == "__main__":
    import importlib

    for module in {"pointblank": ("fastexcel", "polars", "pointblank"), "pandera": ("pandas", "pandera.pandas"),
                   "great_expectations": ("pandas", "great_expectations"), "openpyxl": ("openpyxl", "stdnum.cn.ric"),
                   "frictionless": ("frictionless",), "calamine": ("python_calamine",)}[sys.argv[1]]:  # fmt: skip
        importlib.import_module(module)  # imports are not timed
    WAYS[sys.argv[1]](sys.argv[3])  # nor is what a library loads at its first use
    begin = time.perf_counter()
    failures = WAYS[sys.argv[1]](sys.argv[2])
    print(time.perf_counter() - begin, failures)
