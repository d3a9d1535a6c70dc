"""Every rule: one row that keeps it beside one that breaks it, its sentence, and that nothing is declared in vain (DESIGN §5)."""

import inspect
import re
import string
from collections.abc import Mapping
from datetime import date
from typing import Any

import numpy as np
import pytest

import schemas.predicates
from flows.steps.check.validate import _read
from schemas.bindings import Context, bindings_of
from schemas.definition import Kind
from schemas.pandera_models import bound_checks, schema_of
from schemas.rules import BUILT_IN, MORE, MORE_REMEDY, RULES, TRIABLE
from schemas.shipped import shipped
from tests.support.definitions import quarters
from tests.support.frames import GOOD_CODE, GOOD_ID, frame
from tests.support.paths import ROOT

DEFINITION = shipped()
KINDS = DEFINITION.kinds
BINDINGS = {kind: bindings_of(DEFINITION, kind) for kind in KINDS}
CONTEXT = Context(
    frozenset({"东浥区"}),
    frozenset({"浥江化工有限公司"}),
    np.datetime64("2022-06-02", "s"),
    date(2022, 5, 31),
    np.datetime64("2017-01-01", "s"),
    np.datetime64("1962-01-01", "s"),
)
DAY, LATER = date(2022, 3, 1), date(2022, 4, 1)

# The severities of DESIGN §5, whole.
SEVERITIES = {
    "ledger": "returned-by-office file-unreadable file-encrypted file-too-large file-unsupported no-ledger-found missing-column duplicate-column sender-unknown "
              "sender-conflict month-mismatch submitted-twice control-total row-not-read ambiguous-column box-conflict",
    "row": "required not-a-number not-an-integer too-many-decimals negative not-a-date date-implausible date-in-future not-in-list unknown-county uscc-invalid id-invalid "
           "id-numeric formula-not-calculated value-hidden more-than-total sex-mismatch date-order party-without-membership duplicate-row own-check "
           "duplicate-person cumulative-fell duplicate-person-across differs-from-box",
    "query": "unknown-enterprise looks-like-total foreign-county struck-through zero-formulas rows-missing roster-mismatch "
             "base-jumped progress-jumped scale-slip columns-swapped unit-vanished",
    "note": "unknown-column superseded hidden-sheet date-ambiguous id-15 phone-invalid archives-exceed age-implausible "
            "affiliation-mismatch out-of-scope base-changed reported-twice not-submitted other-month-sheet box-ignored",
}  # fmt: skip

BOUND = {binding.code for kind in KINDS for binding in BINDINGS[kind]}
OWN = {binding.code for binding in bindings_of(quarters(), "progress")} - BOUND

