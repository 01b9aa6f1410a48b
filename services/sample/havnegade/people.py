"""Who is at Havnegade 12-40 in November 2026: five contractors and the people they have taken on, all invented."""

from __future__ import annotations

from dataclasses import replace

from services.sample.courses import Firm, Person, apprentice, job, practice, subsidy
from services.sample.organisations import cvr_numbers
from services.sample.story import Teller, day

_CLIENT, _SECRETARIAT, _JOB_CENTRE, *_COMPANIES = cvr_numbers(36)[24:]
UNTIL = day("2026-11-20")
SILENT_SINCE = day("2026-09-04")

CLIENT = Teller(_CLIENT, "byggesag")
SITE = Teller(_CLIENT, "byggeplads")
SECRETARIAT = Teller(_SECRETARIAT, "sekretariat")
JOB_CENTRE = Teller(_JOB_CENTRE, "jobcenter")

STORY_NAME = "havnegade"
CIRCLE = f"{_SECRETARIAT}:kreds-odense"


def _firm(index: int, name: str, trade: str, local: str, reports: str = "") -> Firm:
    cvr = _COMPANIES[index]
    return Firm(cvr, name, trade, f"{_CLIENT}:{STORY_NAME}/{local}", Teller(cvr, "loen"), reports)


EGEHOLM = _firm(0, "Egeholm Beton A/S", "concrete_worker", "kontrakt-raahus", "hours")
LAERKEHOLT = _firm(1, "Lærkeholt Tømrer A/S", "carpenter", "kontrakt-toemrer", "hours")
# The mason reports nothing itself: the secretariat does it on its behalf.
MOSEVANG = replace(
    _firm(2, "Mosevang Murer ApS", "bricklayer", "kontrakt-murer", "days"),
    teller=Teller(_SECRETARIAT, "sekretariat", _COMPANIES[2]),
)
# The plumber has said nothing since early September; its apprentice's hours are computed until somebody does.
KLITDAL = _firm(3, "Klitdal VVS A/S", "plumber", "kontrakt-vvs")
BOEGELUND = _firm(4, "Bøgelund El A/S", "electrician", "kontrakt-el", "hours")
FIRMS = (EGEHOLM, LAERKEHOLT, MOSEVANG, KLITDAL, BOEGELUND)

PEOPLE: tuple[Person, ...] = (
    # Apprentices, by the weeks they are to be on this site.
    Person("h01", "18_24", "unknown", (apprentice(EGEHOLM, "2026-12", 108, school=(("2026-33", 5),)),)),
    Person("h02", "18_24", "unknown", (apprentice(LAERKEHOLT, "2026-21", 100, "b"),)),
    Person("h03", "under_18", "unknown", (apprentice(LAERKEHOLT, "2026-33", 90, school=(("2026-45", 5),)),)),
    Person("h04", "25_29", "unknown", (apprentice(MOSEVANG, "2026-25", 98, "b"),)),
    Person("h05", "18_24", "unknown", (apprentice(KLITDAL, "2026-33", 90),)),
    # Work placements and wage subsidy, and one who got a job out of it.
    Person("h06", "30_plus", "yes", (practice(MOSEVANG, "2026-17", 8), job(MOSEVANG, "2026-26", None, agreed=True))),
    Person("h07", "25_29", "unknown", (subsidy(EGEHOLM, "2026-25", 20, outcome="job_other_employer"),)),
    Person("h08", "18_24", "no", (practice(BOEGELUND, "2026-38", 13, "d", late=33),)),
)
