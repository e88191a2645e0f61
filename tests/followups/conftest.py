from dataclasses import replace
from random import Random

import pandas as pd
import pytest

from salespipe import names as n
from salespipe.settings import Settings
from salespipe.tables import conform
from salespipe.workbook.read import read_workbook
from salespipe.workbook.template import build_workbook
from tests.checks.defects import AS_OF, clean_tables


@pytest.fixture(params=["en", "zh"])
def book(request, tmp_path):
    """A team of four of whom two, Bo Lindqvist and 王芳, have nothing to do."""
    tables = clean_tables(Random(5), deals=40, language=request.param)
    deals = tables.deals.copy()
    day = pd.Timestamp(AS_OF)
    deals[n.NEXT_STEP_ON] = day + pd.Timedelta(days=20)
    opened = deals.index[~deals[n.STAGE].isin([n.WON, n.LOST]) & (deals[n.OWNER] != "Bo Lindqvist")]
    late, due, bare = opened[:3], opened[3:6], opened[6:8]
    deals.loc[late, n.EXPECTED_CLOSE_ON] = day - pd.Timedelta(days=9)
    deals.loc[due, n.NEXT_STEP_ON] = day + pd.Timedelta(days=3)
    deals.loc[bare, n.NEXT_STEP] = None
    first = deals.loc[late[0], n.ACCOUNT]
    contacts = [("Eva Ruíz 王", first, "eva.ruiz@example.com")]
    contacts = pd.DataFrame(contacts, columns=[n.CONTACT, n.ACCOUNT, n.EMAIL], index=[2])
    currency = "CNY" if request.param == "zh" else "USD"
    tables = replace(
        tables,
        deals=deals.assign(**{n.CURRENCY: None}),
        contacts=conform("contacts", contacts),
        settings=Settings(currency=currency, language=request.param),
    )
    path = tmp_path / "Team.xlsx"
    build_workbook(path, tables=tables, language=request.param, today=AS_OF)
    return read_workbook(path)
