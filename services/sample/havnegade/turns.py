"""What has happened at Havnegade up to 20 November 2026, and what is about to."""

from __future__ import annotations

from services.sample.havnegade.people import (
    BOEGELUND,
    CIRCLE,
    CLIENT,
    EGEHOLM,
    FIRMS,
    JOB_CENTRE,
    KLITDAL,
    LAERKEHOLT,
    MOSEVANG,
    SECRETARIAT,
    SILENT_SINCE,
    SITE,
)
from services.sample.people import People
from services.sample.proceedings import Action, Search, Site
from services.sample.story import Story, Teller, after, day, week


def training(story: Story, people: People) -> None:
    """The training agreements; the concrete worker's apprentice was a month on another site."""
    for code, firm, signed_on in (
        ("h01", EGEHOLM, "2026-02-16"),
        ("h02", LAERKEHOLT, "2026-05-04"),
        ("h03", LAERKEHOLT, "2026-08-03"),
        ("h04", MOSEVANG, "2026-06-08"),
        ("h05", KLITDAL, "2025-08-11"),
    ):
        start = people.starts[f"{code}-1"].on
        agreed = {"placement": people.placement(code), "signed_on": day(signed_on), "form": "ordinary"}
        story.say(firm.teller, "apprenticeship.agreed", start, {**agreed, "on_site_from": start, "trade": firm.trade})
    h01 = {"placement": people.placement("h01")}
    story.say(EGEHOLM.teller, "placement.allocated", week("2026-12"), {**h01, "allocated_on": week("2026-12")})
    story.say(EGEHOLM.teller, "placement.released", day("2026-09-25"), {**h01, "released_on": day("2026-09-25")})
    story.say(EGEHOLM.teller, "placement.allocated", week("2026-44"), {**h01, "allocated_on": week("2026-44")})


def silence(story: Story, people: People) -> None:
    """The last that was heard from the plumber: its apprentice's hours of August."""
    august = {"placement": people.placement("h05"), "from_on": week("2026-33"), "to_on": day("2026-08-31")}
    story.say(KLITDAL.teller, "hours.reported", SILENT_SINCE, {**august, "hours": 111})


def soon(story: Story, people: People) -> None:
    """The electrician's apprentice starts in December, and its work placement ends."""
    planned = {
        "placement": story.id("h09-1", BOEGELUND.cvr),
        "person": people.person("h09"),
        "contractor": BOEGELUND.cvr,
        "contract": BOEGELUND.contract,
        "kind": "apprenticeship",
        "trade": BOEGELUND.trade,
        "weekly_hours": 37,
        "age_band": "18_24",
        "pathway": "b",
        "agreed_on": day("2026-11-02"),
        "planned_start": day("2026-12-07"),
        "planned_end": day("2028-06-16"),
    }
    story.say(BOEGELUND.teller, "placement.agreed", day("2026-11-02"), planned)


def openings(story: Story, people: People) -> None:
    """Two carpenters' places without a ready candidate; one at the mason's with somebody presented."""
    search = Search(story, JOB_CENTRE, CIRCLE)
    early = Search(story, JOB_CENTRE, CIRCLE, days_ahead=77)
    early.opening(LAERKEHOLT, "plads-toemrer", "apprenticeship", week("2027-02"), places=2)
    for code, result in (("h21", "not_ready"), ("h22", "social_plan")):
        candidate = search.find(f"kandidat-{code}", people.person(code), day("2026-10-27"), trades=["carpenter"])
        search.assess(candidate, day("2026-11-03"), result)
    mason = search.opening(MOSEVANG, "plads-murer", "work_placement", week("2026-50"))
    ready = search.find("kandidat-h23", people.person("h23"), day("2026-11-04"), trades=["bricklayer"])
    search.assess(ready, day("2026-11-09"))
    search.present(ready, MOSEVANG, mason, day("2026-11-16"))
    first = search.opening(BOEGELUND, "plads-el", "work_placement", week("2026-38"))
    found = search.find("kandidat-h08", people.person("h08"), day("2026-07-20"), trades=["electrician"])
    search.assess(found, day("2026-07-27"))
    search.present(found, BOEGELUND, first, day("2026-08-17"))
    search.meet(found, BOEGELUND, first, day("2026-08-24"))
    search.accept(found, BOEGELUND, first, day("2026-08-27"), people.placement("h08"))
    search.fill(BOEGELUND, first, people.placement("h08"), week("2026-38"))


