"""Many workbooks, one company: fitted together, forecast one by one, adding up draw by draw."""
