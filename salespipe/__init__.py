"""Sales pipelines in Excel: checked, reviewed, forecast, and written back losslessly."""

__version__ = "0.1.0"
