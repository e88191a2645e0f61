"""``python -m salespipe``."""

from salespipe.cli import main

main()
