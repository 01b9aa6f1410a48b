"""The contract under which somebody works: said without asking where there is only one, asked where there are several.

Targets may name contracts, and what says none counts in none of these.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, NamedTuple

from services.gateway.pages.report_desk import Desk
from services.gateway.reporting.fields import Choices
from services.gateway.reporting.forms import ReportForm
from services.gateway.reporting.questions import CONTRACT
from services.reports.words import local
from services.store.contracts import Contract, contracts_of


class Under(NamedTuple):
    """A form that knows the contracts: with its question if it must ask, and what it says if it need not."""

    form: ReportForm
    choices: Choices
    given: Mapping[str, Any]


def under_contract(desk: Desk, form: ReportForm, tender: str, contractor: str | None) -> Under:
    """A form for a contractor on a tender; as it was where its event has no contract or nobody knows one."""
    if CONTRACT.name not in form.fact.model_fields or contractor is None:
        return Under(form, {}, {})
    found = contracts_of(desk.parts.store, [tender]).get((tender, contractor), [])
    if len(found) > 1:
        choices = {CONTRACT.name: [(one.contract, _named(desk, one)) for one in found]}
        return Under(replace(form, fields=(CONTRACT, *form.fields)), choices, {})
    return Under(form, {}, {CONTRACT.name: found[0].contract} if found else {})


def _named(desk: Desk, one: Contract) -> str:
    return f"{one.trade.label(desk.language)} ({local(one.contract)})" if one.trade else local(one.contract)
