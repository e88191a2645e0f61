"""What an analyst sets on the Settings sheet."""

from dataclasses import dataclass
from typing import Literal

from salespipe.cards import card
from salespipe.errors import SettingsError
from salespipe.wording import Words

__all__ = ["Language", "Settings"]

Language = Literal["en", "zh"]


@dataclass(frozen=True)
class Settings:
    """Settings of one workbook.

    Attributes
    ----------
    company : str
    currency : str
        ISO code of the money in which everything is reported.
    fiscal_year_start : int
        Month, 1 to 12.
    quantiles : tuple of float
        Probabilities of worst, likely and best.
    horizon : int
        Months to forecast.
    language : {"en", "zh"}
    prior_strength : float
        How many closed deals the default probabilities on the Stages sheet are worth.
    """

    company: str = ""
    currency: str = "USD"
    fiscal_year_start: int = 1
    quantiles: tuple[float, float, float] = (0.1, 0.5, 0.9)
    horizon: int = 3
    language: Language = "en"
    prior_strength: float = 10.0

    def _repr_html_(self) -> str:
        """Show in a notebook what is set."""
        chances = " / ".join(f"{chance:.0%}" for chance in self.quantiles)
        facts: dict[Words, object] = {
            Words("Company", "公司"): self.company or "–",
            Words("Currency", "币种"): self.currency,
            Words("Fiscal year starts in month", "财年起始月"): self.fiscal_year_start,
            Words("Worst / likely / best", "最差 / 可能 / 最好"): chances,
            Words("Months to forecast", "预测月数"): self.horizon,
            Words("Prior strength, closed deals", "先验强度（已关闭商机数）"): self.prior_strength,
        }
        return card(Words("Settings", "设置").text(self.language), facts, self.language)

    def __post_init__(self) -> None:
        """Check the ranges.

        Raises
        ------
        SettingsError
            A value is out of range.
        """
        where = "On the Settings sheet,"
        if self.fiscal_year_start not in range(1, 13):
            raise SettingsError(
                f"{where} the fiscal year start is {self.fiscal_year_start}; "
                "give the number of a month, 1 to 12."
            )
        worst, likely, best = self.quantiles
        if not 0 < worst < likely < best < 1:
            raise SettingsError(
                f"{where} worst, likely and best are {worst:g}, {likely:g} and {best:g}; "
                "they must rise and lie between 0 % and 100 %."
            )
        if self.horizon not in range(1, 25):
            raise SettingsError(
                f"{where} the horizon is {self.horizon} months; give a number from 1 to 24."
            )
        if not 0 < self.prior_strength <= 1000:
            raise SettingsError(
                f"{where} the prior strength is {self.prior_strength:g}; "
                "give a number of deals from 1 to 1000."
            )
