"""Why a figure is what it is: the formula with its numbers, and how it was counted (architecture.md, invariant 7)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from schemas.secretariat import CountingRules, Target
from schemas.vocabulary import Language, Metric, Spread
from services.domain.expectation import hours_per_unit, places_at_once
from services.domain.figures import Figure
from services.domain.retention import WorkAnswer
from services.domain.tally import Sum
from services.domain.timeline import hours_of
from services.reports.words import amount, day, local, number, pick, unit, week


@dataclass(frozen=True, slots=True)
class Line:
    """One line of an explanation: what, and what is to be said of it."""

    label: str
    text: str


def explain(figure: Figure, target: Target, language: Language) -> list[Line]:
    """The figure in words and numbers, from what was agreed to how it stands."""
    return [*_agreed(figure, target, language), *_counted(figure, language), *_ahead(figure, target, language)]


def _agreed(figure: Figure, target: Target, language: Language) -> Iterator[Line]:
    def say(value: Fraction | None) -> str:
        return amount(value, figure.metric, language)

    what = f"{say(figure.agreed)} {unit(figure.metric, language)}"
    if figure.waived:
        what += pick(language, f", deraf givet dispensation for {say(figure.waived)}", f", waived {say(figure.waived)}")
        what += pick(language, f": kræves {say(figure.required)}", f": required {say(figure.required)}")
    yield Line(pick(language, "Aftalt", "Agreed"), what)
    yield Line(pick(language, "Tæller", "Counts"), narrowed(target, language))
    yield Line(pick(language, "Opfølgning", "Follow-up"), figure.follow_up_owner)


def narrowed(target: Target, language: Language) -> str:
    """What a target counts, in words."""
    parts = [
        ", ".join(kind.label(language).lower() for kind in target.kinds),
        ", ".join(trade.label(language).lower() for trade in target.trades),
        pick(language, "kun nye aftaler", "new agreements only") if target.new_only else "",
        ", ".join(band.label(language) for band in target.age_bands),
        pick(language, "kun beboere i området", "residents of the area only") if target.residents_only else "",
        ", ".join(target.contractors),
        ", ".join(map(local, target.contracts)),
        pick(language, f"etape {target.phase}", f"phase {target.phase}") if target.phase else "",
        ", ".join(pathway.label(language) for pathway in target.pathways),
        pick(language, f"efter {target.after_weeks} uger", f"after {target.after_weeks} weeks")
        if target.after_weeks
        else "",
    ]
    return "; ".join(filter(None, parts)) or pick(language, "alle forløb", "all placements")


def _counted(figure: Figure, language: Language) -> Iterator[Line]:
    yield Line(pick(language, "Leveret", "Delivered"), f"{_formula(figure, language)}")
    fits = figure.fits
    side_by_side = pick(
        language,
        f"{fits.persons} personer · {fits.placements} forløb · {_fte(fits, figure.rules, language)} årsværk",
        f"{fits.persons} persons · {fits.placements} placements · {_fte(fits, figure.rules, language)} FTE",
    )
    yield Line(pick(language, "Side om side", "Side by side"), side_by_side)
    kinds = ", ".join(
        f"{kind.label(language)} {total.placements} ({_fte(total, figure.rules, language)})"
        for kind, total in sorted(figure.by_kind.items())
    )
    if kinds:
        yield Line(pick(language, "Pr. type (årsværk)", "By kind (FTE)"), kinds)
    if figure.on_behalf:
        behalf = pick(
            language,
            f"{figure.on_behalf} forløb er indberettet på firmaets vegne og venter på dets ja",
            f"{figure.on_behalf} placements were reported on the contractor's behalf and await its yes",
        )
        yield Line(pick(language, "Heraf", "Of these"), behalf)
    for gap, count in sorted(figure.unknown.items()):
        yield Line(pick(language, "Ukendt", "Unknown"), f"{_GAPS[gap][language == 'en']}: {count}")
    yield Line(pick(language, "Tælleregler", "Counting rules"), rules_in_words(figure.rules, language))


_GAPS = {
    "resident": ("bopæl ikke bekræftet", "residence not attested"),
    "age_band": ("aldersgruppe", "age band"),
    "novelty": ("ny eller eksisterende aftale", "new or existing agreement"),
}


def _fte(total: Sum, rules: CountingRules, language: Language) -> str:
    return number(hours_of(total.ticks) / Fraction(rules.hours_per_fte), language, 2)


def _formula(figure: Figure, language: Language) -> str:
    result = amount(figure.delivered, figure.metric, language)
    parts = _parts(figure, language)
    return f"{parts} = {result}" if parts else result


def _parts(figure: Figure, language: Language) -> str:
    fits = figure.fits
    hours = pick(
        language,
        f"({_hours(fits.measured, language)} målte + {_hours(fits.computed, language)} beregnede timer)",
        f"({_hours(fits.measured, language)} measured + {_hours(fits.computed, language)} computed hours)",
    )
    substituted = (
        pick(language, " + aftalt erstatning", " + agreed substitution") if figure.substituted.placements else ""
    )
    match figure.metric:
        case Metric.FTE:
            return f"{hours} / {number(figure.rules.hours_per_fte, language, 0)}{substituted}"
        case Metric.PERSON_WEEKS:
            return (
                pick(language, "sum af dage / 7 × ugetimer / 37", "sum of days / 7 × weekly hours / 37") + substituted
            )
        case Metric.SHARE_OF_HOURS:
            denominator = _hours(figure.site_ticks, language)
            return f"100 × {_hours(figure.share_ticks, language)} / {denominator}"
        case Metric.CONVERSIONS:
            return pick(
                language, f"af {figure.attempts} forløb i sporet", f"of {figure.attempts} placements on the pathway"
            )
        case Metric.IN_WORK | Metric.SHARE_IN_WORK:
            return _in_work(figure, language)
        case Metric.PERSONS | Metric.PLACEMENTS:
            return substituted.removeprefix(" + ")


def _in_work(figure: Figure, language: Language) -> str:
    def count(answer: WorkAnswer) -> int:
        return figure.in_work.get(answer, 0)

    da = f"ja {count(WorkAnswer.YES)}, nej {count(WorkAnswer.NO)}; ukendt {count(WorkAnswer.UNKNOWN)}"
    en = f"yes {count(WorkAnswer.YES)}, no {count(WorkAnswer.NO)}; unknown {count(WorkAnswer.UNKNOWN)}"
    young = count(WorkAnswer.TOO_YOUNG)
    return pick(language, f"{da}, for tidligt {young}", f"{en}, too early {young}")


def _hours(ticks: int, language: Language) -> str:
    return number(hours_of(ticks), language, 1)


def rules_in_words(rules: CountingRules, language: Language) -> str:
    """How an agreement counts."""
    yes_no = pick(language, "tæller", "counts"), pick(language, "tæller ikke", "does not count")
    kinds = (
        (pick(language, "skole", "school"), rules.school_counts),
        (pick(language, "ferie", "holiday"), rules.holiday_counts),
        (pick(language, "personlige forhold", "personal circumstances"), rules.sickness_counts),
        (pick(language, "vejrlig", "weather"), rules.weather_counts),
    )
    parts = [f"{number(rules.hours_per_fte, language, 0)} {pick(language, 'timer pr. årsværk', 'hours per FTE')}"]
    parts += [f"{name} {yes_no[0] if counts else yes_no[1]}" for name, counts in kinds]
    if not rules.computed_hours_count:
        parts.append(pick(language, "kun målte timer", "measured hours only"))
    if rules.min_weeks:
        parts.append(pick(language, f"mindst {rules.min_weeks} uger", f"at least {rules.min_weeks} weeks"))
    return ", ".join(parts)


def _ahead(figure: Figure, target: Target, language: Language) -> Iterator[Line]:
    yield Line(pick(language, "Burde være", "Expected"), _expected(figure, language))
    yield Line(pick(language, "Prognose", "Forecast"), _forecast(figure, language))
    if figure.last_date is not None:
        yield Line(pick(language, "Skal være startet", "Must have started"), _last_date(figure, target, language))
    status = f"{figure.status.label(language)}: {figure.reason.label(language)}"
    yield Line(pick(language, "Status", "Status"), status)


def _expected(figure: Figure, language: Language) -> str:
    start, end = figure.schedule.start, figure.schedule.end
    if figure.expected is None or start is None or end is None:
        return "–"
    result = amount(figure.expected, figure.metric, language)
    if figure.spread is Spread.TRAINING_PLAN:
        along = pick(language, "efter lærlingeplanen på gældende tidsplan", "training plan on the current schedule")
        return f"{result} ({along})"
    total, gone = (end - start).days + 1, max(0, min((figure.on - start).days, (end - start).days) + 1)
    days = pick(language, f"{gone} af {total} dage", f"{gone} of {total} days")
    return f"{result} ({days}, {day(start)} – {day(end)})"


def _forecast(figure: Figure, language: Language) -> str:
    result = amount(figure.forecast, figure.metric, language)
    missing = figure.required - figure.forecast if figure.forecast is not None else Fraction(0)
    text = pick(
        language, f"{result} ved aflevering, af det der er aftalt nu", f"{result} at handover, from what is agreed now"
    )
    if missing > 0:
        short = amount(missing, figure.metric, language)
        text += pick(language, f"; mangler {short}", f"; short of {short}")
    return text


def _last_date(figure: Figure, target: Target, language: Language) -> str:
    last: date = figure.last_date or date.max
    text = pick(
        language,
        f"senest {day(last)} (uge {week(last, figure.on)})",
        f"by {day(last)} (week {week(last, figure.on)})",
    )
    if figure.metric in {Metric.FTE, Metric.PERSON_WEEKS} and figure.forecast is not None:
        places = places_at_once(target, figure.rules, figure.required, figure.schedule)
        hours = (figure.required - figure.forecast) * hours_per_unit(figure.metric, figure.rules)
        text += pick(
            language,
            f": {number(hours, language, 0)} timer på {places} pladser à 37 timer",
            f": {number(hours, language, 0)} hours on {places} places of 37 hours",
        )
    return text
