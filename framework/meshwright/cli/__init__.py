"""The command line: `mesh`."""

from meshwright.cli.main import main

__all__ = ["main"]
