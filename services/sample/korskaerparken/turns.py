"""What happened in people's courses at Korskærparken, and how it was told: wrongly, late, twice, under two codes."""

from __future__ import annotations

from services.sample.korskaerparken.people import (
    BOEGEVANG,
    CIRCLE,
    EGETOFTE,
    GRANVIG,
    JOB_CENTRE,
    KLITLUND,
    LAERKEDAL,
    PEOPLE,
    PLAN,
    STRANDHOLT,
)
from services.sample.people import People
from services.sample.proceedings import Search
from services.sample.story import Story, Teller, after, day, week

_FOUND = ("k08", "k12", "k14", "k16", "k23", "k28", "k34", "k40", "k42")


def found(story: Story, people: People) -> None:
    """From an opening over candidate, consent and interview to the place; one needs the social plan first."""
    search, persons = Search(story, JOB_CENTRE, CIRCLE), {person.code: person for person in PEOPLE}
    for code in _FOUND:
        first = persons[code].courses[0]
        start, firm = first.start, first.firm
        opening = search.opening(firm, f"plads-{code}", first.kind, start)
        candidate = search.find(f"kandidat-{code}", people.person(code), after(start, -90), resident="yes")
        if code == "k34":
            search.assess(candidate, after(start, -80), "social_plan")
        search.assess(candidate, after(start, -35))
        search.present(candidate, firm, opening, after(start, -28))
        search.meet(candidate, firm, opening, after(start, -21))
        search.accept(candidate, firm, opening, after(start, -19), people.placement(code))
        search.fill(firm, opening, people.placement(code), start)
    unwanted = search.opening(GRANVIG, "plads-overtallig", "work_placement", day("2016-02-01"), places=2)
    candidate = search.find("kandidat-k50", people.person("k50"), day("2016-01-04"), resident="yes")
    search.assess(candidate, day("2016-01-06"))
    search.present(candidate, GRANVIG, unwanted, day("2016-01-11"))
    search.decline(candidate, GRANVIG, unwanted, day("2016-01-18"), by="candidate")
    withdrawn = {"opening": unwanted, "withdrawn_on": day("2016-03-01")}
    story.say(GRANVIG.teller, "opening.withdrawn", day("2016-03-01"), withdrawn)


def turns(story: Story, people: People) -> None:
    """A pause, an extension, a move to another firm, a change of trade, a place that came to nothing."""
    k26, k19 = {"placement": people.placement("k26")}, {"placement": people.placement("k19", 2)}
    paused = {**k26, "paused_on": day("2015-01-12"), "reason": "personal_circumstances"}
    story.say(EGETOFTE.teller, "placement.paused", day("2015-01-12"), paused)
    story.say(EGETOFTE.teller, "placement.resumed", day("2015-02-02"), {**k26, "resumed_on": day("2015-02-02")})
    extended = {"extended_on": week("2014-28"), "planned_end": after(week("2014-20"), 13 * 7 - 3), "weekly_hours": 30}
    k32 = {"placement": people.placement("k32")}
    story.say(EGETOFTE.teller, "placement.extended", week("2014-28"), {**k32, **extended})
    moved = {**k19, "moved_on": week("2015-47"), "contractor": STRANDHOLT.cvr, "contract": STRANDHOLT.contract}
    story.say(GRANVIG.teller, "placement.moved", week("2015-47"), moved)
    changed = {"placement": people.placement("k25"), "changed_on": week("2014-18"), "trade": "scaffolder"}
    story.say(STRANDHOLT.teller, "placement.trade_changed", week("2014-18"), changed)
    mentor = {"placement": people.placement("k02"), "assigned_on": week("2014-14"), "until_on": week("2014-40")}
    story.say(JOB_CENTRE, "mentor.assigned", week("2014-14"), mentor)
    planned = {
        "placement": story.id("k31-2", GRANVIG.cvr),
        "person": people.person("k31"),
        "contractor": GRANVIG.cvr,
        "kind": "work_placement",
        "agreed_on": day("2013-11-18"),
        "planned_start": day("2013-12-02"),
    }
    story.say(GRANVIG.teller, "placement.agreed", day("2013-11-18"), planned)
    nothing = {"placement": planned["placement"], "decided_on": day("2013-12-03"), "reason": "did_not_turn_up"}
    story.say(GRANVIG.teller, "placement.not_started", day("2013-12-03"), nothing)


