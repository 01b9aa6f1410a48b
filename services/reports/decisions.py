"""What a site meeting is asked to decide: three matters at most, each with a verb, a name and a day to come."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from schemas.secretariat import Target
from schemas.vocabulary import Language, Metric
from services.domain.assessment import TenderSource
from services.domain.figures import Figure
from services.domain.status import Reason, Status
from services.reports.words import amount, amount_of, day, pick, unit

_MOST = 3
_FOR_TODAY = (Status.CANNOT_BE_MET, Status.AT_RISK, Status.BEHIND)
_UNTIL_NEXT = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Section:
    """One section of the point: a heading and its lines."""

    heading: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Shown:
    """A target as the point shows it: its figure, what it says, its name, and whose alone it is, if anybody's."""

    figure: Figure
    target: Target
    name: str
    owner: str | None


def decisions(source: TenderSource, on: date, wall: Sequence[Shown], language: Language) -> Section:
    """The worst targets first; no part of a whole that is there itself, nothing that will be reached anyway."""
    lacking = [shown for shown in wall if _lacks(shown.figure)]
    lacking.sort(key=lambda s: (_FOR_TODAY.index(s.figure.status), s.figure.last_date or date.max, s.figure.target))
    chosen: list[Shown] = []
    for shown in lacking:
        others = (other for other in lacking if other is not shown)
        if not any(
            _part_of(shown.target, o.target) and (o in chosen or not _part_of(o.target, shown.target)) for o in others
        ):
            chosen.append(shown)
    next_meeting = _next_meeting(source, on)
    lines = tuple(_decision(shown, next_meeting, language) for shown in chosen[:_MOST])
    return Section(pick(language, "Beslut i dag", "Decide today"), lines)


def _lacks(figure: Figure) -> bool:
    return figure.status in _FOR_TODAY and figure.forecast is not None and figure.forecast < figure.required


def _part_of(part: Target, whole: Target) -> bool:
    """Whether all that counts towards one target counts towards another, in the same unit."""
    narrowings = ("kinds", "trades", "age_bands", "contractors", "contracts", "pathways")
    within = (
        not getattr(whole, name) or (getattr(part, name) and set(getattr(part, name)) <= set(getattr(whole, name)))
        for name in narrowings
    )
    return (
        part.metric is whole.metric
        and whole.phase in {None, part.phase}
        and part.new_only >= whole.new_only
        and part.residents_only >= whole.residents_only
        and all(within)
    )


def _next_meeting(source: TenderSource, on: date) -> date:
    """The next planned meeting, or in a month where none is."""
    planned = (
        meeting.planned_on
        for meeting in source.meetings()
        if meeting.planned_on is not None
        and meeting.planned_on > on
        and meeting.held_on is None
        and (meeting.cancelled_on is None or meeting.cancelled_on > on)
    )
    return min(planned, default=on + _UNTIL_NEXT)


def _decision(shown: Shown, next_meeting: date, language: Language) -> str:
    figure, last = shown.figure, shown.figure.last_date
    by = min(next_meeting, last) if last is not None and last >= figure.on else next_meeting
    due = pick(language, f"senest {day(by)}", f"by {day(by)}")
    name = shown.name.replace(f" ({unit(figure.metric, language)})", "")
    return f"{_matter(figure, language)} ({name}) – {figure.follow_up_owner}, {due}"


def _matter(figure: Figure, language: Language) -> str:
    """What is to be decided, beginning with a verb."""
    missing = figure.required - (figure.forecast or 0)
    lacks = amount_of(missing, figure.metric, language)
    if figure.reason is Reason.ENDED_SHORT:
        return pick(language, f"Afgør, hvad manglen på {lacks} skal føre til", f"Settle what lacking {lacks} leads to")
    if figure.metric is Metric.SHARE_OF_HOURS:
        return _share(figure, language)
    if figure.status is Status.CANNOT_BE_MET:
        return pick(language, f"Afgør, hvad der træder i stedet for {lacks}", f"Settle what replaces {lacks}")
    if figure.metric is Metric.CONVERSIONS:
        return pick(
            language,
            f"Aftal, hvem der får {amount(missing, figure.metric, language)} forløb mere til at føre videre",
            f"Agree who makes {amount(missing, figure.metric, language)} more lead on",
        )
    return pick(language, f"Aftal, hvem der skaffer {lacks}", f"Agree who provides {lacks}")


def _share(figure: Figure, language: Language) -> str:
    now, required = amount(figure.forecast, figure.metric, language), amount(figure.required, figure.metric, language)
    what = unit(figure.metric, language)
    return pick(
        language,
        f"Aftal, hvordan andelen kommer fra {now} til {required} {what}",
        f"Agree how to get from {now} to {required} {what}",
    )
