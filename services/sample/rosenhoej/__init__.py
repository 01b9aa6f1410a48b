"""Rosenhøj, Aarhus (751), pilot 2012-15: 41 residents, 31 placements with one each (domain.md section 5).

Ten of the 41 have no placement: they exist as candidates who were presented to contractors of the tender. The figures
are results: a placement is taken back, one was first told as another kind, one is reported twice, and one of the
residents goes under two codes.
"""

from __future__ import annotations

from services.sample.people import People, Slip
from services.sample.rosenhoej.contract import agree, begin, finish
from services.sample.rosenhoej.people import CLIENT, JOB_CENTRE, PEOPLE, SECRETARIAT, STORY_NAME, UNTIL
from services.sample.rosenhoej.turns import candidates, on_the_site, told_twice, training, turns, what_was_wrong
from services.sample.story import Story

_SLIPS = {
    # An ordinary job, first told as a wage subsidy; and the flex job, whose correction came before it.
    "r11-1": Slip({"kind": "wage_subsidy"}, 40),
    "r31-1": Slip({"kind": "ordinary_employment"}, -1),
}


__all__ = ["STORY_NAME", "tell"]


def tell() -> Story:
    """The whole story."""
    story = Story(STORY_NAME, CLIENT.cvr)
    begin(story)
    agree(story)
    people = People(story, SECRETARIAT.cvr, SECRETARIAT, JOB_CENTRE, UNTIL, _SLIPS)
    for person in PEOPLE:
        people.tell(person)
    for told in (candidates, turns, training, what_was_wrong, told_twice):
        told(story, people)
    on_the_site(story)
    finish(story)
    return story
