"""KPIs with their definitions, populations, intervals and traps."""

from salespipe.kpi.accuracy import accuracy
from salespipe.kpi.agenda import agenda, feedback_items
from salespipe.kpi.coaching import advice
from salespipe.kpi.coverage import ASKED
from salespipe.kpi.curves import curves
from salespipe.kpi.evidence import needs
from salespipe.kpi.funnel import funnel
from salespipe.kpi.history import history
from salespipe.kpi.outlook import outlook
from salespipe.kpi.pack import pack
from salespipe.kpi.review import review
from salespipe.kpi.scorecard import scorecard
from salespipe.kpi.waterfall import waterfall

__all__ = [
    "ASKED",
    "accuracy",
    "advice",
    "agenda",
    "curves",
    "feedback_items",
    "funnel",
    "history",
    "needs",
    "outlook",
    "pack",
    "review",
    "scorecard",
    "waterfall",
]
