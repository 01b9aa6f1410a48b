"""The edge: a CPR number in a request becomes a pseudonym or a fault, and is in nothing that is left behind."""

from __future__ import annotations

import json
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from schemas.codec import decode
from schemas.faults import InvalidEventError
from services.errors import DatabaseUnavailable
from services.gateway.pseudonyms import pseudonymised
from services.store.batches import Decoded, Outcome
from services.store.store import Store
from services.store.vault import Keyring, Vault
from tests.canary import CANARIES, assert_none, database_dump, found
from tests.vault.test_vault import CIRCLE

CANARY = CANARIES[0]
TENDER = "10000270:havnegade"

Body = dict[str, Any]


def started(person: str, **data: Any) -> Body:
    told = {
        "reported_by": "10000319",
        "placement": "10000319:P-31",
        "person": person,
        "contractor": "10000319",
        "kind": "apprenticeship",
        "weekly_hours": 37.5,
        "started_on": "2026-03-02",
        **data,
    }
    return enveloped("placement.started", told)


def corrected(person: str) -> Body:
    target = {"target_source": "urn:bygspor:10000319:erp", "target_id": "e-0"}
    replacement = {"type": "dk.bygspor.placement.started.v1", "data": started(person)["data"]}
    told = {"reported_by": "10000319", **target, "replacement": replacement}
    return enveloped("event.corrected", told)


def enveloped(name: str, data: Body) -> Body:
    return {
        "specversion": "1.0",
        "id": "e-1",
        "source": "urn:bygspor:10000319:erp",
        "type": f"dk.bygspor.{name}.v1",
        "subject": TENDER,
        "time": "2026-03-02T08:10:00Z",
        "data": data,
    }


def circle_of(subject: str) -> str | None:
    return CIRCLE if subject == TENDER else None


def sent(body: Body, vault: Vault | None) -> bytes:
    return pseudonymised(json.dumps(body).encode(), circle_of, vault)


def refused(body: Body, vault: Vault | None) -> list[tuple[str, str]]:
    """The faults of an event that is refused at the edge or by the codec, which repeat nothing of the number."""
    with pytest.raises(InvalidEventError) as caught:
        decode(sent(body, vault))
    shown = "".join(traceback.format_exception(caught.value)) + repr(caught.value.faults)
    assert "99471" not in shown
    assert_none(shown)
    return sorted((fault.code, fault.field) for fault in caught.value.faults)


@pytest.fixture
def untouched(tmp_path: Path) -> Vault:
    """A vault that fails as soon as it is used."""
    return Vault(f"postgresql://bygspor@/v?host={tmp_path}", Keyring(tmp_path / "keys.json"))


def test_a_number_becomes_the_person_of_its_circle(vault: Vault) -> None:
    person = vault.subject_of(CIRCLE, CANARY)
    for written in (CANARY, f"{CANARY[:6]}-{CANARY[6:]}", f" {CANARY[:6]} \u2013 {CANARY[6:]} "):
        raw = sent(started(f"cpr:{written}"), vault)
        assert json.loads(raw) == started(person)
        decode(raw)
    assert json.loads(sent(started(f" CPR:{CANARY}"), vault)) == started(person)
    assert json.loads(sent(corrected(f"cpr:{CANARY}"), vault)) == corrected(person)


def test_a_number_behind_escapes_is_a_number(vault: Vault) -> None:
    hidden = "".join(f"\\u{ord(sign):04x}" for sign in f"cpr:{CANARY}")
    raw = json.dumps(started("PERSON")).replace("PERSON", hidden).encode()
    assert json.loads(pseudonymised(raw, circle_of, vault)) == started(vault.subject_of(CIRCLE, CANARY))
    with pytest.raises(InvalidEventError):
        pseudonymised(raw, circle_of, None)


@pytest.mark.parametrize("tell", [started, corrected])
def test_where_numbers_are_off_a_number_is_the_ordinary_fault(tell: Callable[[str], Body]) -> None:
    field = "data.person" if tell is started else "data.replacement.data.person"
    for number in (CANARY, f"{CANARY[:6]}-{CANARY[6:]}", "7102994711", "99471"):
        assert refused(tell(f"cpr:{number}"), None) == [("cpr", field)]


def test_an_event_without_a_number_is_left_as_it_is_and_needs_no_vault(untouched: Vault) -> None:
    for raw in (
        json.dumps(started("10000270:k4f7"), indent=1).encode(),
        json.dumps(started("10000270:cpr"), indent=1).encode(),
        json.dumps(started("10000270:k4f7", note="\u00e6 cpr:")).encode(),
        b'{"data": "cpr:"',
        b'["cpr:"]',
        b'{"data": ["cpr:"]}',
        b"\xff cpr",
    ):
        assert pseudonymised(raw, circle_of, untouched) == raw


def test_a_tender_that_is_not_known_is_said_to_be(untouched: Vault) -> None:
    foreign = {**started(f"cpr:{CANARY}"), "subject": "10000270:elsewhere"}
    assert refused(foreign, untouched) == [("cpr_no_circle", "subject")]


@pytest.mark.parametrize("number", ["", "31029947", "9902994711", f"{CANARY} 1", "DDMMAA-XXXX"])
def test_what_is_no_number_is_said_to_be_and_not_repeated(untouched: Vault, number: str) -> None:
    assert refused(started(f"cpr:{number}"), untouched) == [("cpr_form", "data.person")]


def test_all_faults_come_at_once_and_nothing_of_a_refused_event_reaches_the_vault(untouched: Vault) -> None:
    body = {**started("cpr:1", weekly_hours="many", started_on="2026-02-30"), "subject": "10000270:elsewhere"}
    assert refused(body, untouched) == [
        ("cpr_form", "data.person"),
        ("cpr_no_circle", "subject"),
        ("date_parsing", "data.started_on"),
        ("decimal_parsing", "data.weekly_hours"),
    ]
    # A fault that the codec tells alone: a number where none may be.
    assert refused(started(f"cpr:{CANARY}", contract=f"10000319:{CANARY}"), untouched) == [("cpr", "data.contract")]
    assert refused(started(CANARY), untouched) == [("cpr", "data.person")]


def test_a_dry_run_judges_and_leaves_the_vault_alone(untouched: Vault) -> None:
    raw = json.dumps(started(f"cpr:{CANARY}")).encode()
    judged = pseudonymised(raw, circle_of, untouched, only_judged=True)
    decode(judged)
    assert_none(judged)
    with pytest.raises(InvalidEventError):
        pseudonymised(raw, lambda _: None, untouched, only_judged=True)


def test_a_vault_that_is_away_stops_only_what_needs_it(untouched: Vault) -> None:
    with pytest.raises(DatabaseUnavailable) as caught:
        sent(started(f"cpr:{CANARY}"), untouched)
    assert (caught.value.code, caught.value.retriable) == ("vault.unavailable", True)
    assert_none("".join(traceback.format_exception(caught.value)))
    assert sent(started("10000270:k4f7"), untouched)


def test_no_number_is_in_anything_that_is_left_behind(vault: Vault, vault_url: str, store: Store) -> None:
    raws = [sent({**started(f"cpr:{canary}"), "id": f"e-{canary[:4]}"}, vault) for canary in CANARIES]
    applied = store.apply([Decoded(raw, decode(raw)) for raw in raws])
    assert applied.outcomes == (Outcome.NEW,) * len(raws)
    log = database_dump(store.url)
    assert_none(*raws, log, database_dump(vault_url))
    person = json.loads(raws[0])["data"]["person"]
    assert found(log, (person,)) != []
