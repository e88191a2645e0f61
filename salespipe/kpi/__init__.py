"""KPIs with their definitions, populations, intervals and traps."""

from salespipe.kpi.funnel import funnel
from salespipe.kpi.history import history
from salespipe.kpi.review import review
from salespipe.kpi.waterfall import waterfall

__all__ = ["funnel", "history", "review", "waterfall"]
