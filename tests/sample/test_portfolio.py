"""Portfolios: readable, the same for the same seed, in the proportions of practice, and of flat memory."""

from __future__ import annotations

import hashlib
import tracemalloc
from collections import Counter, deque
from itertools import islice

import msgspec
import pytest

from schemas.codec import Waiting, canonical, decode
from schemas.facts import EVENT_TYPES
from services.sample.organisations import companies, municipalities
from services.sample.portfolio import one_huge_tender, portfolio

HOURS = {"hours.reported", "site_hours.reported"}
LIFECYCLE = ("placement.", "apprenticeship.", "school_period.")


@pytest.fixture(scope="module")
def lines() -> list[bytes]:
    return list(portfolio(20, 3, seed=1))


@pytest.fixture(scope="module")
def bodies(lines: list[bytes]) -> list[dict[str, str]]:
    return [msgspec.json.decode(line) for line in lines]


def name_of(body: dict[str, str]) -> str:
    return body["type"].removeprefix("dk.bygspor.").removesuffix(".v1")


def key_of(body: dict[str, str]) -> tuple[str, str]:
    return body["source"], body["id"]


def digest(lines: list[bytes]) -> str:
    return hashlib.sha256(b"\n".join(lines)).hexdigest()


def test_all_lines_of_rare_types_and_a_sample_of_the_others_can_be_read(lines: list[bytes]) -> None:
    read: Counter[str] = Counter()
    for line in lines:
        kind = msgspec.json.decode(line)["type"]
        if read[kind] < 400:
            assert not isinstance(decode(line), Waiting)
            read[kind] += 1


def test_every_event_type_occurs(bodies: list[dict[str, str]]) -> None:
    assert {body["type"] for body in bodies} == set(EVENT_TYPES)


def test_the_same_seed_gives_the_same_portfolio_and_another_another(lines: list[bytes]) -> None:
    assert digest(list(portfolio(20, 3, seed=1))) == digest(lines)
    assert digest(list(portfolio(20, 3, seed=2))) != digest(lines)


def test_hours_dominate_and_the_rest_is_as_in_practice(bodies: list[dict[str, str]]) -> None:
    names = Counter(name_of(body) for body in bodies)
    share = {name: count / len(bodies) for name, count in names.items()}
    assert 0.60 <= sum(share[name] for name in HOURS) <= 0.75
    assert 0.10 <= sum(value for name, value in share.items() if name.startswith(LIFECYCLE)) <= 0.20
    assert 0.015 <= share["event.corrected"] <= 0.025
    assert 0.003 <= share["event.withdrawn"] <= 0.007


def test_one_in_a_hundred_is_sent_twice_and_says_the_same_both_times(
    lines: list[bytes], bodies: list[dict[str, str]]
) -> None:
    first: dict[tuple[str, str], int] = {}
    numbered = enumerate(map(key_of, bodies))
    twice = [(lines[first[key]], lines[at]) for at, key in numbered if first.setdefault(key, at) != at]
    assert 0.007 <= len(twice) / len(lines) <= 0.013
    assert all(canonical(one) == canonical(other) for one, other in twice)
    identical = sum(one == other for one, other in twice)
    assert 0 < identical < len(twice)


def test_some_events_are_late_and_some_corrections_come_first(bodies: list[dict[str, str]]) -> None:
    seen: set[tuple[str, str]] = set()
    early = late = 0
    newest: dict[str, str] = {}
    for body in bodies:
        data = msgspec.convert(body["data"], dict[str, object])
        if name_of(body) == "event.corrected":
            early += (str(data["target_source"]), str(data["target_id"])) not in seen
        if name_of(body) == "hours.reported":
            subject, to_on = body["subject"], str(data["to_on"])
            late += to_on[:7] < newest.get(subject, "")[:7]
            newest[subject] = max(newest.get(subject, ""), to_on)
        seen.add(key_of(body))
    assert early > 0
    assert late > len(bodies) / 200


def test_events_have_an_honest_size(lines: list[bytes]) -> None:
    assert 400 <= sum(map(len, lines)) / len(lines) <= 490


def test_contractors_clients_and_persons_are_on_several_tenders(bodies: list[dict[str, str]]) -> None:
    tenders: dict[str, set[str]] = {}
    for body in bodies:
        data = msgspec.convert(body["data"], dict[str, object])
        for field in ("contractor", "client", "person"):
            if name_of(body) in {"contractor.engaged", "tender.registered", "placement.started"} and field in data:
                tenders.setdefault(f"{field} {data[field]}", set()).add(body["subject"])
    for field in ("contractor", "client", "person"):
        assert any(len(where) > 1 for who, where in tenders.items() if who.startswith(field)), field


def test_tenders_are_mixed_as_in_a_log(bodies: list[dict[str, str]]) -> None:
    early = [body["subject"] for body in bodies[:2000] if "udbud-" in body["subject"]]
    assert len(set(early)) == 20


def test_the_organisations_are_distinct() -> None:
    named = [cvr for place in municipalities() for cvr in (place.job_centre, place.secretariat, *place.clients)]
    every = named + [company.cvr for company in companies()]
    assert len(set(every)) == len(every)


@pytest.mark.parametrize("events", [1, 100, 20_000])
def test_one_huge_tender_has_as_many_events_as_asked_for(events: int) -> None:
    lines = list(one_huge_tender(events, seed=3))
    assert len(lines) == events
    tenders = {body["subject"] for body in map(msgspec.json.decode, lines) if name_of(body) in HOURS}
    assert len(tenders) <= 1


def test_memory_does_not_grow_with_the_portfolio() -> None:
    def peak(tenders: int) -> int:
        tracemalloc.start()
        deque(islice(portfolio(tenders, 1, seed=5), None), maxlen=0)
        used = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return used

    peak(2)
    assert peak(180) < 1.5 * peak(60)


def test_two_portfolios_never_claim_the_same_id() -> None:
    portfolios = [
        portfolio(3, 1, 1),
        portfolio(3, 1, 2),
        portfolio(4, 1, 1),
        portfolio(3, 2, 1),
        one_huge_tender(900, 1),
    ]
    keys = [{key_of(msgspec.json.decode(line)) for line in lines} for lines in portfolios]
    assert len(set.union(*keys)) == sum(map(len, keys))
