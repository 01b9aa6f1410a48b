"""Options that many commands share, and how a date, a language or a form of output is asked for."""

from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from services.cli.clock import as_day

AsJson = Annotated[bool, typer.Option("--json", help="JSON instead of tables.")]
Lang = Annotated[str | None, typer.Option("--lang", help="da (default) or en; BYGSPOR_LANG sets the default.")]
On = Annotated[
    date | None,
    typer.Option("--on", parser=as_day, metavar="DATE", help="Figures at the end of this day. Default: today."),
]
KnownOn = Annotated[
    date | None,
    typer.Option(
        "--known-on", parser=as_day, metavar="DATE", help="As it was known at the end of this day, later news left out."
    ),
]
TenderArgument = Annotated[str, typer.Argument(metavar="TENDER", help="Its id, or the part behind the colon.")]
MaybeTender = Annotated[
    str | None, typer.Argument(metavar="[TENDER]", help="Its id, or the part behind the colon. Default: all.")
]
Paths = Annotated[
    list[str], typer.Argument(metavar="FILE|DIR|-", help="Event files, folders of them, or - for standard input.")
]
Out = Annotated[Path | None, typer.Option("--out", help="Write to this file instead of standard output.")]
