"""Korskærparken and Sønderparken, Fredericia (607), 2013-16: 77 placements with 44 persons (domain.md section 5).

The published table is what comes out at the end of 2016, not what is written down: one placement is taken back, two
were first told as another kind, one is reported twice, one person goes under two codes. The works go on until May 2017,
so that a chair's screen at the end of 2016 still has something to decide.
"""

from __future__ import annotations

from services.sample.korskaerparken.contract import agree, begin
from services.sample.korskaerparken.people import CLIENT, JOB_CENTRE, PEOPLE, PLAN, STORY_NAME, UNTIL
from services.sample.korskaerparken.site import around, on_the_site
from services.sample.korskaerparken.turns import found, told_twice, training, turns, what_was_wrong, who_is_who
from services.sample.people import People, Slip
from services.sample.story import Story

_SLIPS = {
    # The clerk took a wage subsidy for a job, and said so a month later.
    "k19-1": Slip({"kind": "ordinary_employment"}, 31),
    # Two systems: the correction of the kind was there a day before the start itself.
    "k42-1": Slip({"kind": "work_placement"}, -1),
}


__all__ = ["STORY_NAME", "tell"]


def tell() -> Story:
    """The whole story."""
    story = Story(STORY_NAME, CLIENT.cvr)
    begin(story)
    agree(story)
    people = People(story, PLAN.cvr, PLAN, JOB_CENTRE, UNTIL, _SLIPS)
    for person in PEOPLE:
        people.tell(person)
    for told in (found, turns, training, what_was_wrong, told_twice, who_is_who):
        told(story, people)
    on_the_site(story)
    around(story)
    return story