def mistakes(story: Story, people: People) -> None:
    """Hours corrected, a start taken back, events sent twice, one person under two codes, one placement told twice."""
    hours = people.hours["h02-1"][1]
    story.correct(hours, after(hours.on, 12), hours=131.5)
    mistaken = {
        "placement": story.id("h30-1", LAERKEHOLT.cvr),
        "person": people.person("h30"),
        "contractor": LAERKEHOLT.cvr,
        "kind": "apprenticeship",
        "started_on": day("2026-08-10"),
    }
    said = story.say(LAERKEHOLT.teller, "placement.started", day("2026-08-10"), mistaken)
    story.withdraw(said, day("2026-08-19"))
    story.repeat(people.starts["h01-1"], after(people.starts["h01-1"].on, 1))
    story.repeat(people.hours["h01-1"][2], after(people.hours["h01-1"][2].on, 8), rewritten=True)
    own_view = {
        "placement": story.id("j-4", JOB_CENTRE.cvr),
        "person": f"{JOB_CENTRE.cvr}:j-4",
        "contractor": MOSEVANG.cvr,
        "kind": "work_placement",
        "started_on": week("2026-17"),
        "ended_on": after(week("2026-24"), 4),
    }
    story.say(JOB_CENTRE, "placement.reported", day("2026-06-22"), own_view)
    link = {"person": own_view["person"], "same_as": people.person("h06"), "decided_on": day("2026-07-06")}
    story.say(SECRETARIAT, "person.same_as", day("2026-07-06"), link, subject=CIRCLE)
    pair = {"placement": people.placement("h06"), "other": own_view["placement"], "decided_on": day("2026-07-06")}
    story.say(SECRETARIAT, "placement.matched", day("2026-07-06"), pair)
    yes = {"placement": people.placement("h04"), "confirmed_on": day("2026-07-03")}
    story.say(Teller(MOSEVANG.cvr, "bygspor"), "placement.confirmed", day("2026-07-03"), yes)


def on_the_site(story: Story) -> None:
    """A meeting every other Tuesday, the next one called; all hours of each firm, but the plumber's end in August."""
    site = Site(story, SITE)
    days = [after(day("2026-03-17"), 14 * number) for number in range(19)]
    meetings = site.hold_meetings(days[:18], cancelled=(10,))
    called = {"meeting": story.id("moede-19"), "number": 19, "planned_on": days[18]}
    story.say(SITE, "site_meeting.planned", day("2026-11-10"), called)
    training_target = story.id("oplaering")
    site.decide(
        (
            Action("Slå to tømrerlærlinge op", "Entrepriseleder CW", LAERKEHOLT.cvr, days[15], 14, 9, meetings[15]),
            Action(
                "Indberet timer for september og oktober",
                "Projektleder RN",
                KLITDAL.cvr,
                days[16],
                13,
                None,
                meetings[16],
            ),
            Action(
                "Revider lærlingeplan efter ny tidsplan",
                "Entrepriseleder CW",
                EGEHOLM.cvr,
                days[17],
                28,
                None,
                meetings[17],
                training_target,
            ),
            Action("Tal med helhedsplanen om kandidater", "Sekretariatskonsulent IB", SECRETARIAT.cvr, days[17], 18),
        )
    )
    for firm, hours in zip(FIRMS, (2_900, 2_400, 1_300, 800, 700), strict=True):
        last = SILENT_SINCE.replace(month=8, day=31) if firm is KLITDAL else day("2026-10-31")
        site.count_hours(firm, (day("2026-03-02"), last), (hours, hours + 90, hours - 40), missing="2026-07")
    more = {"contract": EGEHOLM.contract, "contract_sum_dkk": 64_500_000, "changed_on": day("2026-09-15")}
    story.say(CLIENT, "contract_sum.changed", day("2026-09-15"), more)
