"""Portfolios of any size as event files, one JSON line an event: the same for the same seed, in flat memory.

What is told is invented; how often what happens follows practice: most events are hours, some are late, wrong or sent
twice. A thousand tenders over three years are about 1.7 million events.
"""

from collections.abc import Iterator
from datetime import date
from itertools import islice
from random import Random

from services.sample.days import MONTH, MONTHS, number
from services.sample.hours import report_hours, report_site_hours
from services.sample.lines import Post, Sender
from services.sample.organisations import MOST_CONTRACTORS, Company, companies, municipalities
from services.sample.placement_life import begin_placement
from services.sample.tender import Dates, Tender
from services.sample.tender_setup import set_up
from services.sample.upkeep import hold_meetings, plan_training, report_area, take_a_turn

LAST_DAY = date(2026, 11, 20)
"""The last day any portfolio tells of."""

_TOLD_AT_ONCE = 48
_LONGEST_BURST = 9
_LEAST_PLACEMENTS, _MOST_PLACEMENTS = 30, 110
_HUGE_YEARS = 8


def portfolio(tenders: int, years: int, seed: int) -> Iterator[bytes]:
    """The events of so many tenders over the `years` up to LAST_DAY, in time order within each tender.

    Up to 48 tenders are told at once, mixed as in a log. Years are between 1 and 12.
    """
    run = f"{tenders}x{years}s{seed}"
    lives = (_life(_tender(run, index, _size(index, seed, years), years), tenders) for index in range(1, tenders + 1))
    return _mixed(lives, Random(f"order {seed}"))  # noqa: S311


def one_huge_tender(events: int, seed: int) -> Iterator[bytes]:
    """The first `events` events of one tender that has as many placements as that takes."""
    # A placement gives about 28 events; twice as many placements as needed leave the cut inside the works.
    placements = max(events // 14, _LEAST_PLACEMENTS)
    tender = _tender(f"{events}s{seed}", 0, placements, _HUGE_YEARS)
    return islice(_life(tender, MOST_CONTRACTORS), events)


def _size(index: int, seed: int, years: int) -> int:
    """How many placements a tender plans for: many small tenders and some large, in proportion to their years."""
    share = Random(f"size {seed} {index}").random() ** 2  # noqa: S311
    return max(int((_LEAST_PLACEMENTS + share * (_MOST_PLACEMENTS - _LEAST_PLACEMENTS)) * years / 3), 8)


def _mixed(lives: Iterator[Iterator[bytes]], rng: Random) -> Iterator[bytes]:
    """Bursts of a few events from each tender in turn; when one has been told, another takes its place."""
    open_lives = list(islice(lives, _TOLD_AT_ONCE))
    while open_lives:
        for place in range(len(open_lives) - 1, -1, -1):
            burst = list(islice(open_lives[place], 1 + int(rng.random() * _LONGEST_BURST)))
            yield from burst
            if not burst:
                open_lives[place : place + 1] = islice(lives, 1)


def _life(tender: Tender, tenders: int) -> Iterator[bytes]:
    set_up(tender, _companies(tender, tenders))
    plan_training(tender)
    take_a_turn(tender)
    placed = 0.0
    for month in range(MONTH[tender.dates.registered], MONTH[tender.dates.last] + 1):
        placed = _begin_placements(tender, month, placed)
        report_hours(tender, month)
        report_site_hours(tender, month)
        hold_meetings(tender, month)
        report_area(tender, month)
        yield from tender.post.take(month)


def _begin_placements(tender: Tender, month: int, left_over: float) -> float:
    """Begin the month's share of the placements, two months ahead so that all that leads to them can be told."""
    first, last = MONTHS[month + 2]
    starts, ends = tender.dates.starts, tender.dates.handover - 28
    begin, end = max(first, starts), min(last, ends)
    if begin > end:
        return left_over
    due = left_over + tender.size * (end - begin + 1) / max(ends - starts + 1, 1)
    for _ in range(int(due)):
        begin_placement(tender, tender.after(begin, 0, end - begin))
    return due - int(due)


def _tender(run: str, index: int, size: int, years: int) -> Tender:
    rng, ids = Random(f"life {run} {index}"), Random(f"ids {run} {index}")  # noqa: S311
    municipality = municipalities()[index % len(municipalities())]
    # Two neighbouring tenders of a municipality are the same client's.
    client = municipality.clients[index // (2 * len(municipalities())) % len(municipality.clients)]
    dates = _dates(rng, years)
    post = Post(dates.last, rng)
    label = f"{run}-{index}"
    return Tender(
        run,
        index,
        f"{client}:udbud-{label}-{dates.year}",
        rng,
        post,
        dates,
        municipality,
        client=Sender(client, "byggesag", f"{label}-b-"),
        secretariat=Sender(municipality.secretariat, "sekretariat", f"{label}-s-"),
        site=Sender(client, "byggeplads", f"{label}-p-", ids),
        job_centre=Sender(municipality.job_centre, "jobcenter", f"{label}-j-", ids),
        size=size,
    )


def _dates(rng: Random, years: int) -> Dates:
    """Registered in the first fifth of the years; works that may run beyond the last day."""
    last = number(LAST_DAY)
    length = years * 365
    registered = last - length + int(rng.random() * length * 0.2)
    awarded = registered + 20 + int(rng.random() * length * 0.05)
    signed = awarded + 10 + int(rng.random() * 20)
    starts = signed + 20 + int(rng.random() * length * 0.06)
    handover = starts + int(length * (0.45 + rng.random() * 0.5))
    return Dates(registered, awarded, signed, starts, handover, last)


def _companies(tender: Tender, tenders: int) -> list[Company]:
    """Six to eleven contractors, from a pool that grows with the portfolio so that they are shared."""
    pool = companies()[: min(max(14, tenders // 2), MOST_CONTRACTORS)]
    return tender.rng.sample(pool, 6 + int(tender.rng.random() * 6))
