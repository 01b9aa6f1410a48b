"""What is typed into each form, and the events it becomes."""

from __future__ import annotations

from datetime import date
from typing import Any

FIRM, OTHER, TOWN = "10000319", "10000300", "10000297"
TENDER, CANDIDATE = "10000270:havnegade", "10000297:k-1"
TODAY = date(2026, 3, 10)
NUMBER = "20260310T080000Z-00000000000000ab"
PERSON = "10000289:h04"
OPENING = "10000319:p-1"

P = {"placement": "10000319:P-1"}
NEW = {"placement": "10000319:f-00000000000000ab", "contractor": FIRM, "person": PERSON}
MATCH = {"tender": TENDER, "opening": OPENING, "contractor": FIRM}
TABLE: list[tuple[str, dict[str, Any], list[tuple[str, dict[str, Any]]]]] = [
    (
        "start",
        {
            "person": "Mette",
            "kind": "apprenticeship",
            "started_on": "2.3.26",
            "trade": "carpenter",
            "weekly_hours": "37",
        },
        [
            (
                "placement.started",
                {**NEW, "kind": "apprenticeship", "trade": "carpenter", "weekly_hours": 37, "started_on": "2026-03-02"},
            )
        ],
    ),
    (
        "start",
        {
            "person": "Mette",
            "kind": "work_placement",
            "started_on": "11-03-2026",
            "weekly_hours": "32,5",
            "planned_end": "01-06-2026",
        },
        [
            (
                "placement.agreed",
                {
                    **NEW,
                    "kind": "work_placement",
                    "weekly_hours": 32.5,
                    "planned_end": "2026-06-01",
                    "agreed_on": "2026-03-10",
                    "planned_start": "2026-03-11",
                },
            )
        ],
    ),
    (
        "start",
        {
            "person": "Mette",
            "kind": "apprenticeship",
            "started_on": "020326",
            "signed_on": "15-01-2026",
            "form": "short",
        },
        [
            ("placement.started", {**NEW, "kind": "apprenticeship", "started_on": "2026-03-02"}),
            ("apprenticeship.agreed", {"placement": NEW["placement"], "signed_on": "2026-01-15", "form": "short"}),
        ],
    ),
    (
        "view",
        {
            "person": "KA",
            "kind": "wage_subsidy",
            "started_on": "02-03-2026",
            "authorised_until": "02-09-2026",
            "resident": "yes",
        },
        [
            (
                "placement.reported",
                {
                    "placement": "10000297:v-00000000000000ab",
                    "referred_by": TOWN,
                    "contractor": FIRM,
                    "person": PERSON,
                    "kind": "wage_subsidy",
                    "started_on": "2026-03-02",
                    "authorised_until": "2026-09-02",
                    "resident": "yes",
                },
            )
        ],
    ),
    (
        "pause",
        {"paused_on": "05-03-2026", "reason": "holiday"},
        [("placement.paused", {**P, "paused_on": "2026-03-05", "reason": "holiday"})],
    ),
    ("resume", {"resumed_on": "09-03-2026"}, [("placement.resumed", {**P, "resumed_on": "2026-03-09"})]),
    (
        "school",
        {"from_on": "16-03-2026", "to_on": "17-04-2026"},
        [("school_period.reported", {**P, "from_on": "2026-03-16", "to_on": "2026-04-17"})],
    ),
    (
        "change",
        {"extended_on": "10-03-2026", "weekly_hours": "30", "planned_end": "31-12-2026"},
        [("placement.extended", {**P, "extended_on": "2026-03-10", "weekly_hours": 30, "planned_end": "2026-12-31"})],
    ),
    (
        "change",
        {"extended_on": "10-03-2026", "trade": "joiner"},
        [("placement.trade_changed", {**P, "changed_on": "2026-03-10", "trade": "joiner"})],
    ),
    (
        "change",
        {"extended_on": "10-03-2026", "trade": "joiner", "weekly_hours": "30"},
        [
            ("placement.extended", {**P, "extended_on": "2026-03-10", "weekly_hours": 30}),
            ("placement.trade_changed", {**P, "changed_on": "2026-03-10", "trade": "joiner"}),
        ],
    ),
    ("end", {"ended_on": "09-03-2026"}, [("placement.ended", {**P, "ended_on": "2026-03-09"})]),
    (
        "end",
        {"ended_on": "09-03-2026", "reason": "other_job", "outcome": "job_other_employer"},
        [("placement.ended", {**P, "ended_on": "2026-03-09", "reason": "other_job", "outcome": "job_other_employer"})],
    ),
    ("not-started", {"decided_on": "09-03-2026"}, [("placement.not_started", {**P, "decided_on": "2026-03-09"})]),
    (
        "begin",
        {"started_on": "09-03-2026", "weekly_hours": "37"},
        [
            (
                "placement.started",
                {
                    **P,
                    "person": PERSON,
                    "contractor": FIRM,
                    "kind": "apprenticeship",
                    "started_on": "2026-03-09",
                    "weekly_hours": 37,
                },
            )
        ],
    ),
    (
        "move",
        {"moved_on": "10-03-2026", "contractor": OTHER},
        [("placement.moved", {**P, "moved_on": "2026-03-10", "contractor": OTHER})],
    ),
    (
        "agreement",
        {"signed_on": "15-01-2026", "form": "ordinary", "employed_since": "01-02-2026", "on_site_from": "02-03-2026"},
        [
            (
                "apprenticeship.agreed",
                {
                    **P,
                    "signed_on": "2026-01-15",
                    "form": "ordinary",
                    "employed_since": "2026-02-01",
                    "on_site_from": "2026-03-02",
                },
            )
        ],
    ),
    ("confirm", {"confirmed_on": "10-03-2026"}, [("placement.confirmed", {**P, "confirmed_on": "2026-03-10"})]),
    (
        "dispute",
        {"disputed_on": "10-03-2026", "reason": "other_dates"},
        [("placement.disputed", {**P, "disputed_on": "2026-03-10", "reason": "other_dates"})],
    ),
    (
        "follow-up",
        {"followed_up_on": "10-03-2026", "in_work": "yes"},
        [("placement.followed_up", {**P, "followed_up_on": "2026-03-10", "in_work": "yes"})],
    ),
    (
        "grant",
        {"kind": "wage_subsidy", "given_on": "01-03-2026", "authorised_until": "01-09-2026"},
        [("grant.given", {**P, "kind": "wage_subsidy", "given_on": "2026-03-01", "authorised_until": "2026-09-01"})],
    ),
    ("mentor", {"assigned_on": "01-03-2026"}, [("mentor.assigned", {**P, "assigned_on": "2026-03-01"})]),
    (
        "opening",
        {
            "kind": "apprenticeship",
            "trade": "carpenter",
            "places": "2",
            "starts_on": "04-05-2026",
            "weekly_hours": "37",
        },
        [
            (
                "opening.posted",
                {
                    "opening": "10000319:p-00000000000000ab",
                    "contractor": FIRM,
                    "posted_on": "2026-03-10",
                    "kind": "apprenticeship",
                    "trade": "carpenter",
                    "places": 2,
                    "starts_on": "2026-05-04",
                    "weekly_hours": 37,
                },
            )
        ],
    ),
    ("filled", {"filled_on": "10-03-2026"}, [("opening.filled", {"opening": OPENING, "filled_on": "2026-03-10"})]),
    (
        "withdrawn",
        {"withdrawn_on": "10-03-2026"},
        [("opening.withdrawn", {"opening": OPENING, "withdrawn_on": "2026-03-10"})],
    ),
    (
        "candidate",
        {"person": "KA", "identified_on": "01-03-2026", "trades": ["carpenter", "joiner"]},
        [
            (
                "candidate.identified",
                {
                    "linking_circle": "10000289:kreds",
                    "person": PERSON,
                    "identified_on": "2026-03-01",
                    "trades": ["carpenter", "joiner"],
                },
            )
        ],
    ),
    (
        "assessed",
        {"assessed_on": "02-03-2026", "result": "ready"},
        [("candidate.assessed", {"assessed_on": "2026-03-02", "result": "ready"})],
    ),
    (
        "consent",
        {"to": [FIRM, OTHER], "given_on": "02-03-2026", "expires_on": "02-09-2026"},
        [("consent.given", {"to": [FIRM, OTHER], "given_on": "2026-03-02", "expires_on": "2026-09-02"})],
    ),
    ("consent-withdrawn", {"withdrawn_on": "02-03-2026"}, [("consent.withdrawn", {"withdrawn_on": "2026-03-02"})]),
    (
        "presented",
        {"opening": OPENING, "presented_on": "02-03-2026", "shown_as": "Karim, 12 34 56 78"},
        [("candidate.presented", {**MATCH, "presented_on": "2026-03-02"})],
    ),
    (
        "interviewed",
        {"opening": OPENING, "interviewed_on": "02-03-2026"},
        [("candidate.interviewed", {**MATCH, "interviewed_on": "2026-03-02"})],
    ),
    (
        "accepted",
        {"opening": OPENING, "accepted_on": "02-03-2026"},
        [("candidate.accepted", {**MATCH, "accepted_on": "2026-03-02"})],
    ),
    (
        "declined",
        {"opening": OPENING, "declined_on": "02-03-2026", "by": "candidate"},
        [("candidate.declined", {**MATCH, "declined_on": "2026-03-02", "by": "candidate"})],
    ),
]
