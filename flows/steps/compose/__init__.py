"""From a month's report to the bulletins of the city, its counties and its enterprises."""

from dataclasses import replace

from flows.steps.compose.charts import charts
from flows.steps.compose.context import context
from flows.steps.compose.facts import Facts, facts_of
from flows.steps.compose.scopes import Scope, cell_of, unit_of
from flows.steps.model import Bulletin, Report
from schemas.columns import Level

__all__ = ["compose", "names_of"]


def names_of(report: Report, level: Level) -> list[str]:
    """Return the names on a level: the city, the counties, the enterprises with figures."""
    return [entry.name for entry in report.figures.of_level(level)]


def compose(report: Report, level: Level, name: str, corrected: str = "") -> Bulletin:
    """Return the bulletin of a name on a level; KeyError if names_of does not list the name.

    `corrected` is what a corrected version of an issued bulletin is called: 更正稿.
    """
    facts = facts_of(report)
    scope = replace(scope_of(facts, level, name), corrected=corrected)
    return Bulletin(level, name, context(scope), charts(facts, scope.unit, scope.members))


def scope_of(facts: Facts, level: Level, name: str) -> Scope:
    """Return what a bulletin speaks of."""
    figures = facts.figures
    if level == "city":
        return Scope(
            facts,
            "city",
            unit_of(facts, figures.city),
            [unit_of(facts, c) for c in figures.counties],
        )
    if level == "county":
        entry = facts.counties[name]
        return Scope(
            facts,
            "county",
            unit_of(facts, entry),
            [cell_of(facts, c, c.enterprise) for c in facts.cells.get(name, ())],
        )
    entry = facts.enterprises[name]
    return Scope(
        facts,
        "enterprise",
        unit_of(facts, entry),
        [cell_of(facts, c, c.county) for c in facts.cells.get(name, ())],
    )
