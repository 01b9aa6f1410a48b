"""Why a figure is what it is: the formula with its numbers, and how it was counted (architecture.md, invariant 7)."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from math import ceil

from schemas.secretariat import CountingRules, Target
from schemas.vocabulary import Language, Metric, PlacementKind, Spread
from services.domain.expectation import IN_HOURS, SHARES, hours_per_unit, last_date, places_at_once
from services.domain.figures import Figure
from services.domain.retention import WorkAnswer
from services.domain.tally import Sum
from services.domain.timeline import hours_of
from services.reports.words import (
    JOB_PLACEMENTS,
    amount,
    amount_of,
    day,
    days,
    local,
    must_be,
    number,
    pick,
    unit,
    week,
)

_AS_DELIVERED = SHARES | {Metric.CONVERSIONS, Metric.IN_WORK}
_HUNDREDTHS = 100


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

    what = amount_of(figure.agreed, figure.metric, language)
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
    yield Line(pick(language, "Leveret", "Delivered"), _formula(figure, language))
    fits = figure.fits
    counts = pick(
        language,
        f"{amount_of(Fraction(fits.persons), Metric.PERSONS, language)} · {fits.placements} forløb",
        f"{amount_of(Fraction(fits.persons), Metric.PERSONS, language)} · "
        f"{amount_of(Fraction(fits.placements), Metric.PLACEMENTS, language)}",
    )
    fte = f"{_fte(fits, figure.rules, language)} {unit(Metric.FTE, language)}"
    yield Line(pick(language, "Opgjort på flere måder", "Counted in several ways"), f"{counts} · {fte}")
    kinds = ", ".join(
        f"{name} {total.placements} ({_fte(total, figure.rules, language)})"
        for name, total in by_kind_named(figure.by_kind, language).items()
    )
    if kinds:
        yield Line(pick(language, "Pr. type (årsværk)", "By kind (FTE)"), kinds)
    if figure.on_behalf:
        behalf = pick(
            language,
            f"{figure.on_behalf} forløb er indberettet på firmaets vegne og venter på dets ja",
            f"reported on the contractor's behalf, awaiting its yes: {figure.on_behalf}",
        )
        yield Line(pick(language, "Heraf", "Of these"), behalf)
    for gap, count in sorted(figure.unknown.items()):
        yield Line(pick(language, "Ukendt", "Unknown"), f"{_GAPS[gap][language == 'en']}: {count}")
    yield Line(pick(language, "Tælleregler", "Counting rules"), rules_in_words(figure.rules, language))


def by_kind_named(by_kind: Mapping[PlacementKind, Sum], language: Language) -> dict[str, Sum]:
    """What counts of each kind, with all that is called "jobforløb" as one, so that no kind tells on a person."""
    named: dict[str, Sum] = {}
    for kind, total in sorted(by_kind.items(), key=lambda item: (item[0] in JOB_PLACEMENTS, item[0])):
        merged = pick(language, "Jobforløb", "Job placements")
        into = named.setdefault(merged if kind in JOB_PLACEMENTS else kind.label(language), Sum())
        into.placements += total.placements
        into.measured += total.measured
        into.computed += total.computed
    return named


_GAPS = {
    "resident": ("bopæl ikke bekræftet", "residence not attested"),
    "age_band": ("aldersgruppe", "age band"),
    "novelty": ("ny eller eksisterende aftale", "new or existing agreement"),
}


def _fte(total: Sum, rules: CountingRules, language: Language) -> str:
    return number(hours_of(total.ticks) / Fraction(rules.hours_per_fte), language, 2)


def _formula(figure: Figure, language: Language) -> str:
    result = amount(figure.delivered, figure.metric, language)
    if figure.metric is Metric.CONVERSIONS:
        return pick(
            language,
            f"{result} af {figure.attempts} forløb i sporet",
            f"{result} of {figure.attempts} placements on the pathway",
        )
    parts = _parts(figure, language)
    text = f"{parts} = {result}" if parts else result
    return "; ".join([text, *_aside(figure, language)])


def _parts(figure: Figure, language: Language) -> str:
    match figure.metric:
        case Metric.FTE | Metric.PERSON_WEEKS | Metric.PERSONS | Metric.PLACEMENTS:
            return _with_substitution(figure, language)
        case Metric.SHARE_OF_HOURS:
            return _share(figure, language)
        case Metric.CONVERSIONS:
            return ""
        case Metric.IN_WORK | Metric.SHARE_IN_WORK:
            return _in_work(figure, language)


def _with_substitution(figure: Figure, language: Language) -> str:
    """What fits, and behind it what counts by an agreed substitution: the rest of what is delivered."""
    base, text = _base(figure, language)
    if figure.delivered is None or not figure.substituted.placements:
        return "" if figure.metric in {Metric.PERSONS, Metric.PLACEMENTS} else text
    also = amount(figure.delivered - base, figure.metric, language)
    return text + pick(language, f" + {also} ved aftalt erstatning", f" + {also} by agreed substitution")


def _base(figure: Figure, language: Language) -> tuple[Fraction, str]:
    """What fits the target itself, as a number and as it is computed."""
    fits, rules = figure.fits, figure.rules
    match figure.metric:
        case Metric.FTE:
            hours = pick(
                language,
                f"({_hours(fits.measured, language)} målte + {_hours(fits.computed, language)} beregnede timer)",
                f"({_hours(fits.measured, language)} measured + {_hours(fits.computed, language)} computed hours)",
            )
            per = Fraction(rules.hours_per_fte)
            return hours_of(fits.ticks) / per, f"{hours} / {number(rules.hours_per_fte, language, 0)}"
        case Metric.PERSON_WEEKS:
            products = Fraction(fits.day_weeks, _HUNDREDTHS)
            text = pick(language, "(sum af dage × ugetimer) / (7 × 37)", "(sum of days × weekly hours) / (7 × 37)")
            return products / (7 * 37), f"{text} = {number(products, language)} / 259"
        case _:
            count = fits.persons if figure.metric is Metric.PERSONS else fits.placements
            return Fraction(count), str(count)


def _share(figure: Figure, language: Language) -> str:
    return f"100 × {_hours(figure.share_ticks, language)} / {_hours(figure.site_ticks, language)}"


def _aside(figure: Figure, language: Language) -> Iterator[str]:
    """What must be known of the formula for it to add up."""
    if figure.metric is Metric.SHARE_OF_HOURS:
        yield pick(
            language,
            "kun måneder og firmaer med indberettede pladstimer: "
            f"{_hours(figure.share_ticks, language)} af målgruppens {_hours(figure.fits.ticks, language)} timer",
            "only months and contractors with reported site hours: "
            f"{_hours(figure.share_ticks, language)} of the target group's {_hours(figure.fits.ticks, language)} hours",
        )


def _in_work(figure: Figure, language: Language) -> str:
    def count(answer: WorkAnswer) -> int:
        return figure.in_work.get(answer, 0)

    yes, no, unknown = count(WorkAnswer.YES), count(WorkAnswer.NO), count(WorkAnswer.UNKNOWN)
    young = count(WorkAnswer.TOO_YOUNG)
    known = pick(
        language,
        f"ja {yes}, nej {no} (uden for: ukendt {unknown}, for tidligt {young})",
        f"yes {yes}, no {no} (left out: unknown {unknown}, too early {young})",
    )
    if figure.metric is Metric.SHARE_IN_WORK and yes + no:
        return f"{known}: 100 × {yes} / {yes + no}"
    return known


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
        must = must_be(figure.metric, language)
        yield Line(must[0].upper() + must[1:], _last_date(figure, target, language))
    status = f"{figure.status.label(language)}: {figure.reason.label(language)}"
    yield Line(pick(language, "Status", "Status"), status)


def _expected(figure: Figure, language: Language) -> str:
    start, end = figure.schedule.start, figure.schedule.end
    if figure.expected is None or start is None or end is None:
        return "–"
    result = amount(figure.expected, figure.metric, language)
    if figure.metric in SHARES:
        held = pick(language, f"andelen skal holdes fra {day(start)}", f"the share must be held from {day(start)}")
        return f"{result} ({held})"
    if figure.spread is Spread.TRAINING_PLAN:
        along = pick(language, "efter lærlingeplanen på gældende tidsplan", "training plan on the current schedule")
        return f"{result} ({along})"
    total, gone = (end - start).days + 1, max(0, min((figure.on - start).days, (end - start).days) + 1)
    required = amount(figure.required, figure.metric, language)
    elapsed = pick(language, f"{gone} af {days(total, language)}", f"{gone} of {days(total, language)}")
    return f"{required} × {gone} / {total} = {result} ({elapsed}, {day(start)} – {day(end)})"


def _forecast(figure: Figure, language: Language) -> str:
    if figure.forecast is None:
        return "–"
    result, end = amount(figure.forecast, figure.metric, language), day(figure.schedule.end)
    text = pick(language, f"{result} den {end}", f"{result} on {end}") + _forecast_parts(figure, language)
    if (missing := figure.required - figure.forecast) > 0:
        short = amount(missing, figure.metric, language)
        text += pick(language, f"; mangler {short}", f"; short of {short}")
    return text


def _forecast_parts(figure: Figure, language: Language) -> str:
    """How a forecast is put together; its parts are rounded so that they add up as shown."""
    if figure.metric in _AS_DELIVERED:
        return pick(language, ", som leveret til i dag", ", as delivered by today")
    from_now = pick(language, "af det, der er aftalt nu", "from what is agreed now")
    if figure.delivered is None or figure.forecast is None or figure.forecast < figure.delivered:
        return f", {from_now}"
    done, in_all = round(figure.delivered, 1), round(figure.forecast, 1)
    to_come = amount(Fraction(in_all - done), figure.metric, language)
    delivered = amount(figure.delivered, figure.metric, language)
    return pick(
        language,
        f" = {delivered} leveret + {to_come} {from_now} (forløb i gang til planlagt slut, aftalte starter)",
        f" = {delivered} delivered + {to_come} {from_now} (placements to their planned end, agreed starts)",
    )


def _last_date(figure: Figure, target: Target, language: Language) -> str:
    last = figure.last_date
    if last is None:
        return "–"
    by = pick(language, f"senest {day(last)} (uge", f"by {day(last)} (week") + f" {week(last, figure.on)})"
    return "; ".join([by, *_raw_date(figure, target, language)])


def _raw_date(figure: Figure, target: Target, language: Language) -> Iterator[str]:
    """How the last date was found: the time what is missing takes, and the intake it was moved back to."""
    any_kind = target.model_copy(update={"kinds": ()})
    raw = last_date(any_kind, figure.rules, figure.required, figure.forecast, figure.schedule)
    if figure.metric in IN_HOURS and figure.forecast is not None:
        yield f"{_time_needed(figure, target, language)}: {day(raw)}"
    if raw != figure.last_date:
        yield pick(
            language,
            f"{day(raw)} er rykket tilbage til nærmeste 1. januar eller 1. juli før, "
            "for grundforløb slutter ved nytår og til sommer",
            f"{day(raw)} was moved back to the 1 January or 1 July before it, "
            "for basic courses end at New Year and in summer",
        )


def _time_needed(figure: Figure, target: Target, language: Language) -> str:
    places = places_at_once(target, figure.rules, figure.required, figure.schedule)
    missing = figure.required - (figure.forecast or 0)
    per_unit = hours_per_unit(figure.metric, figure.rules)
    hours, needed = missing * per_unit, ceil(missing * per_unit * 7 / (places * 37))
    sums = f"{number(missing, language, 3)} × {number(per_unit, language, 0)} = {number(hours, language, 0)}"
    end, took = day(figure.schedule.end), days(needed, language)
    return pick(
        language,
        f"{sums} timer på {places} {'plads' if places == 1 else 'pladser'} à 37 timer tager {took}, "
        f"hvoraf den sidste er {end}",
        f"{sums} hours on {places} place{'s' * (places != 1)} of 37 hours take {took}, the last of them {end}",
    )