def training(story: Story, people: People) -> None:
    """The apprentice's agreement, and the plans of both firms: a second one starts in January 2017."""
    k01, start = {"placement": people.placement("k01", 2)}, week("2013-33")
    agreed = {"signed_on": day("2013-07-29"), "employed_since": start, "on_site_from": start, "trade": "bricklayer"}
    story.say(KLITLUND.teller, "apprenticeship.agreed", start, {**k01, **agreed, "form": "ordinary"})
    plan = {"plan": story.id("laerlingeplan", KLITLUND.cvr), "contractor": KLITLUND.cvr}
    one = {"trade": "bricklayer", "starts_on": start, "weeks": 182, "persons": 1}
    submitted = {**plan, "contract": KLITLUND.contract, "submitted_on": day("2013-03-20"), "starts": [one]}
    story.say(KLITLUND.teller, "training_plan.submitted", day("2013-03-20"), submitted)
    own = {"plan": story.id("laerlingeplan", BOEGEVANG.cvr), "contractor": BOEGEVANG.cvr}
    two = {"trade": "bricklayer", "starts_on": day("2016-08-08"), "weeks": 40, "persons": 1}
    submitted = {**own, "contract": BOEGEVANG.contract, "submitted_on": day("2015-10-05"), "starts": [two]}
    story.say(BOEGEVANG.teller, "training_plan.submitted", day("2015-10-05"), submitted)
    later = {**two, "starts_on": day("2017-01-02"), "weeks": 21}
    revised = {"plan": own["plan"], "revised_on": day("2016-08-15"), "starts": [later]}
    story.say(BOEGEVANG.teller, "training_plan.revised", day("2016-08-15"), revised)


def what_was_wrong(story: Story, people: People) -> None:
    """A placement that never was, a correction that was wrong, a dispute that was settled, hours that came late."""
    mistaken = {
        "placement": story.id("k46-1", EGETOFTE.cvr),
        "person": people.person("k46"),
        "contractor": EGETOFTE.cvr,
        "contract": EGETOFTE.contract,
        "kind": "work_placement",
        "started_on": week("2015-36"),
    }
    said = story.say(EGETOFTE.teller, "placement.started", week("2015-36"), mistaken)
    story.withdraw(said, after(week("2015-36"), 23))
    hours = people.hours["k12-2"][2]
    wrong = story.correct(hours, after(hours.on, 6), hours=12.5)
    story.withdraw(wrong, after(hours.on, 8))
    story.correct(hours, after(hours.on, 20), revision=2, hours=150.5)
    k17 = {"placement": people.placement("k17")}
    disputed = {**k17, "disputed_on": day("2013-07-01"), "reason": "other_dates"}
    story.say(JOB_CENTRE, "placement.disputed", day("2013-07-01"), disputed)
    story.say(JOB_CENTRE, "placement.confirmed", day("2013-08-12"), {**k17, "confirmed_on": day("2013-08-12")})
    forgotten = {"placement": people.placement("k12", 2), "from_on": day("2014-08-01"), "to_on": day("2014-08-31")}
    on = day("2014-09-04")
    story.say(EGETOFTE.teller, "hours.reported", on, {**forgotten, "hours": 136}, heard_on=day("2014-11-20"))
    # The painter says yes to what the plan's secretariat has reported for it.
    yes = {"placement": people.placement("k10", 3), "confirmed_on": day("2015-02-16")}
    story.say(Teller(LAERKEDAL.cvr, "bygspor"), "placement.confirmed", day("2015-02-16"), yes)


def told_twice(story: Story, people: People) -> None:
    """Events sent again, and placements that the job centre reports under ids of its own."""
    story.repeat(people.starts["k03-1"], after(people.starts["k03-1"].on, 1))
    story.repeat(people.ends["k13-1"], after(people.ends["k13-1"].on, 2), rewritten=True)
    story.repeat(people.hours["k28-1"][0], after(people.hours["k28-1"][0].on, 30), rewritten=True)
    own_view = {
        "placement": story.id("j-0113", JOB_CENTRE.cvr),
        "person": f"{JOB_CENTRE.cvr}:j-0113",
        # The job centre knew only the main contractor: nothing but a decision ties this to k13 at the plumber's.
        "contractor": STRANDHOLT.cvr,
        "kind": "work_placement",
        "resident": "yes",
        "started_on": after(week("2014-34"), 1),
        "ended_on": after(week("2014-42"), -3),
    }
    story.say(JOB_CENTRE, "placement.reported", day("2014-10-20"), own_view)
    pair = {"placement": people.placement("k13"), "other": own_view["placement"], "decided_on": day("2014-12-08")}
    story.say(PLAN, "placement.matched", day("2014-12-08"), pair)
    # Nobody has decided this one yet: same person, same firm, same days, so it is held back.
    undecided = {
        "placement": story.id("j-0208", JOB_CENTRE.cvr),
        "person": people.person("k38"),
        "contractor": BOEGEVANG.cvr,
        "kind": "work_placement",
        "started_on": after(week("2016-09"), 2),
    }
    story.say(JOB_CENTRE, "placement.reported", day("2016-03-21"), undecided)


def who_is_who(story: Story, people: People) -> None:
    """Codes that are one person, and two that were taken for one by mistake."""
    for person, same_as, on in (
        (people.person("k45"), people.person("k20"), "2015-06-02"),
        (f"{JOB_CENTRE.cvr}:j-0113", people.person("k13"), "2014-12-08"),
        (people.person("k36"), people.person("k31"), "2015-10-01"),
    ):
        link = {"person": person, "same_as": same_as, "decided_on": day(on)}
        story.say(PLAN, "person.same_as", day(on), link, subject=CIRCLE)
    parted = {"person": people.person("k31"), "not_same_as": people.person("k36"), "decided_on": day("2015-11-12")}
    story.say(PLAN, "person.not_same_as", day("2015-11-12"), parted, subject=CIRCLE)
