"""The site meetings at Korskærparken, what was decided at them, and the area around."""

from __future__ import annotations

from services.sample.korskaerparken.people import AREA, BOEGEVANG, CLIENT, PLAN, SITE, STRANDHOLT
from services.sample.proceedings import Action, Site
from services.sample.story import Story, after, day


def on_the_site(story: Story) -> None:
    """Meetings every eighth week, what was decided there, and all hours of two firms since spring 2015."""
    days = [after(day("2013-05-07"), 56 * number) for number in range(24)]
    site = Site(story, SITE)
    meetings = site.hold_meetings(days, cancelled=(5, 17))
    actions = (
        Action("Slå to praktikpladser op", "Byggeleder MK", STRANDHOLT.cvr, days[0], 21, 14, meetings[0]),
        Action("Find nye pladser efter konkursen", "Projektleder HB", PLAN.cvr, days[10], 21, 30, meetings[10]),
        Action("Send lærlingeplan", "Entrepriseleder TS", BOEGEVANG.cvr, days[15], 28, 27, meetings[15]),
        Action("Indberet pladsens timer for marts", "Byggeleder MK", CLIENT.cvr, days[19], 14, None, meetings[19]),
        Action(
            "Aftal læreplads fra nytår",
            "Entrepriseleder TS",
            BOEGEVANG.cvr,
            days[23],
            28,
            None,
            meetings[23],
            story.id("nye-laerlinge"),
        ),
    )
    opened = site.decide(actions)
    changed = {"action": opened[3], "changed_on": days[20], "due_on": after(days[20], 28)}
    story.say(SITE, "action.changed", days[20], changed)
    span = day("2015-04-01"), day("2016-12-31")
    site.count_hours(STRANDHOLT, span, (4_150, 4_420, 3_980, 2_210), missing="2016-03")
    site.count_hours(BOEGEVANG, span, (2_040, 1_930, 2_160, 1_120), missing="2016-03")


def around(story: Story) -> None:
    """Unemployment in Korskærparken, the second figure first with its digits turned round."""
    for year, value, published_by, on in (
        (2014, 49.4, "Boligsocial helhedsplan, februar 2014", "2014-04-01"),
        (2015, 48.3, "Boligsocial helhedsplan, december 2015", "2016-02-01"),
    ):
        data = {"indicator": "unemployed", "year": year, "value": value, "published_by": published_by}
        said = story.say(PLAN, "area_indicator.reported", day(on), data, subject=AREA)
        if year == 2015:
            story.correct(said, day("2016-02-03"), value=43.8)
