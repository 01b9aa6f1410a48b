"""A report says under which contract somebody works: unasked where there is one, asked where there are several."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from services.clock import today
from services.store import seen
from services.store.access import seen_by
from tests.gateway.people import words
from tests.gateway.reporting import CLIENT, FIRM, OTHER_FIRM, TENDER, Site, event, number_of

CARPENTRY, PAINTING = f"{CLIENT}:havnegade/toemrer", f"{CLIENT}:havnegade/maler"
START = {"place": f"{TENDER} {FIRM}", "person": "Mette Holm", "kind": "apprenticeship", "started_on": "02-03-2026"}


def award(site: Site, contract: str, contractor: str = FIRM, **more: Any) -> None:
    named = {"contract": contract, "contractor": contractor, "awarded_on": "2026-01-01", **more}
    site.told(event(f"a-{contract}", CLIENT, "contract.awarded", **named))


def said(site: Site) -> list[tuple[str, str | None]]:
    return [(one["type"].split(".")[-2], one["data"].get("contract")) for one in site.log()]


def test_a_start_counts_in_a_target_that_names_the_firms_only_contract(site: Site) -> None:
    award(site, CARPENTRY)
    target = f"{CLIENT}:havnegade/kontrakt"
    terms = {"target": target, "metric": "persons", "amount": 1, "contracts": [CARPENTRY]}
    about = {"agreement": f"{CLIENT}:anden", "kind": "training_clause", "signed_on": "2026-01-01"}
    site.told(event("t-9", CLIENT, "agreement.signed", **about, follow_up_owner="KA", targets=[terms]))
    clerk = site.person(FIRM)
    assert "Hvilken entreprise?" not in words(clerk.get("/report/start"))
    assert site.send(clerk, "/report/start", **START).status_code == 303
    assert said(site) == [("started", CARPENTRY)]
    site.figures()
    parts = site.gateway.parts
    caller = parts.access.keys.caller_of_key(site.gateway.key(FIRM))
    assert caller
    with seen_by(parts.store.database, caller) as connection:
        [row] = [row for row in seen.figures(connection, [TENDER]) if row.target == target]
    assert row.delivered == 1


def test_with_several_contracts_the_form_asks_which(site: Site) -> None:
    award(site, CARPENTRY, trade="carpenter")
    award(site, PAINTING)
    clerk = site.person(FIRM)
    page = clerk.get("/report/start")
    assert "Hvilken entreprise?" in words(page)
    assert f'<option value="{CARPENTRY}">Tømrer (havnegade/toemrer)</option>' in page.text
    refused = site.send(clerk, "/report/start", **START, contract=f"{CLIENT}:andres")
    assert refused.status_code == 422
    assert 'href="#field-contract"' in refused.text
    assert clerk.post("/report/start", {**START, "drawn": number_of(page), "contract": PAINTING}).status_code == 303
    assert said(site) == [("started", PAINTING)]
    assert f'<option value="{PAINTING}" selected>' in clerk.get("/report/start").text


def test_where_no_contract_is_known_none_is_said(site: Site) -> None:
    award(site, CARPENTRY, OTHER_FIRM)
    assert site.send(site.person(FIRM), "/report/start", **START).status_code == 303
    assert said(site) == [("started", None)]


def test_an_agreement_its_start_and_a_move_say_the_contract(site: Site) -> None:
    award(site, CARPENTRY)
    award(site, PAINTING, OTHER_FIRM)
    clerk, ahead = site.person(FIRM), f"{today() + timedelta(days=9):%d-%m-%Y}"
    site.send(clerk, "/report/start", **{**START, "started_on": ahead})
    placement = site.log()[0]["data"]["placement"]
    award(site, f"{CLIENT}:havnegade/nyere")
    assert site.send(clerk, f"/report/{placement}/begin", started_on=f"{today():%d-%m-%Y}").status_code == 303
    move = {"moved_on": f"{today():%d-%m-%Y}", "contractor": OTHER_FIRM}
    assert site.send(clerk, f"/report/{placement}/move", **move).status_code == 303
    assert said(site) == [("agreed", CARPENTRY), ("started", CARPENTRY), ("moved", PAINTING)]
