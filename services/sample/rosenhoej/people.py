"""Who was at Rosenhøj, Aarhus, in the pilot of 2012-15: 41 residents, of whom 31 got a placement, one each.

The organisations and the persons are invented; the table they add up to is the published one (domain.md section 5).
"""

from __future__ import annotations

from dataclasses import replace

from services.sample.courses import Firm, Person, apprentice, job, other, practice, subsidy
from services.sample.organisations import cvr_numbers
from services.sample.story import Teller, day

_CLIENT, _SECRETARIAT, _JOB_CENTRE, *_COMPANIES = cvr_numbers(24)[12:]
UNTIL = day("2016-12-31")

CLIENT = Teller(_CLIENT, "byggesag")
SITE = Teller(_CLIENT, "byggeplads")
SECRETARIAT = Teller(_SECRETARIAT, "sekretariat")
JOB_CENTRE = Teller(_JOB_CENTRE, "jobcenter")

STORY_NAME = "rosenhoej"
CIRCLE = f"{_SECRETARIAT}:kreds-aarhus"
AREA = f"{_CLIENT}:rosenhoej-omraade"


def _firm(index: int, name: str, trade: str, local: str, reports: str = "") -> Firm:
    cvr = _COMPANIES[index]
    return Firm(cvr, name, trade, f"{_CLIENT}:{STORY_NAME}/{local}", Teller(cvr, "loen"), reports)


HEDEVANG = _firm(0, "Hedevang Byg A/S", "carpenter", "kontrakt-toemrer", "hours")
STENSUND = _firm(1, "Stensund Murer A/S", "bricklayer", "kontrakt-murer", "days")
FJORDTOFTE = _firm(2, "Fjordtofte El ApS", "electrician", "kontrakt-el", "hours")
ELLEMARK = _firm(3, "Ellemark El A/S", "electrician", "kontrakt-el-2", "hours")
GRANLUND = _firm(4, "Granlund Anlæg A/S", "civil_worker", "kontrakt-anlaeg")
# The painter reports nothing itself: the secretariat does it on its behalf.
BIRKEDAL = replace(
    _firm(5, "Birkedal Maler ApS", "painter", "kontrakt-toemrer"),
    teller=Teller(_SECRETARIAT, "sekretariat", _COMPANIES[5]),
)

BANKRUPT_ON = day("2014-03-21")
# The electrician's apprentice: half the time with the firm that went bankrupt, the rest with the one that took over.
_FROM_FIRM_TO_FIRM = replace(FJORDTOFTE, heir=ELLEMARK.teller, heir_from=day("2014-04-07"))

_BACK = {"outcome": "back_to_job_centre"}
_KEPT = {"outcome": "job_same_employer"}
_ELSEWHERE = {"outcome": "job_other_employer"}
_LEFT = {"reason": "own_notice", "outcome": "unknown"}

