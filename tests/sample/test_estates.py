"""The three tenders told as stories: their files are fresh, and the published tables come out of them as results."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import date
from typing import Any

import msgspec
import pytest

from schemas.codec import Waiting, canonical, decode
from schemas.identifiers import organisation_of
from services.sample.estates import STORIES, lines
from tests.oracle import figures, placements
from tests.oracle.effective import effective
from tests.oracle.persons import roots

Events = list[dict[str, Any]]

END_OF_2016 = date(2016, 12, 31)
TABLES = {
    "korskaerparken": {
        "ordinary_employment": 19,
        "wage_subsidy": 15,
        "work_placement": 36,
        "after_school_job": 1,
        "apprenticeship": 1,
        "course": 5,
    },
    "rosenhoej": {
        "ordinary_employment": 21,
        "wage_subsidy": 3,
        "work_placement": 1,
        "apprenticeship": 4,
        "after_school_job": 1,
        "flex_job": 1,
    },
}
PERSONS = {"korskaerparken": 44, "rosenhoej": 31}


def events_of(name: str) -> Events:
    return [msgspec.json.decode(line) for line in lines(name)]


def name_of(event: dict[str, Any]) -> str:
    return str(event["type"]).removeprefix("dk.bygspor.").removesuffix(".v1")


def tender_of(events: Events) -> str:
    return next(str(event["subject"]) for event in events if name_of(event) == "tender.registered")


def without(events: Events, *names: str) -> Events:
    return [event for event in events if name_of(event) not in names]


def counted(events: Events, on: date = END_OF_2016) -> tuple[int, int, dict[str, int]]:
    """(placements, persons, placements by kind) that count."""
    counting = [seen for seen in placements(events, tender_of(events), on).values() if seen.counts]
    return len(counting), len({seen.person for seen in counting}), dict(Counter(str(seen.kind) for seen in counting))


def statuses(name: str, on: date) -> dict[str, tuple[str, str]]:
    events = events_of(name)
    named = figures(events, tender_of(events), on).items()
    return {target.partition("/")[2]: (figure.status, figure.reason) for target, figure in named}


@pytest.mark.parametrize("name", STORIES)
def test_the_file_is_what_the_story_tells(name: str) -> None:
    assert lines(name) == STORIES[name]().lines(), "run: python -m services.sample.estates"


@pytest.mark.parametrize("name", STORIES)
def test_every_event_can_be_read(name: str) -> None:
    assert not any(isinstance(decode(line), Waiting) for line in lines(name))


@pytest.mark.parametrize("name", TABLES)
def test_the_published_table_comes_out(name: str) -> None:
    assert counted(events_of(name)) == (sum(TABLES[name].values()), PERSONS[name], TABLES[name])


@pytest.mark.parametrize("name", TABLES)
def test_the_order_of_the_events_makes_no_difference(name: str) -> None:
    assert counted(events_of(name)[::-1]) == counted(events_of(name))


@pytest.mark.parametrize("name", TABLES)
def test_without_the_withdrawal_there_would_be_one_placement_and_one_person_more(name: str) -> None:
    more = sum(TABLES[name].values()) + 1, PERSONS[name] + 1
    assert counted(without(events_of(name), "event.withdrawn"))[:2] == more


@pytest.mark.parametrize("name", TABLES)
def test_without_the_match_one_placement_would_count_twice(name: str) -> None:
    assert counted(without(events_of(name), "placement.matched"))[0] == sum(TABLES[name].values()) + 1


@pytest.mark.parametrize("name", TABLES)
def test_without_the_corrections_the_kinds_would_be_others(name: str) -> None:
    assert counted(without(events_of(name), "event.corrected"))[2] != TABLES[name]


def test_persons_come_out_right_only_when_links_are_used() -> None:
    events = events_of("korskaerparken")
    assert counted(without(events, "person.same_as"))[1] == 45
    assert counted(without(events, "person.not_same_as"))[1] == 43


def presented(events: Events) -> set[str]:
    """The persons who were presented to a contractor of the tender, under their roots."""
    circle = next(event["data"]["linking_circle"] for event in events if name_of(event) == "tender.registered")
    people = {e["subject"]: e["data"]["person"] for e in events if name_of(e) == "candidate.identified"}
    same = roots(effective(events), circle)
    named = {people[event["subject"]] for event in events if name_of(event) == "candidate.presented"}
    return {same.get(person, person) for person in named}


def test_rosenhoej_has_41_residents_of_whom_ten_have_no_placement() -> None:
    events = events_of("rosenhoej")
    placed = {seen.person for seen in placements(events, tender_of(events), END_OF_2016).values() if seen.counts}
    assert len(presented(events)) == 41
    assert len(presented(without(events, "person.same_as"))) == 42
    assert placed < presented(events)
    assert len(presented(events) - placed) == 10


def test_unemployment_in_korskaerparken_fell_as_reported_after_a_correction() -> None:
    told = effective(events_of("korskaerparken"))
    assert {s.data["year"]: s.data["value"] for s in told if s.name == "area_indicator.reported"} == {
        2014: 49.4,
        2015: 43.8,
    }


@pytest.mark.parametrize("name", STORIES)
def test_every_turn_that_telling_can_take_is_in_it(name: str) -> None:
    assert set(sent_again(lines(name))) == {True, False}
    assert any(behalf and confirmed for behalf, confirmed in said_for_and_by_contractors(events_of(name)))


@pytest.mark.parametrize("name", TABLES)
def test_some_events_are_late_and_a_correction_comes_before_its_target(name: str) -> None:
    events, seen, early = events_of(name), set(), 0
    for event in events:
        if name_of(event) == "event.corrected":
            early += (event["data"]["target_source"], event["data"]["target_id"]) not in seen
        seen.add((event["source"], event["id"]))
    assert early == 1
    newest, latest = "", 0
    for event in events:
        newest = max(newest, event["time"][:10])
        latest = max(latest, (date.fromisoformat(newest) - date.fromisoformat(event["time"][:10])).days)
    assert latest > 30


def sent_again(told: list[bytes]) -> Iterable[bool]:
    """For each event that was sent again: is it the same to the byte?"""
    first: dict[bytes, int] = {}
    for at, line in enumerate(told):
        before = first.setdefault(canonical(line), at)
        if before != at:
            yield told[before] == line


def said_for_and_by_contractors(events: Events) -> Iterable[tuple[bool, bool]]:
    """By placement: was it started on behalf of its contractor, and has that contractor confirmed it?"""
    yes = {
        (event["data"]["placement"], organisation_of(event["source"]))
        for event in events
        if name_of(event) == "placement.confirmed"
    }
    for event in events:
        data = event["data"]
        if name_of(event) == "placement.started":
            yield "on_behalf_of" in data, (data["placement"], data["contractor"]) in yes


def test_a_chair_at_korskaerparken_at_the_end_of_2016_has_something_of_everything() -> None:
    seen = statuses("korskaerparken", END_OF_2016)
    assert seen["personer"] == seen["andel"] == ("behind", "behind_plan")
    assert seen["forloeb"] == seen["omsat"] == ("ahead", "met")
    assert seen["laerlinge"] == ("agreed_deviation", "waived")
    assert seen["nye-laerlinge"] == ("at_risk", "short_forecast")
    assert seen["i-arbejde"] == seen["soenderparken"] == ("on_track", "on_plan")


def test_a_chair_at_rosenhoej_at_the_end_of_2015_has_something_of_everything() -> None:
    seen = statuses("rosenhoej", date(2015, 12, 31))
    assert seen["beboere"] == ("behind", "behind_plan")
    assert seen["job"] == seen["omsat"] == ("ahead", "met")
    assert seen["laerlinge"] == ("agreed_deviation", "waived")
    assert seen["nye-laerlinge"] == ("at_risk", "short_forecast")
    assert seen["andel"] == ("on_track", "share_held")


TODAY = date(2026, 11, 21)


def test_a_chair_at_havnegade_today_has_something_on_every_line() -> None:
    seen = statuses("havnegade", TODAY)
    assert seen["oplaering"] == seen["oplaering-toemrer"] == ("behind", "behind_plan")
    assert seen["jobforloeb"] == ("agreed_deviation", "waived")
    assert seen["laerlinge-foer-nytaar"] == ("at_risk", "short_forecast")
    assert seen["oplaering-murer"] == ("on_track", "on_plan")


def test_havnegade_promises_twelve_and_will_not_quite_get_there() -> None:
    events = events_of("havnegade")
    figure = figures(events, tender_of(events), TODAY)[f"{tender_of(events)}/oplaering"]
    assert figure.agreed == 12
    assert figure.delivered is not None
    assert figure.expected is not None
    assert figure.forecast is not None
    assert figure.delivered < figure.expected < figure.forecast < figure.agreed


def days_of(events: Events, name: str, field: str) -> list[date]:
    return [date.fromisoformat(event["data"][field]) for event in events if name_of(event) == name]


def test_havnegade_has_an_overdue_action_a_silent_firm_and_the_next_weeks_to_look_at() -> None:
    events = events_of("havnegade")
    closed = {event["data"]["action"] for event in events if name_of(event) == "action.closed"}
    still_open = [e for e in events if name_of(e) == "action.opened" and e["data"]["action"] not in closed]
    assert [e["data"]["due_on"] for e in still_open if e["data"]["due_on"] < "2026-11-21"] == ["2026-11-09"]
    contractors = {event["data"]["contractor"] for event in events if name_of(event) == "contract.awarded"}
    heard = {event["data"].get("on_behalf_of") or organisation_of(event["source"]): event["time"] for event in events}
    assert [heard[cvr][:10] for cvr in contractors if heard[cvr] < "2026-10"] == ["2026-09-04"]
    soon = range(TODAY.toordinal(), TODAY.toordinal() + 31)
    assert any(day.toordinal() in soon for day in days_of(events, "placement.agreed", "planned_start"))
    planned_ends = [e["data"]["planned_end"] for e in events if "planned_end" in e["data"]]
    assert any(date.fromisoformat(day).toordinal() in soon for day in planned_ends)
    assert max(days_of(events, "site_meeting.planned", "planned_on")) == date(2026, 11, 24)
