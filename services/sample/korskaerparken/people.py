"""Who was at Korskærparken and Sønderparken, Fredericia, in 2013-16, and what they went through, course by course.

The organisations and the persons are invented; the table they add up to is the published one (domain.md section 5).
"""

from __future__ import annotations

from dataclasses import replace

from services.sample.courses import (
    Firm,
    Person,
    apprentice,
    job,
    other,
    practice,
    subsidy,
)
from services.sample.organisations import cvr_numbers
from services.sample.story import Teller, after, day

_CLIENT, _PLAN, _JOB_CENTRE, *_COMPANIES = cvr_numbers(12)
UNTIL = day("2016-12-31")

CLIENT = Teller(_CLIENT, "byggesag")
SITE = Teller(_CLIENT, "byggeplads")
PLAN = Teller(_PLAN, "helhedsplan")
JOB_CENTRE = Teller(_JOB_CENTRE, "jobcenter")

STORY_NAME = "korskaerparken"
CIRCLE = f"{_PLAN}:kreds-fredericia"
AREA = f"{_CLIENT}:korskaerparken-omraade"


def _firm(index: int, name: str, trade: str, local: str, reports: str = "") -> Firm:
    cvr = _COMPANIES[index]
    return Firm(cvr, name, trade, f"{_CLIENT}:{STORY_NAME}/{local}", Teller(cvr, "loen"), reports)


STRANDHOLT = _firm(0, "Strandholt Entreprise A/S", "concrete_worker", "kontrakt-raahus", "hours")
EGETOFTE = _firm(1, "Egetofte Tømrer ApS", "carpenter", "kontrakt-toemrer", "hours")
BOEGEVANG = _firm(3, "Bøgevang Murer A/S", "bricklayer", "kontrakt-murer", "hours")
BANKRUPT_ON = day("2014-11-14")
KLITLUND = replace(
    _firm(2, "Klitlund Murer ApS", "bricklayer", "kontrakt-murer", "days"),
    heir=BOEGEVANG.teller,
    heir_from=after(BANKRUPT_ON, 1),
)
GRANVIG = _firm(4, "Granvig VVS A/S", "plumber", "kontrakt-vvs")
# The painter is a subcontractor and reports nothing itself: the plan's secretariat does it on its behalf.
LAERKEDAL = replace(
    _firm(5, "Lærkedal Maler ApS", "painter", "kontrakt-raahus"),
    teller=Teller(_PLAN, "helhedsplan", _COMPANIES[5]),
)
STENBAEK = _firm(6, "Stenbæk Anlæg og Grønt A/S", "gardener", "kontrakt-groent", "days")
ELLESUND = _firm(7, "Ellesund Nedrivning A/S", "demolition", "kontrakt-nedrivning")

_BACK = {"outcome": "back_to_job_centre"}
_KEPT = {"outcome": "job_same_employer"}
_ELSEWHERE = {"outcome": "job_other_employer"}
_LEFT = {"reason": "own_notice", "outcome": "unknown"}

_SCHOOL = (("2014-02", 5), ("2014-36", 5), ("2015-08", 10), ("2016-10", 10))

