"""How people came to Rosenhøj, what happened in their courses, and how it was told."""

from __future__ import annotations

from services.sample.people import People
from services.sample.proceedings import Action, Search, Site
from services.sample.rosenhoej.people import (
    BANKRUPT_ON,
    BIRKEDAL,
    CIRCLE,
    CLIENT,
    ELLEMARK,
    FJORDTOFTE,
    HEDEVANG,
    JOB_CENTRE,
    PEOPLE,
    SECRETARIAT,
    SITE,
    STENSUND,
    WITHOUT_PLACE,
)
from services.sample.story import Story, Teller, after, day, week

_FIRST_WITH_THE_PLAN = frozenset({"r05", "r24", "r30"})


def candidates(story: Story, people: People) -> None:
    """All 41: found, assessed, presented; 31 accepted and ten declined. Each of the ten met another's opening."""
    search, openings = Search(story, SECRETARIAT, CIRCLE), []
    for person in PEOPLE:
        start, firm = person.courses[0].start, person.courses[0].firm
        opening = search.opening(firm, f"plads-{person.code}", person.courses[0].kind, start)
        openings.append((opening, firm, start))
        known = {"age_band": person.age, "resident": "yes"}
        candidate = search.find(f"kandidat-{person.code}", people.person(person.code), after(start, -75), **known)
        if person.code in _FIRST_WITH_THE_PLAN:
            search.assess(candidate, after(start, -70), "social_plan")
        search.assess(candidate, after(start, -30))
        search.present(candidate, firm, opening, after(start, -24))
        search.accept(candidate, firm, opening, after(start, -15), people.placement(person.code))
        search.fill(firm, opening, people.placement(person.code), start)
    for number, (code, age, declined_by) in enumerate(WITHOUT_PLACE):
        opening, firm, start = openings[number * 3]
        known = {"age_band": age, "resident": "yes"}
        candidate = search.find(f"kandidat-{code}", people.person(code), after(start, -60), **known)
        search.assess(candidate, after(start, -29))
        search.present(candidate, firm, opening, after(start, -23))
        search.meet(candidate, firm, opening, after(start, -18))
        search.decline(candidate, firm, opening, after(start, -16), by=declined_by)
    _under_two_codes(story, people, search)


def _under_two_codes(story: Story, people: People, search: Search) -> None:
    """The job centre presented r40 too, under a code of its own; and one more was found, but never presented here."""
    other_code = f"{JOB_CENTRE.cvr}:j-0077"
    seen = Search(story, JOB_CENTRE, CIRCLE)
    start, firm = PEOPLE[20].courses[0].start, PEOPLE[20].courses[0].firm
    candidate = seen.find("kandidat-j-0077", other_code, after(start, -50), resident="yes")
    seen.present(candidate, firm, story.id("plads-r21", firm.cvr), after(start, -25))
    link = {"person": other_code, "same_as": people.person("r40"), "decided_on": day("2015-10-05")}
    story.say(SECRETARIAT, "person.same_as", day("2015-10-05"), link, subject=CIRCLE)
    never = search.find("kandidat-r43", people.person("r43"), day("2015-03-02"), resident="yes")
    search.assess(never, day("2015-03-09"), "not_ready")


def turns(story: Story, people: People) -> None:
    """The bankruptcy as people met it, a pause, an extension."""
    move = {"placement": people.placement("r23"), "moved_on": day("2014-04-07")}
    moved = {**move, "contractor": ELLEMARK.cvr, "contract": ELLEMARK.contract}
    story.say(ELLEMARK.teller, "placement.moved", day("2014-04-07"), moved)
    r12 = {"placement": people.placement("r12")}
    pause = {**r12, "paused_on": day("2014-07-07"), "reason": "holiday"}
    story.say(HEDEVANG.teller, "placement.paused", day("2014-07-07"), pause)
    story.say(HEDEVANG.teller, "placement.resumed", day("2014-07-28"), {**r12, "resumed_on": day("2014-07-28")})
    extended = {"placement": people.placement("r27"), "extended_on": week("2013-30"), "planned_end": day("2013-09-13")}
    story.say(STENSUND.teller, "placement.extended", week("2013-30"), {**extended, "weekly_hours": 32})
    mentor = {"placement": people.placement("r30"), "assigned_on": week("2014-23")}
    story.say(JOB_CENTRE, "mentor.assigned", week("2014-23"), mentor)


