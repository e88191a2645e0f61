"""A look back: what changed, why the forecast moved, and what became of past ones."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final, Literal

import pandas as pd

from salespipe import names as n
from salespipe.backtest.accuracy import coverage, score
from salespipe.memory import bridged, changes_since, past_forecasts, record_words, scores
from salespipe.pipeline import Pipeline
from salespipe.results import Changes
from salespipe.settings import Language
from salespipe.tables import Tables
from salespipe.wording import Words, said

if TYPE_CHECKING:
    from salespipe.plots.picture import Picture

__all__ = ["Retrospect", "look_back", "missing_forecast"]

_WHAT: Final = {
    "waterfall": Words("Open pipeline", "在谈金额"),
    "bridge": Words("Likely revenue of {months}", "{months} 的可能收入"),
}


@dataclass(frozen=True)
class Retrospect:
    """What a workbook's memory says as of a day.

    Attributes
    ----------
    changes : Changes or None
        With the bridge, where there are two forecasts; None where nothing earlier is known.
    past : DataFrame
        Columns :data:`salespipe.results.PAST_COLUMNS`.
    scored_months : DataFrame
        Kept forecasts whose months are over: :func:`salespipe.backtest.accuracy.score`.
    record : Words
        What past ranges allow to say.
    scores : DataFrame
        Columns :data:`salespipe.results.SCORE_COLUMNS`.
    held : DataFrame
        See :func:`salespipe.backtest.accuracy.coverage`.
    currency : str
    language : {"en", "zh"}
    """

    changes: Changes | None
    past: pd.DataFrame
    scored_months: pd.DataFrame
    record: Words
    scores: pd.DataFrame
    held: pd.DataFrame
    currency: str
    language: Language

    @property
    def bridged(self) -> bool:
        """Whether there are two forecasts to compare."""
        return self.changes is not None and len(self.changes.bridge) > 0

    @property
    def scored(self) -> bool:
        """Whether a month that was forecast is over."""
        return len(self.held) > 0

    def steps(self, kind: Literal["waterfall", "bridge"] = "waterfall") -> pd.DataFrame:
        """Give the steps in words: name, amount (money), count of deals, which.

        Empty where there is nothing to compare.
        """
        if self.changes is None:
            return pd.DataFrame(columns=["name", "amount", "count", "which"])
        table = self.changes.movements if kind == "waterfall" else self.changes.bridge
        shown = table[(table["count"] > 0) | (table["amount"] != 0)].drop(columns="step")
        words = {
            key: [str(said(value, self.language)) for value in shown[key]]
            for key in ("name", "which")
        }
        return shown.assign(**words).reset_index(drop=True)

    def groups(self) -> pd.DataFrame:
        """Give the movements by owner, segment and stage, without those that nothing moved by."""
        if self.changes is None:
            return pd.DataFrame(columns=["by", "group"])
        table = self.changes.groups
        moved = [key for key in table if table[key].dtype.kind != "f" or table[key].any()]
        return table[moved]

    def plot(self, kind: Literal["waterfall", "bridge", "record", "coverage"]) -> "Picture | None":
        """Draw one of the figures; None where there is nothing to draw.

        Parameters
        ----------
        kind : str
            ``waterfall`` of the open pipeline, ``bridge`` of the forecast, ``record`` of past
            forecasts by month, ``coverage`` of their ranges.
        """
        from salespipe import plots  # noqa: PLC0415 (matplotlib waits until something is drawn)

        changes = self.changes
        if kind in {"record", "coverage"}:
            if not self.scored:
                return None
            if kind == "coverage":
                return plots.coverage(self.held, language=self.language)
            return plots.record(self.past, currency=self.currency, language=self.language)
        if changes is None or (kind == "bridge" and not self.bridged):
            return None
        then = (changes.since, changes.open_start), (changes.until, changes.open_end)
        likely = (
            (changes.bridge_since, changes.likely_before),
            (changes.bridge_until, changes.likely_after),
        )
        months = changes.bridge_months
        if self.language == "zh":
            months = months.replace(" to ", " 至 ")
        return plots.waterfall(
            changes.bridge if kind == "bridge" else changes.movements,
            ends=likely if kind == "bridge" else then,
            what=_WHAT[kind].text(self.language).format(months=months),
            currency=self.currency,
            language=self.language,
        )


def look_back(
    tables: Tables, pipeline: Pipeline, log: pd.DataFrame, *, since: date | None = None
) -> Retrospect:
    """Compare today with the last look, today's forecast with the last, and past ones with fact.

    Parameters
    ----------
    tables : Tables
        As after a snapshot of now (:func:`salespipe.snapshot.with_snapshot`).
    pipeline : Pipeline
        As of now.
    log : DataFrame
        Forecasts that were kept, today's among them
        (:data:`salespipe.forecast_log.LOG_COLUMNS`).
    since : date, optional
        By default see :func:`salespipe.memory.last_look`.

    Raises
    ------
    AsOfError
        The day is not before the pipeline's, or no deal was known then.
    """
    changes = changes_since(tables, pipeline, log, since=since)
    scored = score(log, pipeline)
    return Retrospect(
        changes=bridged(changes, log, tables, pipeline),
        past=past_forecasts(log, pipeline),
        scored_months=scored,
        record=record_words(scored),
        scores=scores(scored),
        held=coverage(scored),
        currency=pipeline.settings.currency,
        language=pipeline.settings.language,
    )


def missing_forecast(tables: Tables, log: pd.DataFrame, pipeline: Pipeline) -> date | None:
    """Give the end of the month before where no earlier forecast was kept and one can be made.

    Made from what was known then, it stands in for one that a run of that day would have kept.
    """
    end = pipeline.as_of.replace(day=1) - timedelta(days=1)
    known = bool((tables.deals[n.CREATED_ON] <= pd.Timestamp(end)).any())
    return end if known and not (log["as_of"] < pipeline.day).any() else None
