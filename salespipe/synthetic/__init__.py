"""A made-up company whose truth is known: for the demo, for recovery tests and for calibration.

Everything here is invented; names that resemble real people or firms do so by chance.
"""

from salespipe.synthetic.chinese import in_chinese
from salespipe.synthetic.company import AGE_CUTS, Company
from salespipe.synthetic.simulate import Simulated, simulate_company
from salespipe.synthetic.sloppy import make_sloppy
from salespipe.synthetic.truth import Truth

__all__ = [
    "AGE_CUTS",
    "Company",
    "Simulated",
    "Truth",
    "in_chinese",
    "make_sloppy",
    "simulate_company",
]
