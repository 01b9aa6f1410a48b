"""`python -m deploy.kafka fetch|up|down|status`: a Kafka on this machine, without a cluster to ask anybody for."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from deploy.debian import Unavailable, have, tell
from deploy.kafka import kept, programs
from deploy.kafka.node import Failed

_HOME = Path(__file__).parents[2] / ".bygspor" / "kafka"


def main(arguments: list[str] | None = None) -> int:
    """Do what is asked; 0 if it is so now."""
    parser = argparse.ArgumentParser(prog="python -m deploy.kafka", description=__doc__)
    parser.add_argument("command", choices=_COMMANDS, help="; ".join(f"{k}: {v.__doc__}" for k, v in _COMMANDS.items()))
    parser.add_argument("--home", type=Path, default=_HOME, help="its folder (%(default)s)")
    parser.add_argument("--nodes", type=int, choices=(1, 3), help="up: how many; else as many as there were, or 1")
    options = parser.parse_args(arguments)
    try:
        return _COMMANDS[options.command](options)
    except (Failed, Unavailable) as error:
        tell("kafka", str(error))
        return 1


def _fetch(_: argparse.Namespace) -> int:
    """have Java and Kafka, or say why not"""
    return have("kafka", lambda: str(programs.fetched().jars), "Kafka")


def _up(options: argparse.Namespace) -> int:
    """start it, and leave it running"""
    home = options.home.absolute()
    started = kept.up(home, options.nodes)
    servers, _ = kept.status(home)
    tell("kafka", f"{'answers' if started else 'runs already'} at {servers} (folder {home})")
    tell("kafka", f"for BygSpor: export BYGSPOR_KAFKA={servers}")
    return 0


def _down(options: argparse.Namespace) -> int:
    """end it; its data stays"""
    stopped = kept.down(options.home.absolute())
    tell("kafka", f"{stopped} node(s) stopped" if stopped else "was not running")
    return 0


def _status(options: argparse.Namespace) -> int:
    """whether it runs, and where; exit code 1 if not"""
    servers, alive = kept.status(options.home.absolute())
    processes = ", ".join(map(str, alive))
    tell("kafka", f"{len(alive)} node(s) running (pid {processes}) at {servers}" if alive else "not running")
    return 0 if alive else 1


_COMMANDS = {"fetch": _fetch, "up": _up, "down": _down, "status": _status}

if __name__ == "__main__":
    sys.exit(main())