# kind, code, field, a row that keeps the rule, one that breaks it (for the second of two rows: what the first one is)
CASES: list[tuple[Kind, str, str, Mapping[str, Any], Mapping[str, Any]]] = [
    ("progress", "negative", "functions", {"functions": 0}, {"functions": -1}),
    ("progress", "not-in-list", "affiliation", {"affiliation": "县属"}, {"affiliation": "集体"}),
    ("progress", "unknown-county", "county", {"county": "东浥区"}, {"county": "某县"}),
    ("progress", "unknown-enterprise", "enterprise", {"affiliation": "托管中心", "enterprise": "某厂"}, {"enterprise": "某厂"}),
    ("progress", "uscc-invalid", "uscc", {"uscc": GOOD_CODE}, {"uscc": "91350100M000100Y44"}),
    ("progress", "more-than-total", "agreement", {"agreement": 10}, {"agreement": 11}),
    ("progress", "more-than-total", "party_members", {"party_members": 10}, {"party_members": 11}),
    ("progress", "more-than-total", "party", {"party": 4}, {"party": 5}),
    ("progress", "more-than-total", "functions", {"functions": 10}, {"functions": 11}),
    ("progress", "more-than-total", "agreement", {"retirees": -1}, {"retirees": 0, "agreement": 1}),  # -1 is wrong by itself
    ("progress", "archives-exceed", "archives", {"archives": 10}, {"archives": 11}),
    ("progress", "affiliation-mismatch", "affiliation", {"affiliation": "中省"}, {"affiliation": "市属"}),
    ("progress", "duplicate-row", "enterprise", {"enterprise": "沅岚厂"}, {"enterprise": "沅岚厂"}),
    ("progress", "out-of-scope", "note", {"note": "退休"}, {"note": "含离休3人"}),
    ("progress", "out-of-scope", "affiliation", {"affiliation": "县属"}, {"affiliation": "县属大集体"}),
    ("roster", "not-in-list", "sex", {"sex": "男"}, {"sex": "未知"}),
    ("roster", "not-in-list", "politics", {"politics": "民革党员"}, {"politics": "党外"}),
    ("roster", "id-invalid", "id", {"id": "440524188001010014"}, {"id": "110105194912310021"}),
    ("roster", "id-15", "id", {"id_old": False}, {"id_old": True}),
    ("roster", "duplicate-person", "id", {"id": "440524188001010014"}, {"id": "440524188001010014"}),
    ("roster", "sex-mismatch", "sex", {"sex": "女"}, {"sex": "男"}),
    ("roster", "age-implausible", "id", {"retired": date(1989, 12, 31)}, {"retired": date(1989, 12, 30)}),
    ("roster", "age-implausible", "id", {"retired": None}, {"retired": None, "id": "11010519000101001X"}),
    ("roster", "phone-invalid", "phone", {"phone": "13800000000、0990-2345678"}, {"phone": "1380000"}),
    ("roster", "party-without-membership", "party_date", {"party_date": DAY, "politics": "中共预备党员"}, {"party_date": DAY}),
    ("roster", "date-implausible", "archives_date", {"archives_date": date(2017, 1, 1)}, {"archives_date": date(2016, 12, 31)}),
    ("roster", "date-implausible", "party_date", {"party_date": date(2016, 12, 1), "party_date_last": date(2017, 1, 31)}, {"party_date": date(1900, 1, 1)}),
    ("roster", "date-implausible", "retired", {"retired": date(1962, 1, 1)}, {"retired": date(1955, 5, 17)}),
    ("roster", "date-in-future", "archives_date", {"archives_date": date(2022, 6, 2)}, {"archives_date": date(2022, 6, 3)}),
    ("roster", "date-in-future", "retired", {"retired": date(2022, 6, 2)}, {"retired": date(2022, 6, 3)}),
    ("roster", "date-order", "archives_date", {"archives_date": DAY, "agreement_date": DAY}, {"archives_date": DAY, "agreement_date": LATER}),
    ("roster", "date-order", "functions_date", {"functions_date": DAY, "functions_date_last": date(2022, 3, 31), "agreement_date": date(2022, 3, 9)},
     {"functions_date": DAY, "agreement_date": date(2022, 3, 9)}),
    ("roster", "date-order", "agreement_date", {"agreement_date": DAY, "retired": DAY}, {"agreement_date": DAY, "retired": LATER}),
]  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "code", "at", "good", "bad"), CASES, ids=[f"{case[1]}@{case[2]}" for case in CASES]
)
def test_a_row_that_keeps_the_rule_and_one_that_breaks_it(
    kind: Kind, code: str, at: str, good: Mapping[str, Any], bad: Mapping[str, Any]
) -> None:
    """Of the two rows only the second breaks the rule, and no other row rule at its cell."""
    rows = frame(kind, good, bad)
    found = {row for b in BINDINGS[kind] if (b.code, b.at) == (code, at)
             for row in np.flatnonzero(~RULES[b.code].predicate(rows, **b.parameters(CONTEXT)))}  # type: ignore[misc]  # bound rules have one  # fmt: skip
    assert found == {1}


def test_every_bound_rule_has_its_two_rows() -> None:
    """No rule with a predicate is without a case above, none of the cases is of an unbound one."""
    assert {case[1] for case in CASES} == BOUND


def test_good_rows_break_no_rule() -> None:
    """The rows that the cases start from are good ones."""
    for kind in KINDS:
        rows = frame(kind, {})
        broken = [
            b.name
            for b in BINDINGS[kind]
            if not RULES[b.code].predicate(rows, **b.parameters(CONTEXT)).all()  # type: ignore[misc]  # as above
        ]
        assert broken == []


@pytest.mark.parametrize("kind", KINDS)
def test_an_empty_frame_and_empty_cells_break_no_bound_rule(kind: Kind) -> None:
    """What is missing is told once, by the required cells."""
    nothing = dict.fromkeys([*(column.name for column in KINDS[kind]), "affiliation_expected"])
    for rows in (frame(kind), frame(kind, nothing, nothing)):
        for binding in BINDINGS[kind]:
            passed = RULES[binding.code].predicate(rows, **binding.parameters(CONTEXT))  # type: ignore[misc]  # as above
            assert passed.tolist() == [True] * len(rows), binding.name


