"""All rules over clean tables, and the problems that they find."""

from collections.abc import Mapping
from datetime import date
from typing import Final

from salespipe import names as n
from salespipe.checks.agreement import AGREEMENT_CHECKS
from salespipe.checks.deals import DEAL_CHECKS
from salespipe.checks.doubles import DOUBLE_CHECKS
from salespipe.checks.finding import Check, Facts
from salespipe.checks.memory import LOGGED, MEMORY_CHECKS
from salespipe.checks.upkeep import REMINDERS, UPKEEP_CHECKS
from salespipe.checks.words import MESSAGES, REMEDIES
from salespipe.problems import Problem
from salespipe.tables import Tables
from salespipe.wording import Words, filled
from salespipe.workbook.locate import Locator

__all__ = ["CHECKS", "check", "remind"]

CHECKS: Final[dict[str, Check]] = (
    DEAL_CHECKS | DOUBLE_CHECKS | UPKEEP_CHECKS | AGREEMENT_CHECKS | MEMORY_CHECKS
)
"""All rules by name."""


def check(tables: Tables, *, as_of: date, locator: Locator | None = None) -> tuple[Problem, ...]:
    """Find what is wrong with the content of tables that were read well.

    Parameters
    ----------
    tables : Tables
        As they stand in the workbook.
    as_of : date
        What came later is not known: deals created after it are passed over, deals closed after
        it count as open.
    locator : Locator or None
        Gives each problem its cell; without one, problems name the template's sheets and headers.

    Returns
    -------
    tuple of Problem
        Rule by rule in the order of :data:`CHECKS`, row by row.
    """
    return _found(CHECKS, tables, as_of=as_of, locator=locator)


def remind(tables: Tables, *, as_of: date, locator: Locator | None = None) -> tuple[Problem, ...]:
    """Find what is to be done in the week to come though nothing is wrong; as :func:`check`."""
    return _found(REMINDERS, tables, as_of=as_of, locator=locator)


def _found(
    rules: Mapping[str, Check], tables: Tables, *, as_of: date, locator: Locator | None
) -> tuple[Problem, ...]:
    facts = Facts(tables, as_of)
    places = locator or Locator()
    language = tables.settings.language
    labels = _labels(tables)
    found = []
    for name, rule in rules.items():
        for finding in rule.find(facts):
            place = places.find(finding.table, key=finding.key, row=finding.row)
            phrase = finding.phrase or name
            words = dict(finding.words)
            for key in {n.STAGE, LOGGED} & words.keys():
                words[key] = labels.get(words[key], words[key])
            found.append(
                Problem(
                    sheet=place.sheet,
                    cell=place.cell,
                    column=place.column,
                    value=finding.value,
                    rule=name,
                    severity=rule.severity,
                    message=filled(MESSAGES[phrase], words, language),
                    remedy=filled(REMEDIES[phrase], words, language),
                    deal_id=finding.deal_id,
                    owner=finding.owner,
                )
            )
    return tuple(found)


def _labels(tables: Tables) -> dict[object, Words]:
    """Give what each stage is called in the middle of a sentence."""
    named: dict[object, Words] = {
        stage.name: Words(stage.name, stage.name_zh or stage.name) for stage in tables.stages
    }
    return {**named, n.WON: Words("won", "成交"), n.LOST: Words("lost", "丢单")}
