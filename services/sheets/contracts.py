"""The contract a placement is under: said without asking where there is only one, else by a column or an answer.

A firm's own targets may name contracts, and a placement that says none counts in none of these.
"""

from __future__ import annotations

from collections.abc import Sequence

from schemas.vocabulary import Party, Trade
from services.sheets.book import Named, Told
from services.sheets.finding import Names
from services.sheets.gleaning import Gleaned, Unsure
from services.sheets.outcomes import Choice, Text
from services.sheets.reporting import Case
from services.sheets.texts import folded, shown

_UNKNOWN = Text(
    "Vi kender ingen entrepriser for firmaet på udbuddet, så entreprisen bliver ikke sendt.",
    "No contract of the firm on the tender is known, so the contract is not sent.",
)


def settle(case: Case, found: Gleaned, told: Told, known: Sequence[Named]) -> None:
    """Put the contract's id for what the column says; where it says nothing, what was told, else the only one there is.

    Asks where several come into question. A row that was told without one is left without where nobody says which, and
    a job centre is asked for nothing: it need not know.
    """
    written = str(found.values.pop("contract", ""))
    before = next((saying.data["contract"] for saying in told.values() if saying.data.get("contract")), None)
    if written and not known:
        found.notes.append(_UNKNOWN)
    elif not written and before is not None:
        found.values["contract"] = before
    elif known:
        _choose(case, found, written, known, may_ask=bool(written) or not (told or case.book.party is Party.JOB_CENTRE))


def _choose(case: Case, found: Gleaned, written: str, known: Sequence[Named], *, may_ask: bool) -> None:
    tender, contractor, trade = (found.values.get(key) for key in ("tender", "contractor", "trade"))
    fitting = Names(known).find(written).exact if written else tuple(known)
    key = f"contract:{tender}:{contractor}:{folded(written) or trade or ''}"
    answer = case.answers.get(key)
    chosen = [one for one in known if one.id == answer] or fitting
    if len(chosen) == 1:
        found.values["contract"] = chosen[0].id
    elif may_ask:
        choices = tuple(Choice(one.id, one.name, one.name) for one in chosen or known)
        case.gleaner.ask(found, "contract", Unsure(key, *_question(written, trade), choices))


def _question(written: str, trade: str | None) -> tuple[str, str]:
    if written:
        return f"Hvilken entreprise er »{shown(written)}«?", f"Which contract is “{shown(written)}”?"
    if trade is None:
        return (
            "Hvilken entreprise hører rækkerne uden fag til?",
            "Which contract do the rows without a trade belong to?",
        )
    name = Trade.of(trade)
    return (
        f"Hvilken entreprise hører rækkerne med faget {name.da} til?",
        f"Which contract do the rows of the trade {name.en} belong to?",
    )
