"""Havnegade 12-40, Odense: a tender in full swing, told up to 20 November 2026, so that every line of a chair's screen
has something to say (domain.md section 13).

Behind plan on training, an agreed deviation on job courses, one last possible date before New Year, a plumber who has
been silent since September, an action that is twelve days overdue, two carpenters' places without a ready candidate.
"""

from __future__ import annotations

from services.sample.havnegade.contract import agree, begin, training_plans
from services.sample.havnegade.people import CLIENT, JOB_CENTRE, PEOPLE, SECRETARIAT, STORY_NAME, UNTIL
from services.sample.havnegade.turns import mistakes, on_the_site, openings, silence, soon, training
from services.sample.people import People, Slip
from services.sample.story import Story

_SLIPS = {"h02-1": Slip({"trade": "joiner"}, 9)}


__all__ = ["STORY_NAME", "tell"]


def tell() -> Story:
    """The whole story, as far as it has come."""
    story = Story(STORY_NAME, CLIENT.cvr)
    begin(story)
    agree(story)
    training_plans(story)
    people = People(story, SECRETARIAT.cvr, SECRETARIAT, JOB_CENTRE, UNTIL, _SLIPS)
    for person in PEOPLE:
        people.tell(person)
    for told in (training, silence, soon, openings, mistakes):
        told(story, people)
    on_the_site(story)
    return story
