"""`metrics`: what a gateway and a worker tell Prometheus, from the table they are made of."""

from typing import Any

import typer

from services.cli.options import AsJson
from services.cli.screen import listing
from services.cli.session import Session, print_json
from services.metrics import TELLERS


def add_to(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(metrics)


def metrics(as_json: AsJson = False) -> None:
    """Every metric for Prometheus: who tells it, its type, unit and labels, and what it says."""
    rows = list(_rows())
    if as_json:
        print_json(rows)
        return
    grid = listing("Name", "Type", "Unit", "Labels", "Told by", "What it says")
    for row in rows:
        grid.add_row(row["name"], row["type"], row["unit"], ", ".join(row["labels"]), row["teller"], row["help"])
    Session().out.print(grid)


def _rows() -> list[dict[str, Any]]:
    return [
        {
            "teller": teller.teller,
            "name": row.shown,
            "type": row.kind.__name__.lower(),
            "unit": row.unit,
            "labels": row.labels,
            "help": row.help,
        }
        for teller in TELLERS
        for _, row in teller.rows()
    ]
