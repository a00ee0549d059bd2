"""Runs a hand: `python -m liandong.backtest`."""

from liandong.backtest.hand import main

main()