def training(story: Story, people: People) -> None:
    """Four training agreements, and the plan with a fifth apprentice from the new year."""
    for code, firm, signed_on, form in (
        ("r22", HEDEVANG, "2012-08-20", "ordinary"),
        ("r23", FJORDTOFTE, "2013-07-01", "ordinary"),
        ("r24", STENSUND, "2014-01-20", "short"),
        ("r25", STENSUND, "2014-07-14", "rest"),
    ):
        start = people.starts[f"{code}-1"].on
        agreed = {"placement": people.placement(code), "signed_on": day(signed_on), "form": form}
        story.say(firm.teller, "apprenticeship.agreed", start, {**agreed, "on_site_from": start, "trade": firm.trade})
    for firm, starts in (
        (HEDEVANG, (("2012-10-01", 180),)),
        (STENSUND, (("2014-01-27", 120), ("2014-08-04", 100), ("2016-01-04", 25))),
        (ELLEMARK, (("2014-04-07", 115),)),
    ):
        submitted_on = max(day("2012-09-10"), after(day(starts[0][0]), -60))
        lines = [{"trade": firm.trade, "starts_on": day(on), "weeks": weeks, "persons": 1} for on, weeks in starts]
        plan = {"plan": story.id("laerlingeplan", firm.cvr), "contractor": firm.cvr, "contract": firm.contract}
        submitted = {**plan, "submitted_on": submitted_on, "starts": lines}
        story.say(firm.teller, "training_plan.submitted", submitted_on, submitted)
        if len(lines) > 1:
            # The handover had moved, and with it the plan: the firm says again when its people start.
            revised = {"plan": plan["plan"], "revised_on": day("2014-06-16"), "starts": lines}
            story.say(firm.teller, "training_plan.revised", day("2014-06-16"), revised)


def what_was_wrong(story: Story, people: People) -> None:
    """A placement that belonged to another tender, a dispute, hours that came late and hours that were revised."""
    mistaken = {
        "placement": story.id("r44-1", HEDEVANG.cvr),
        "person": people.person("r44"),
        "contractor": HEDEVANG.cvr,
        "contract": HEDEVANG.contract,
        "kind": "ordinary_employment",
        "started_on": week("2014-20"),
    }
    said = story.say(HEDEVANG.teller, "placement.started", week("2014-20"), mistaken)
    story.withdraw(said, after(week("2014-20"), 16))
    r03 = {"placement": people.placement("r03")}
    disputed = {**r03, "disputed_on": day("2012-12-03"), "reason": "other_kind"}
    story.say(JOB_CENTRE, "placement.disputed", day("2012-12-03"), disputed)
    story.say(JOB_CENTRE, "placement.confirmed", day("2013-01-14"), {**r03, "confirmed_on": day("2013-01-14")})
    first = people.hours["r07-1"][1]
    again = {**first.data, "hours": 141, "revision": 2}
    story.say(HEDEVANG.teller, "hours.reported", after(first.on, 21), again)
    forgotten = {"placement": people.placement("r07"), "from_on": day("2013-09-01"), "to_on": day("2013-09-30")}
    late = {**forgotten, "hours": 148}
    story.say(HEDEVANG.teller, "hours.reported", day("2013-10-04"), late, heard_on=day("2013-12-19"))
    yes = {"placement": people.placement("r06"), "confirmed_on": day("2013-04-22")}
    story.say(Teller(BIRKEDAL.cvr, "bygspor"), "placement.confirmed", day("2013-04-22"), yes)


def told_twice(story: Story, people: People) -> None:
    """Events sent again, and a placement that the job centre reports at the main contractor's."""
    story.repeat(people.starts["r01-1"], after(people.starts["r01-1"].on, 3))
    story.repeat(people.starts["r14-1"], after(people.starts["r14-1"].on, 1), rewritten=True)
    story.repeat(people.ends["r26-1"], after(people.ends["r26-1"].on, 5), rewritten=True)
    own_view = {
        "placement": story.id("j-0019", JOB_CENTRE.cvr),
        "person": people.person("r19"),
        "contractor": HEDEVANG.cvr,
        "kind": "ordinary_employment",
        "resident": "yes",
        "started_on": week("2015-06"),
    }
    story.say(JOB_CENTRE, "placement.reported", day("2015-02-23"), own_view)
    pair = {"placement": people.placement("r19"), "other": own_view["placement"], "decided_on": day("2015-04-13")}
    story.say(SECRETARIAT, "placement.matched", day("2015-04-13"), pair)


def on_the_site(story: Story) -> None:
    """Meetings, what was decided, and all hours of the main contractor; nobody reported July 2015."""
    days = [after(day("2012-10-02"), 56 * number) for number in range(24)]
    site = Site(story, SITE)
    meetings = site.hold_meetings(days, cancelled=(6,))
    after_bankruptcy = after(BANKRUPT_ON, 11)
    actions = (
        Action("Slå pladser op hos hver entreprenør", "Byggeleder LD", CLIENT.cvr, days[0], 28, 20, meetings[0]),
        Action("Find ny læreplads efter konkursen", "Sekretariatsleder AV", SECRETARIAT.cvr, after_bankruptcy, 14, 6),
        Action(
            "Bekræft forløb indberettet af sekretariatet", "Maler JN", BIRKEDAL.cvr, days[17], 21, None, meetings[17]
        ),
        Action(
            "Aftal femte læreplads fra nytår",
            "Entrepriseleder OS",
            STENSUND.cvr,
            days[20],
            42,
            None,
            meetings[20],
            story.id("nye-laerlinge"),
        ),
    )
    opened = site.decide(actions)
    dropped = {"action": opened[2], "closed_on": days[21], "result": "dropped"}
    story.say(SITE, "action.closed", days[21], dropped)
    changed = {"action": opened[3], "changed_on": days[21], "owner": "Entrepriseleder FB"}
    story.say(SITE, "action.changed", days[21], changed)
    span = day("2012-10-01"), day("2015-12-31")
    site.count_hours(HEDEVANG, span, (5_210, 5_480, 5_020, 3_150), missing="2015-07")