# 45 codes, and 44 persons: k20 and k45 are one.
PEOPLE: tuple[Person, ...] = (
    # The apprentice, whose firm goes bankrupt and whose training goes on with the firm that takes over.
    Person(
        "k01",
        "18_24",
        "yes",
        (practice(KLITLUND, "2013-20", 8, "d"), apprentice(KLITLUND, "2013-33", 182, school=_SCHOOL)),
    ),
    Person("k02", "under_18", "yes", (other("after_school_job", STENBAEK, "2014-14", 40, weekly_hours=8),)),
    # First a course, then the site.
    Person(
        "k03",
        "30_plus",
        "yes",
        (
            other("course", EGETOFTE, "2013-22", 3),
            practice(EGETOFTE, "2013-26", 6),
            job(EGETOFTE, "2013-33", 60, **_ELSEWHERE),
        ),
    ),
    Person(
        "k04",
        "25_29",
        "yes",
        (
            other("course", EGETOFTE, "2013-22", 3),
            practice(EGETOFTE, "2013-27", 8),
            job(EGETOFTE, "2013-36", 104, **_ELSEWHERE),
        ),
    ),
    Person(
        "k05",
        "30_plus",
        "yes",
        (
            other("course", STRANDHOLT, "2014-06", 2),
            practice(STRANDHOLT, "2014-09", 6),
            subsidy(STRANDHOLT, "2014-16", 26, **_BACK),
        ),
    ),
    Person(
        "k06",
        "25_29",
        "yes",
        (
            other("course", STENBAEK, "2014-10", 2),
            practice(STENBAEK, "2014-13", 13),
            subsidy(STENBAEK, "2014-27", 20, **_ELSEWHERE),
        ),
    ),
    Person(
        "k07", "18_24", "unknown", (other("course", EGETOFTE, "2015-08", 4), practice(EGETOFTE, "2015-13", 8, **_BACK))
    ),
    # From practice over wage subsidy to a job.
    Person(
        "k08",
        "30_plus",
        "yes",
        (
            practice(STRANDHOLT, "2013-19", 4),
            subsidy(STRANDHOLT, "2013-23", 26),
            job(STRANDHOLT, "2013-50", 80, **_ELSEWHERE),
        ),
    ),
    Person(
        "k09",
        "25_29",
        "no",
        (practice(KLITLUND, "2014-02", 8), subsidy(KLITLUND, "2014-11", 24), job(KLITLUND, "2014-36", 70, **_KEPT)),
    ),
    Person(
        "k10",
        "30_plus",
        "yes",
        (
            practice(LAERKEDAL, "2014-19", 4),
            subsidy(LAERKEDAL, "2014-23", 26),
            job(LAERKEDAL, "2015-02", 52, **_ELSEWHERE),
        ),
    ),
    Person(
        "k11",
        "18_24",
        "yes",
        (practice(STENBAEK, "2015-11", 13), subsidy(STENBAEK, "2015-25", 20), job(STENBAEK, "2015-46", None)),
    ),
    # From practice straight to a job.
    Person("k12", "30_plus", "yes", (practice(EGETOFTE, "2014-04", 6), job(EGETOFTE, "2014-11", 90, **_ELSEWHERE))),
    Person("k13", "25_29", "yes", (practice(GRANVIG, "2014-34", 8), job(GRANVIG, "2014-43", 40, **_LEFT))),
    Person("k14", "30_plus", "yes", (practice(LAERKEDAL, "2015-10", 4), job(LAERKEDAL, "2015-15", 60, **_KEPT))),
    Person("k15", "18_24", "yes", (practice(BOEGEVANG, "2015-17", 13), job(BOEGEVANG, "2015-31", None))),
    Person("k16", "30_plus", "yes", (practice(STRANDHOLT, "2015-36", 8), job(STRANDHOLT, "2015-45", None))),
    # From wage subsidy to a job.
    Person("k17", "30_plus", "yes", (subsidy(STRANDHOLT, "2013-24", 26), job(STRANDHOLT, "2013-51", 70, **_LEFT))),
    Person("k18", "25_29", "yes", (subsidy(ELLESUND, "2013-19", 20), job(ELLESUND, "2013-40", 30, **_ELSEWHERE))),
    Person("k19", "30_plus", "yes", (subsidy(GRANVIG, "2015-02", 26), job(GRANVIG, "2015-29", 60, **_KEPT))),
    # The same person under a second code the second time: k20 and k45 are one.
    Person("k20", "18_24", "yes", (practice(LAERKEDAL, "2014-36", 4),)),
    Person("k45", "18_24", "yes", (practice(STENBAEK, "2015-12", 13, **_BACK),)),
    Person("k21", "under_18", "yes", (practice(EGETOFTE, "2014-41", 4), practice(BOEGEVANG, "2014-49", 6, **_BACK))),
    Person("k22", "30_plus", "yes", (practice(GRANVIG, "2013-45", 8), subsidy(GRANVIG, "2014-02", 26, **_BACK))),
    Person("k23", "25_29", "yes", (practice(STENBAEK, "2015-19", 6), subsidy(STENBAEK, "2015-26", 26, **_ELSEWHERE))),
    Person("k24", "30_plus", "unknown", (practice(EGETOFTE, "2016-05", 13), subsidy(EGETOFTE, "2016-19", 20, **_BACK))),
    # Straight to a job.
    Person("k25", "30_plus", "yes", (job(STRANDHOLT, "2013-20", 120, "a", **_ELSEWHERE),)),
    Person("k26", "30_plus", "yes", (job(EGETOFTE, "2013-35", None, "a"),)),
    Person("k27", "25_29", "yes", (job(ELLESUND, "2013-22", 44, **_BACK),)),
    Person("k28", "30_plus", "yes", (job(BOEGEVANG, "2015-06", 80, "a", agreed=True, **_ELSEWHERE),)),
    Person("k29", "25_29", "yes", (job(STENBAEK, "2016-11", None, agreed=True),)),
    # One course each.
    Person("k30", "30_plus", "yes", (practice(KLITLUND, "2013-36", 13, **_BACK),)),
    Person("k31", "18_24", "yes", (practice(STRANDHOLT, "2013-41", 4, left_after=1, reason="did_not_turn_up"),)),
    Person("k32", "30_plus", "yes", (practice(EGETOFTE, "2014-20", 9, left_after=13, **_BACK),)),
    Person("k33", "25_29", "yes", (practice(KLITLUND, "2014-40", 13, left_after=7, reason="contractor_ended"),)),
    Person("k34", "18_24", "yes", (practice(GRANVIG, "2015-05", 8, outcome="basic_course"),)),
    Person("k35", "30_plus", "no", (practice(STENBAEK, "2015-16", 13, "e", **_BACK),)),
    Person("k36", "18_24", "yes", (practice(STRANDHOLT, "2015-34", 4, outcome="basic_course"),)),
    Person("k37", "25_29", "yes", (practice(LAERKEDAL, "2016-04", 8, **_ELSEWHERE),)),
    Person("k38", "30_plus", "yes", (practice(BOEGEVANG, "2016-09", 13, **_BACK),)),
    Person("k39", "18_24", "yes", (practice(STENBAEK, "2016-15", 13, outcome="apprenticeship"),)),
    Person("k40", "30_plus", "yes", (practice(EGETOFTE, "2016-34", 8, agreed=True, late=45, **_BACK),)),
    Person("k41", "30_plus", "yes", (subsidy(STRANDHOLT, "2014-45", 26, left_after=9, reason="own_notice"),)),
    Person("k42", "25_29", "yes", (subsidy(GRANVIG, "2016-20", 26, **_KEPT),)),
    Person("k43", "25_29", "yes", (practice(EGETOFTE, "2013-40", 4), practice(GRANVIG, "2013-45", 8, **_BACK))),
    Person("k44", "30_plus", "yes", (practice(STRANDHOLT, "2016-10", 8), subsidy(STRANDHOLT, "2016-19", 26, **_BACK))),
)