def test_codes_and_severities_are_those_of_the_design() -> None:
    """The table of DESIGN §5."""
    assert {rule.code: rule.severity for rule in RULES.values()} == {
        code: s for s, codes in SEVERITIES.items() for code in codes.split()
    }


def test_no_rule_is_dead() -> None:
    """Each rule is bound to a field, or named where the program finds its fault; each predicate belongs to a rule; each rule has one name."""
    source = "".join(
        path.read_text(encoding="utf-8") for path in (ROOT / "flows" / "steps").rglob("*.py")
    )
    assert [
        code
        for code in RULES
        if code not in BOUND | OWN and f'"{code}"' not in source and code not in BUILT_IN.values()
    ] == []
    assert {code for code, rule in RULES.items() if rule.predicate} == BOUND | OWN
    used = {rule.predicate for rule in RULES.values()}
    functions = inspect.getmembers(schemas.predicates, inspect.isfunction)
    assert [
        name
        for name, f in functions
        if not name.startswith("_") and f.__module__ == "schemas.predicates" and f not in used
    ] == []
    assert len({rule.title for rule in RULES.values()}) == len(RULES)


def test_every_binding_has_a_name_of_its_own() -> None:
    """The names by which pandera's report is read."""
    for kind in KINDS:
        names = [binding.name for binding in BINDINGS[kind]]
        assert len(set(names)) == len(names)


def test_trial_rules_can_cost_nothing() -> None:
    """Only rules that cost something can be on trial, and none without which there is nothing to count."""
    assert {RULES[code].costs(TRIABLE) for code in TRIABLE} == {"note"}
    assert {RULES[code].severity for code in TRIABLE} == {"ledger", "row", "query"}
    assert RULES["required"].costs(["required"]) == "row"
    assert RULES["more-than-total"].costs([]) == "row"


ALLOWED = {"WPS", "Excel", "xlsx", "xls", "et", "ods", "csv"}


def test_sentences_and_remedies_are_chinese() -> None:
    """No Latin word but names of programs and formats; every sentence ends as one."""
    for rule in RULES.values():
        for text in (rule.title, rule.sentence, rule.remedy, MORE, MORE_REMEDY):
            plain = re.sub(r"\{\w+\}", "", text)
            assert set(re.findall("[A-Za-z]+", plain)) <= ALLOWED, rule.code
            assert re.search("[\u4e00-\u9fff]|\\{(reason|advice)\\}", text)
        assert rule.sentence.endswith("。"), rule.code
        assert rule.remedy.endswith("。"), rule.code


def test_facts_with_braces_are_printed_as_they_are() -> None:
    """A value of a ledger is never taken for a fact's name."""
    rule = RULES["not-a-number"]
    assert rule.say(header="党员人数", value="{header}") == "“党员人数”应填数字，现为“{header}”。"


def test_each_sentence_needs_only_facts_that_it_names() -> None:
    """A wanting fact is an error, not a gap in the sentence."""
    for rule in RULES.values():
        names = {name for _, name, _, _ in string.Formatter().parse(rule.sentence) if name}
        if names:
            with pytest.raises(KeyError):
                rule.say()


def test_pandera_says_nothing_that_no_rule_stands_for() -> None:
    """An error of pandera's that is none of our checks is a bug of ours and stops the run; built-in ones are our rules."""

    class Strange:
        check = "dtype('int64')"
        schema = type("S", (), {"name": "retirees"})

    assert set(BUILT_IN.values()) <= set(RULES)
    with pytest.raises(RuntimeError, match="no rule stands for"):
        _read(Strange, {})  # type: ignore[arg-type]  # a stand-in for pandera's error


@pytest.mark.parametrize("kind", KINDS)
def test_the_schema_has_the_columns_of_the_form(kind: Kind) -> None:
    """The pandera model, the form and the checks speak of the same fields."""
    schema = schema_of(DEFINITION, kind, CONTEXT)
    assert list(schema.columns) == [column.name for column in KINDS[kind]]
    assert [check.name for check in bound_checks(DEFINITION, kind, CONTEXT)] == [
        binding.name for binding in BINDINGS[kind]
    ]


def test_the_good_id_number_is_good() -> None:
    """The standard's own example (GB 11643-1999)."""
    assert schemas.predicates.good_id(frame("roster", {"id": GOOD_ID}), "id").tolist() == [True]
