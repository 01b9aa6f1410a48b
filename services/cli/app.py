"""The commands and their exit codes.

0  done
1  done, but something needs somebody: lines were rejected, or a check of `verify` failed
2  the command was not used as it can be, or its input cannot be
3  the database or Kafka does not answer, and the same may be tried again, or it refuses, which the error says
4  a fault in BygSpor itself
130  interrupted by Ctrl-C; what was taken in stays
"""

import sys

import typer

from services import logs
from services.cli.access import add_to as add_access
from services.cli.credentials import add_to as add_credentials
from services.cli.deadletters import add_to as add_deadletters
from services.cli.explaining import add_to as add_explaining
from services.cli.intake import add_to as add_intake
from services.cli.lag import add_to as add_lag
from services.cli.lists import add_to as add_lists
from services.cli.metrics import add_to as add_metrics
from services.cli.reading import add_to as add_reading
from services.cli.replay import add_to as add_replay
from services.cli.samples import add_to as add_samples
from services.cli.screen import console
from services.cli.serving import add_to as add_serving
from services.cli.sheets import add_to as add_sheets
from services.cli.topics import add_to as add_topics
from services.cli.upkeep import add_to as add_upkeep
from services.cli.vault import add_to as add_vault
from services.cli.worker import add_to as add_worker
from services.errors import BadInput, BrokerUnavailable, BygSporError, DatabaseUnavailable

EXIT_CODES = (
    "Exit codes: 0 done; 1 something was rejected or failed a check; 2 usage or input; "
    "3 database or Kafka unavailable; 4 a fault in BygSpor."
)

app = typer.Typer(
    name="bygspor",
    help="From events on construction sites to figures per tender.",
    epilog=EXIT_CODES,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
)
for add_commands in (
    add_serving,
    add_worker,
    add_intake,
    add_reading,
    add_explaining,
    add_lists,
    add_upkeep,
    add_metrics,
    add_access,
    add_credentials,
    add_vault,
    add_sheets,
    add_topics,
    add_lag,
    add_deadletters,
    add_replay,
    add_samples,
):
    add_commands(app)


@app.callback()
def _common(verbose: bool = typer.Option(False, "--verbose", help="Show tracebacks of errors.")) -> None:
    del verbose  # read from the arguments in main, which must know it even where parsing fails


def main() -> None:
    """Run a command; errors are said in a sentence with a hint, tracebacks only with --verbose."""
    logs.quiet_libraries()
    try:
        app()
    except Exception as error:
        if "--verbose" in sys.argv:
            raise
        said = _said(error)
        console(stderr=True).print(str(said), style="red", markup=False, soft_wrap=True)
        sys.exit(_exit_code(said))


def _said(error: Exception) -> BygSporError:
    """Any error as one of ours: what the system refused, or a fault of ours that should be reported."""
    if isinstance(error, BygSporError):
        return error
    if isinstance(error, OSError):
        where = f"{error.filename}: " if error.filename else ""
        return BadInput("system.refused", f"{where}{error.strerror or error}.")
    what = f"{type(error).__name__}: {error}"
    return BygSporError("internal", what, "This is a fault in BygSpor. See where with: bygspor --verbose …")


def _exit_code(error: BygSporError) -> int:
    if isinstance(error, DatabaseUnavailable | BrokerUnavailable):
        return 3
    return 2 if isinstance(error, BadInput) else 4
