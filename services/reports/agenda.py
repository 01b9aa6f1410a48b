"""The site meeting's point, in the order and with the content of domain.md section 13: no names of persons, no reasons.

Wage subsidy, flex job and internship are all called "jobforløb" here (domain.md section 12).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction

from schemas.secretariat import Target
from schemas.vocabulary import Language, Metric, PlacementKind
from services.domain.assessment import Assessment, TenderSource
from services.domain.candidates import Candidate
from services.domain.courses import Standing, Standpoint
from services.domain.figures import Figure, due_on
from services.domain.frame import Frame
from services.domain.placements import Placement
from services.domain.site import Opening
from services.domain.status import Status
from services.domain.targets import TRAINING
from services.reports.decisions import Section, Shown, decisions
from services.reports.words import amount, day, days, kinds_named, local, must_be, named, pick, unit, week

_SOON = timedelta(days=30)
_STALE = timedelta(days=90)
_OFF_THE_WALL = frozenset({Metric.IN_WORK, Metric.SHARE_IN_WORK})


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
    wall = _wall(source, assessment, language)
    return [
        _head(source, assessment, language),
        _last_time(source, on, language),
        _silent(assessment, language),
        Section(
            pick(language, "Krav", "Targets"), tuple(_figure(shown, language) for shown in wall if not shown.owner)
        ),
        Section(
            pick(language, "Pr. entreprise", "By contractor"),
            tuple(_by_contractor(source.frame(), on, wall, crews, language)),
        ),
        _openings(source, on, language),
        Section(pick(language, "Starter/slutter inden 30 dage", "Start or end within 30 days"), tuple(changes)),
        decisions(source, on, wall, language),
    ]


def _wall(source: TenderSource, assessment: Assessment, language: Language) -> list[Shown]:
    """What is shown of the targets: retention left out, each with a name of its own and the one contractor it is for.

    Where all targets are one contractor's, they are everybody's: then none has an owner.
    """
    frame, on = source.frame(), assessment.on
    figures = {f.target: f for f in assessment.figures if f.metric not in _OFF_THE_WALL}
    found = [due.target for due in due_on(frame, on) if due.target.target in figures]
    owners = {target.target: _owner(target, frame, on) for target in found}
    if len(set(owners.values())) == 1:
        owners = {}
    names = [named(t.title, t.target, t.metric, language, t.kinds) for t in found]
    return [
        Shown(
            figures[t.target],
            t,
            f"{name}, {local(t.target).rpartition('/')[2]}" if names.count(name) > 1 else name,
            owners.get(t.target),
        )
        for t, name in zip(found, names, strict=True)
    ]


def _owner(target: Target, frame: Frame, on: date) -> str | None:
    """The one contractor that a target is narrowed to, itself or by its contract; None where it is for several."""
    among = set(target.contractors) or set(frame.holders(target.contracts))
    top = {c for c in among if not frame.hangs_under(c, among - {c})}
    heirs = {frame.heir(contractor, on) for contractor in top}
    return next(iter(heirs)) if len(heirs) == 1 and heirs <= frame.companies.keys() else None


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
        by = days(late, language)
        overdue = pick(language, f" – overskredet {by}", f" – {by} overdue") if late else ""
        lines.append(f"{action.owner}: {action.what} ({due}){overdue}")
    return Section(pick(language, "Aftaler fra sidst", "Agreed last time"), tuple(lines))


def _silent(assessment: Assessment, language: Language) -> Section:
    silent = sorted(
        (f for f in assessment.findings if f.code == "silent"), key=lambda f: (f.since or date.min, f.about)
    )
    return Section(pick(language, "Mangler indberetning", "No report from"), tuple(f.text(language) for f in silent))


def _figure(shown: Shown, language: Language) -> str:
    figure = shown.figure

    def say(value: Fraction | None) -> str:
        return amount(value, figure.metric, language)

    short = figure.required - figure.forecast if figure.forecast is not None else Fraction(0)
    missing = pick(language, f" · mangler {say(short)}", f" · short of {say(short)}") if short > 0 else ""
    due = shown.target.due_on
    at = pick(language, f"pr. {day(due)}", f"on {day(due)}") if due else pick(language, "ved aflevering", "at handover")
    numbers = pick(
        language,
        f"aftalt {_agreed(figure, language)} · leveret {say(figure.delivered)} · burde være {say(figure.expected)} "
        f"· prognose {at} {say(figure.forecast)}",
        f"agreed {_agreed(figure, language)} · delivered {say(figure.delivered)} · expected {say(figure.expected)} "
        f"· forecast {at} {say(figure.forecast)}",
    )
    return f"{shown.name}: {numbers}{missing} · {figure.status.label(language)}{_start_by(figure, language)}"


def _agreed(figure: Figure, language: Language) -> str:
    """What was agreed, and what is left of it after waivers."""
    agreed = amount(figure.agreed, figure.metric, language)
    if not figure.waived:
        return agreed
    left = amount(figure.required, figure.metric, language)
    return pick(language, f"{agreed} ({left} efter dispensation)", f"{agreed} ({left} after waiver)")


def _start_by(figure: Figure, language: Language) -> str:
    if figure.last_date is None or figure.last_date < figure.on or figure.status is Status.AHEAD:
        return ""
    by, must = week(figure.last_date, figure.on), must_be(figure.metric, language)
    return pick(language, f" · {must} senest uge {by}", f" · {must} by week {by}")


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
            called = _called(placement, kind, on, language)
            if placed.standing is Standing.AGREED and placement.planned_start:
                if on <= placement.planned_start <= on + _SOON:
                    starts = pick(language, "starter", "starts")
                    changes.append((placement.planned_start, f"{called}, {starts} {day(placement.planned_start)}"))
            elif placed.standing is Standing.COUNTS and (placed.end is None or placed.end > on):
                crew = crews.setdefault(placed.stays[-1].contractor if placed.stays else "", _Crew())
                crew.training += kind in TRAINING
                crew.other += kind not in TRAINING
                crew.at_school += any(s.from_on <= on and (s.to_on is None or on <= s.to_on) for s in placement.school)
                ends = placed.end or placement.planned_end
                if ends is not None and on <= ends <= on + _SOON:
                    changes.append((ends, f"{called}, {pick(language, 'slutter', 'ends')} {day(ends)}"))
    return crews, [text for _, text in sorted(changes)]


def _called(placement: Placement, kind: PlacementKind, on: date, language: Language) -> str:
    """A placement by its kind and its trade, as far as they may be read aloud; never by its person."""
    trade = placement.trade_on(on)
    name = _kind_called(kind, language)
    return f"{name}, {trade.label(language).lower()}" if trade else name


def _kind_called(kind: PlacementKind, language: Language) -> str:
    if kind is PlacementKind.APPRENTICESHIP:
        return pick(language, "Lærling", "Apprentice")
    if kind in TRAINING or kind is PlacementKind.ORDINARY_EMPLOYMENT:
        return kind.label(language)
    return pick(language, "Jobforløb", "Job placement")


def _by_contractor(
    frame: Frame, on: date, wall: Sequence[Shown], crews: dict[str, _Crew], language: Language
) -> Iterator[str]:
    """Each contractor with its own targets and its people on site, in counts."""
    for contractor, company in sorted(frame.companies.items(), key=lambda item: item[1]):
        parts = [_own(shown, company, language) for shown in wall if shown.owner == contractor]
        parts.append(_crew(crews.get(contractor, _Crew()), language))
        under = ", ".join(frame.companies.get(above, above) for above in frame.above(contractor))
        below = f" (under {under})" if under else ""
        left = pick(language, " – udtrådt", " – has left") if frame.left_by(contractor, on) else ""
        yield f"{company}{below}: {' · '.join(parts)}{left}"


def _own(shown: Shown, company: str, language: Language) -> str:
    """A contractor's own target: short, for the contractor is named in front of it."""
    figure = shown.figure
    delivered, required = amount(figure.delivered, figure.metric, language), _agreed(figure, language)
    what = unit(figure.metric, language, figure.required)
    title = shown.target.title
    name = title if title and company not in title else kinds_named(shown.target.kinds, language).lower()
    return pick(
        language,
        f"{name}: leveret {delivered} af {required} {what}, {figure.status.label(language)}",
        f"{name}: delivered {delivered} of {required} {what}, {figure.status.label(language)}",
    )


