"""Backtests: forecasts made as of past dates, scored on what happened, beside simpler methods."""