PEOPLE: tuple[Person, ...] = (
    Person("r01", "30_plus", "yes", (job(HEDEVANG, "2012-40", 130, "a", **_ELSEWHERE),)),
    Person("r02", "25_29", "yes", (job(HEDEVANG, "2012-42", 60, **_ELSEWHERE),)),
    Person("r03", "30_plus", "yes", (job(STENSUND, "2012-46", 90, "a", **_KEPT),)),
    Person("r04", "30_plus", "yes", (job(GRANLUND, "2012-41", 40, **_BACK),)),
    Person("r05", "18_24", "yes", (job(STENSUND, "2013-08", 26, **_LEFT),)),
    Person("r06", "30_plus", "yes", (job(BIRKEDAL, "2013-10", 80, **_ELSEWHERE),)),
    Person("r07", "25_29", "yes", (job(HEDEVANG, "2013-15", 100, agreed=True, **_KEPT),)),
    Person("r08", "30_plus", "yes", (job(FJORDTOFTE, "2013-19", 45, reason="contractor_ended", outcome="unknown"),)),
    Person("r09", "30_plus", "unknown", (job(GRANLUND, "2013-20", 30, **_BACK),)),
    Person("r10", "18_24", "yes", (job(STENSUND, "2013-33", 20, left_after=4, reason="trial_by_contractor"),)),
    Person("r11", "25_29", "yes", (job(BIRKEDAL, "2013-36", 70, **_ELSEWHERE),)),
    Person("r12", "30_plus", "yes", (job(HEDEVANG, "2013-42", None),)),
    Person("r13", "30_plus", "yes", (job(STENSUND, "2014-06", 60, **_ELSEWHERE),)),
    Person("r14", "18_24", "yes", (job(GRANLUND, "2014-11", 30, **_ELSEWHERE),)),
    Person("r15", "25_29", "yes", (job(ELLEMARK, "2014-19", 90, agreed=True, **_KEPT),)),
    Person("r16", "30_plus", "yes", (job(BIRKEDAL, "2014-24", 40, **_BACK),)),
    Person("r17", "30_plus", "unknown", (job(HEDEVANG, "2014-34", 70, **_ELSEWHERE),)),
    Person("r18", "25_29", "yes", (job(STENSUND, "2014-43", 60, **_KEPT),)),
    Person("r19", "18_24", "yes", (job(BIRKEDAL, "2015-06", 40, **_ELSEWHERE),)),
    Person("r20", "30_plus", "yes", (job(GRANLUND, "2015-17", 26, late=38, **_BACK),)),
    Person("r21", "25_29", "yes", (job(HEDEVANG, "2015-34", None, agreed=True),)),
    # Four apprentices; the electrician's firm goes bankrupt.
    Person(
        "r22",
        "18_24",
        "yes",
        (apprentice(HEDEVANG, "2012-40", 180, outcome="qualified", school=(("2013-06", 5), ("2014-02", 10))),),
    ),
    Person("r23", "18_24", "yes", (apprentice(_FROM_FIRM_TO_FIRM, "2013-32", 150, school=(("2014-36", 5),)),)),
    Person(
        "r24",
        "under_18",
        "yes",
        (apprentice(STENSUND, "2014-05", 120, left_after=11, reason="trial_by_person", outcome="basic_course"),),
    ),
    Person("r25", "18_24", "yes", (apprentice(STENSUND, "2014-32", 100, school=(("2015-10", 5), ("2016-03", 5))),)),
    # First steps, and what came of them.
    Person("r26", "30_plus", "yes", (practice(HEDEVANG, "2012-45", 13, "e", **_ELSEWHERE),)),
    Person("r27", "30_plus", "yes", (subsidy(STENSUND, "2013-12", 26, "e", **_KEPT),)),
    Person("r28", "18_24", "yes", (subsidy(HEDEVANG, "2014-08", 26, "d", outcome="apprenticeship"),)),
    Person("r29", "25_29", "yes", (subsidy(GRANLUND, "2015-11", 20, "e", **_BACK),)),
    Person("r30", "under_18", "yes", (other("after_school_job", BIRKEDAL, "2014-23", 60, weekly_hours=10),)),
    Person("r31", "30_plus", "yes", (other("flex_job", GRANLUND, "2014-15", 80, weekly_hours=15),)),
)

# Ten residents who were found and presented, and for whom no place came of it; and by whom it was declined.
WITHOUT_PLACE: tuple[tuple[str, str, str], ...] = (
    ("r32", "30_plus", "contractor"),
    ("r33", "18_24", "candidate"),
    ("r34", "25_29", "contractor"),
    ("r35", "30_plus", "contractor"),
    ("r36", "18_24", "contractor"),
    ("r37", "30_plus", "candidate"),
    ("r38", "25_29", "contractor"),
    ("r39", "under_18", "candidate"),
    ("r40", "30_plus", "contractor"),
    ("r41", "18_24", "contractor"),
)
