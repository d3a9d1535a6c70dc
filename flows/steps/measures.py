"""What counts mean by a definition: their rates, and the stage that they have come to."""

from collections.abc import Mapping
from fractions import Fraction

from schemas.definition import Definition, Indicator


def rates_of(definition: Definition, counts: Mapping[str, int]) -> dict[str, Fraction | None]:
    """Return the rates as fractions, capped at 1; one without a denominator is None."""
    return {
        done: min(Fraction(counts[done], counts[whole]), Fraction(1)) if counts[whole] else None
        for done, whole in definition.wholes.items()
    }


def stage_of(definition: Definition, counts: Mapping[str, int]) -> str | None:
    """Return the stage that the work has come to, None where there is none to do.

    It is the last stage whose indicators are complete; one with nothing to do does not hold a stage
    back. Of the stages without indicators the first is that of nothing done.
    """
    if not counts[definition.main]:
        return None
    for name, wanted in definition.completed_stages:
        if all(_is_complete(indicator, counts) for indicator in wanted):
            return name
    if not definition.open_stages:
        return None
    begun = any(counts[i.done] for i in definition.rated if i.direction == "up")
    return definition.open_stages[-1 if begun else 0]


def _is_complete(indicator: Indicator, counts: Mapping[str, int]) -> bool:
    if indicator.direction == "down":
        return counts[indicator.done] == 0
    return counts[indicator.done] >= counts[indicator.whole or indicator.done]
