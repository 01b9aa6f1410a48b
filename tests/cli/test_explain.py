"""The events behind a figure: in words, about whom and when, in the order of what they are about."""

from __future__ import annotations

from tests.cli.runner import Bygspor


def test_events_say_what_of_whom_and_about_when(estates: Bygspor) -> None:
    words = estates.done("explain", "havnegade", "oplaering", "--all-events", columns=160).words
    for text in ("Timer (rettet)", "h02-1", "Lærkeholt Tømrer A/S", "01-06-2026–30-06", "154,7"):
        assert text in words
    assert "hours.reported" not in words


def test_events_come_by_the_date_they_are_about_and_only_those_that_bear(estates: Bygspor) -> None:
    events = estates.json("explain", "rosenhoej", estates.json("explain", "rosenhoej")[0]["target"])["events"]
    assert [one["about"] for one in events] == sorted(one["about"] for one in events)
    kinds = {one["type"] for one in events}
    assert kinds
    assert not kinds & {"waiver.requested", "waiver.refused", "contract_sum.changed", "notice.given", "penalty.claimed"}


def test_what_is_corrected_is_marked(estates: Bygspor) -> None:
    events = estates.json("explain", "havnegade", "oplaering")["events"]
    assert "corrected" in {one["fate"] for one in events}


def test_without_a_target_those_there_are_are_listed(estates: Bygspor) -> None:
    listed = [one["target"] for one in estates.json("explain", "havnegade")]
    assert listed == [row["target"] for row in estates.json("status", "havnegade")]
    assert "oplaering" in estates.done("explain", "havnegade").words
    assert "ingen krav" in estates.done("explain", "havnegade", "--on", "1999-01-01").words
