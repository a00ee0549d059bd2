"""Runs the command line as `python -m liandong`."""

from liandong.cli import main

main()
