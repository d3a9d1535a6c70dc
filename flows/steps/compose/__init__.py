"""The fifth step: from a month's report to the bulletins of the city, its counties and its enterprises (DESIGN §2)."""

from dataclasses import replace

from flows.steps.compose.charts import charts
from flows.steps.compose.context import context
from flows.steps.compose.facts import Facts, facts_of
from flows.steps.compose.paths import path_of
from flows.steps.compose.scopes import Scope, cell_of, unit_of
from flows.steps.model import Bulletin, Report

__all__ = ["compose", "names_of"]


def names_of(report: Report, level: str) -> list[str]:
    """Return whose bulletins there are on a level: the city's, each registered county's, or each enterprise's with figures."""
    figures = report.figures
    entries = {"city": [figures.city], "county": figures.counties, "enterprise": figures.enterprises}[level]
    return [entry.name for entry in entries]


def compose(report: Report, level: str, name: str, corrected: str = "") -> Bulletin:
    """Return a bulletin: `level` is city, county or enterprise, `name` one of names_of; raises KeyError for another name.

    `corrected` is what a corrected version of an issued bulletin is called: 更正稿.
    """
    scope = replace(scope_of(facts_of(report), level, name), corrected=corrected)
    path = path_of(level, name, names_of(report, level))
    return Bulletin(scope.level, name, path, context(scope), charts(scope.facts, scope.unit, scope.members))


def scope_of(facts: Facts, level: str, name: str) -> Scope:
    """Return what a bulletin speaks of."""
    figures = facts.figures
    if level == "city":
        return Scope(facts, "city", unit_of(facts, figures.city), [unit_of(facts, c) for c in figures.counties])
    if level == "county":
        entry = {c.name: c for c in figures.counties}[name]
        return Scope(facts, "county", unit_of(facts, entry), [cell_of(facts, c, c.enterprise) for c in facts.cells.get(name, ())])
    entry = {e.name: e for e in figures.enterprises}[name]
    return Scope(facts, "enterprise", unit_of(facts, entry), [cell_of(facts, c, c.county) for c in facts.cells.get(name, ())])