def _crew(crew: _Crew, language: Language) -> str:
    return pick(
        language,
        f"{crew.training} i oplæring på pladsen ({crew.at_school} på skole) · {crew.other} jobforløb",
        f"{crew.training} in training on site ({crew.at_school} at school) · "
        f"{crew.other} job placement{'s' * (crew.other != 1)}",
    )


def _openings(source: TenderSource, on: date, language: Language) -> Section:
    """The open places that can still be filled: not those long past their start, nor those after the handover."""
    candidates, end = source.candidates(), source.frame().schedule(on).end or date.max
    lines = tuple(
        _opening(opening, places, candidates, on, language)
        for opening in sorted(source.openings(), key=lambda o: (o.starts_on, o.opening))
        if (places := opening.open_places(on)) and on - _STALE <= opening.starts_on <= end
    )
    return Section(pick(language, "Åbne pladser, klar til match", "Open places, ready to match"), lines)


def _opening(opening: Opening, places: int, candidates: Sequence[Candidate], on: date, language: Language) -> str:
    ready = sum(c.ready(on) and any(s.opening == opening.opening for s in c.steps) for c in candidates)
    trade, when = opening.trade.label(language).lower(), week(opening.starts_on, on)
    return pick(
        language, f"{places} {trade} fra uge {when}, {ready} klar", f"{places} {trade} from week {when}, {ready} ready"
    )
