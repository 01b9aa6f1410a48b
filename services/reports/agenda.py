"""The site meeting's point, in the order and with the content of domain.md section 13: no names of persons, no reasons.

Wage subsidy, flex job and internship are all called "jobforløb" here (domain.md section 12).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from schemas.vocabulary import Language, PlacementKind
from services.domain.assessment import Assessment, TenderSource
from services.domain.candidates import Candidate
from services.domain.courses import Standing, Standpoint
from services.domain.figures import Figure, due_on
from services.domain.site import Opening
from services.domain.status import Status
from services.domain.targets import TRAINING
from services.reports.words import amount, day, local, named, pick, unit, week

_SOON = timedelta(days=30)
_MOST_DECISIONS = 3
_FOR_TODAY = (Status.CANNOT_BE_MET, Status.AT_RISK, Status.BEHIND)


@dataclass(frozen=True, slots=True)
class Section:
    """One section of the point: a heading, its lines, and whether it is a matter for somebody."""

    heading: str
    lines: tuple[str, ...]


@dataclass
class _Crew:
    """Who is there of one contractor today: training, and all else as one."""

    training: int = 0
    other: int = 0
    at_school: int = 0


def agenda(source: TenderSource, assessment: Assessment, language: Language) -> list[Section]:
    """The whole point, section by section; an empty section says that there is nothing."""
    on = assessment.on
    crews, changes = _crews(source, on, language)
    return [
        _head(source, assessment, language),
        _last_time(source, on, language),
        _silent(assessment, language),
        Section(pick(language, "Krav", "Targets"), tuple(_figure(f, language) for f in assessment.figures)),
        Section(
            pick(language, "Pr. entreprise", "By contractor"),
            tuple(_by_contractor(source, assessment, crews, language)),
        ),
        _openings(source, on, language),
        Section(pick(language, "Starter/slutter inden 30 dage", "Start or end within 30 days"), tuple(changes)),
        _decide(assessment, language),
    ]


def _head(source: TenderSource, assessment: Assessment, language: Language) -> Section:
    frame, on = source.frame(), assessment.on
    numbers = [m.number for m in source.meetings() if m.number and m.held_on and m.held_on <= on]
    meeting = max(numbers, default=0) + 1
    missing = sum(finding.code == "silent" for finding in assessment.findings)
    at_work = sum(not frame.left_by(contractor, on) for contractor in frame.companies)
    owners = ", ".join(sorted({figure.follow_up_owner for figure in assessment.figures})) or "–"
    heading = pick(
        language, f"Lærlinge og praktik, byggemøde {meeting}", f"Apprentices and interns, site meeting {meeting}"
    )
    lines = (
        pick(language, f"Opgjort pr. {day(on)}", f"As of {day(on)}"),
        pick(
            language,
            f"{missing} af {at_work} entreprenører mangler at melde ind",
            f"{missing} of {at_work} contractors still to report",
        ),
        pick(language, f"Opfølgning: {owners}", f"Follow-up: {owners}"),
    )
    return Section(heading, lines)


def _last_time(source: TenderSource, on: date, language: Language) -> Section:
    lines = []
    for action in sorted(source.actions(), key=lambda a: (a.due_on, a.action)):
        if action.opened_on > on or (action.closed_on is not None and action.closed_on <= on):
            continue
        late = action.overdue_days(on)
        due = pick(language, f"frist {day(action.due_on)}", f"due {day(action.due_on)}")
        overdue = pick(language, f" – overskredet {late} dage", f" – {late} days overdue") if late else ""
        lines.append(f"{action.owner}: {action.what} ({due}){overdue}")
    return Section(pick(language, "Aftaler fra sidst", "Agreed last time"), tuple(lines))


def _silent(assessment: Assessment, language: Language) -> Section:
    silent = sorted(
        (f for f in assessment.findings if f.code == "silent"), key=lambda f: (f.since or date.min, f.about)
    )
    return Section(pick(language, "Mangler indberetning", "No report from"), tuple(f.text(language) for f in silent))


def _figure(figure: Figure, language: Language) -> str:
    def say(value: object) -> str:
        return amount(value, figure.metric, language)  # type: ignore[arg-type]

    short = figure.required - figure.forecast if figure.forecast is not None else 0
    missing = pick(language, f" · mangler {say(short)}", f" · short of {say(short)}") if short > 0 else ""
    name = named(figure.title, figure.target, figure.metric, language)
    numbers = pick(
        language,
        f"aftalt {say(figure.required)} · leveret {say(figure.delivered)} · burde være {say(figure.expected)} "
        f"· prognose ved aflevering {say(figure.forecast)}",
        f"agreed {say(figure.required)} · delivered {say(figure.delivered)} · expected {say(figure.expected)} "
        f"· forecast at handover {say(figure.forecast)}",
    )
    start_by = ""
    if figure.last_date is not None and figure.last_date >= figure.on and figure.status is not Status.AHEAD:
        by = week(figure.last_date, figure.on)
        start_by = pick(language, f" · skal være startet senest uge {by}", f" · must start by week {by}")
    return f"{name}: {numbers}{missing} · {figure.status.label(language)}{start_by}"


def _crews(source: TenderSource, on: date, language: Language) -> tuple[dict[str, _Crew], list[str]]:
    """Who is on site today by contractor, and who starts or ends soon, in words that name nobody."""
    standpoint = Standpoint(source.frame(), source.ties(), on)
    crews: dict[str, _Crew] = {}
    changes: list[tuple[date, str]] = []
    for person in source.people():
        for placed in standpoint.placed(person):
            placement, kind = placed.placement, placed.placement.kind
            if kind is None:
                continue
            called = _called(kind, language)
            if placed.standing is Standing.AGREED and placement.planned_start:
                if on <= placement.planned_start <= on + _SOON:
                    starts = pick(language, "starter", "starts")
                    changes.append((placement.planned_start, f"{called} {starts} {day(placement.planned_start)}"))
            elif placed.standing is Standing.COUNTS and (placed.end is None or placed.end > on):
                crew = crews.setdefault(placed.stays[-1].contractor if placed.stays else "", _Crew())
                crew.training += kind in TRAINING
                crew.other += kind not in TRAINING
                crew.at_school += any(s.from_on <= on and (s.to_on is None or on <= s.to_on) for s in placement.school)
                ends = placed.end or placement.planned_end
                if ends is not None and on <= ends <= on + _SOON:
                    changes.append((ends, f"{called} {pick(language, 'slutter', 'ends')} {day(ends)}"))
    return crews, [text for _, text in sorted(changes)]


def _called(kind: PlacementKind, language: Language) -> str:
    if kind in TRAINING:
        return kind.label(language)
    return (
        kind.label(language)
        if kind is PlacementKind.ORDINARY_EMPLOYMENT
        else pick(language, "Jobforløb", "Job placement")
    )


def _by_contractor(
    source: TenderSource, assessment: Assessment, crews: dict[str, _Crew], language: Language
) -> Iterator[str]:
    frame, on = source.frame(), assessment.on
    own_targets = {c: d for d in due_on(frame, on) for c in d.target.contractors}
    figures = {figure.target: figure for figure in assessment.figures}
    for contractor, company in sorted(frame.companies.items(), key=lambda item: item[1]):
        crew = crews.get(contractor, _Crew())
        parts = [
            pick(
                language,
                f"{crew.training} i oplæring på pladsen ({crew.at_school} på skole)",
                f"{crew.training} in training on site ({crew.at_school} at school)",
            ),
            pick(language, f"{crew.other} jobforløb", f"{crew.other} job placement{'s' * (crew.other != 1)}"),
        ]
        if (due := own_targets.get(contractor)) is not None:
            figure = figures[due.target.target]
            agreed = amount(figure.required, figure.metric, language)
            parts.insert(
                0, f"{amount(figure.delivered, figure.metric, language)}/{agreed} {unit(figure.metric, language)}"
            )
        under = ", ".join(frame.companies.get(above, above) for above in frame.above(contractor))
        below = f" (under {under})" if under else ""
        left = pick(language, " – udtrådt", " – has left") if frame.left_by(contractor, on) else ""
        yield f"{company}{below}: {' · '.join(parts)}{left}"


def _openings(source: TenderSource, on: date, language: Language) -> Section:
    candidates = source.candidates()
    lines = tuple(
        _opening(opening, places, candidates, on, language)
        for opening in sorted(source.openings(), key=lambda o: (o.starts_on, o.opening))
        if (places := opening.open_places(on))
    )
    return Section(pick(language, "Åbne pladser, klar til match", "Open places, ready to match"), lines)


def _opening(opening: Opening, places: int, candidates: Sequence[Candidate], on: date, language: Language) -> str:
    ready = sum(c.ready(on) and any(s.opening == opening.opening for s in c.steps) for c in candidates)
    trade, when = opening.trade.label(language).lower(), week(opening.starts_on, on)
    return pick(
        language, f"{places} {trade} fra uge {when}, {ready} klar", f"{places} {trade} from week {when}, {ready} ready"
    )


def _decide(assessment: Assessment, language: Language) -> Section:
    """Three at most: the worst targets, each with the one who follows up and the last date."""
    worst = sorted(
        (f for f in assessment.figures if f.status in _FOR_TODAY),
        key=lambda f: (_FOR_TODAY.index(f.status), f.last_date or date.max, f.target),
    )
    lines = tuple(
        f"{f.title or local(f.target)}: {f.status.label(language)} – {f.follow_up_owner}"
        + (pick(language, f", senest {day(f.last_date)}", f", by {day(f.last_date)}") if f.last_date else "")
        for f in worst[:_MOST_DECISIONS]
    )
    return Section(pick(language, "Beslut i dag", "Decide today"), lines)
