"""The commands and their exit codes.

0  done
1  done, but something needs somebody: lines were rejected, or a check of `verify` failed
2  the command was not used as it can be, or its input cannot be
3  the database does not answer; the same may be tried again
"""

import sys

import typer

from services.cli.intake import add_to as add_intake
from services.cli.reading import add_to as add_reading
from services.cli.samples import add_to as add_samples
from services.cli.screen import console
from services.cli.upkeep import add_to as add_upkeep
from services.errors import BygSporError, DatabaseUnavailable

EXIT_CODES = "Exit codes: 0 done; 1 something was rejected or failed a check; 2 usage or input; 3 database unavailable."

app = typer.Typer(
    name="bygspor",
    help="From events on construction sites to figures per tender.",
    epilog=EXIT_CODES,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
)
for add_commands in (add_intake, add_reading, add_upkeep, add_samples):
    add_commands(app)


@app.callback()
def _common(verbose: bool = typer.Option(False, "--verbose", help="Show tracebacks of errors.")) -> None:
    del verbose  # read from the arguments in main, which must know it even where parsing fails


def main() -> None:
    """Run a command; errors are said in a sentence with a hint, tracebacks only with --verbose."""
    verbose = "--verbose" in sys.argv
    try:
        app()
    except BygSporError as error:
        if verbose:
            raise
        console(stderr=True).print(str(error), style="red", markup=False)
        sys.exit(3 if isinstance(error, DatabaseUnavailable) else 2)
    except KeyboardInterrupt:
        sys.exit(130)
