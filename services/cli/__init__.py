"""`bygspor`: the command line."""

from services.cli.app import main

__all__ = ["main"]
