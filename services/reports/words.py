"""Numbers, dates and texts as people read them, in Danish or English."""

from collections.abc import Collection
from datetime import date
from decimal import ROUND_HALF_EVEN, Decimal
from fractions import Fraction

from babel.numbers import format_decimal

from schemas.vocabulary import Language, Metric, PlacementKind, Trade

JOB_PLACEMENTS = frozenset(
    {
        PlacementKind.WAGE_SUBSIDY,
        PlacementKind.WORK_PLACEMENT,
        PlacementKind.FLEX_JOB,
        PlacementKind.SHELTERED_JOB,
        PlacementKind.OPERATIONS_ASSISTANT,
    }
)
"""The kinds that are read as one, "jobforløb", wherever others than the parties may read (domain.md section 12)."""

_UNITS = {
    Metric.PERSONS: ("personer", "persons"),
    Metric.PLACEMENTS: ("forløb", "placements"),
    Metric.FTE: ("årsværk", "FTE"),
    Metric.PERSON_WEEKS: ("personuger", "person-weeks"),
    Metric.SHARE_OF_HOURS: ("% af timerne", "% of the hours"),
    Metric.CONVERSIONS: ("omsatte forløb", "converted placements"),
    Metric.IN_WORK: ("i arbejde", "in work"),
    Metric.SHARE_IN_WORK: ("% i arbejde", "% in work"),
}
_SINGULAR = {
    Metric.PERSONS: ("person", "person"),
    Metric.PLACEMENTS: ("forløb", "placement"),
    Metric.PERSON_WEEKS: ("personuge", "person-week"),
    Metric.CONVERSIONS: ("omsat forløb", "converted placement"),
}
_WHOLE = frozenset({Metric.PERSONS, Metric.PLACEMENTS, Metric.CONVERSIONS, Metric.IN_WORK})


def number(value: Fraction | Decimal | int | None, language: Language, places: int = 1) -> str:
    """A number with so many decimals, in the language's own signs; an unknown one is a dash, never a zero."""
    if value is None:
        return "–"
    exact = Decimal(value.numerator) / Decimal(value.denominator) if isinstance(value, Fraction) else Decimal(value)
    rounded = exact.quantize(Decimal(1).scaleb(-places), ROUND_HALF_EVEN)
    pattern = "#,##0" + ("." + "0" * places if places else "")
    return str(format_decimal(rounded, format=pattern, locale=language))


def amount(value: Fraction | None, metric: Metric, language: Language) -> str:
    """An amount of a metric: counts in whole numbers where they are whole, the rest with one decimal."""
    whole = metric in _WHOLE and (value is None or value.denominator == 1)
    return number(value, language, 0 if whole else 1)


def unit(metric: Metric, language: Language, value: Fraction | None = None) -> str:
    """What a metric is counted in, in the singular where the amount is one."""
    da, en = _SINGULAR.get(metric, _UNITS[metric]) if value == 1 else _UNITS[metric]
    return pick(language, da, en)


def amount_of(value: Fraction | None, metric: Metric, language: Language) -> str:
    """An amount with its unit."""
    return f"{amount(value, metric, language)} {unit(metric, language, value)}"


def days(count: int, language: Language) -> str:
    """A number of days."""
    one, many = pick(language, "dag", "day"), pick(language, "dage", "days")
    return f"{number(count, language, 0)} {one if count == 1 else many}"


def day(value: date | None) -> str:
    """A date as dd-mm-yyyy, a dash where there is none."""
    return f"{value:%d-%m-%Y}" if value is not None else "–"


def week(value: date, seen_on: date | None = None) -> str:
    """The ISO week of a date, with its year unless that is the year of the ISO week of `seen_on`.

    The year is the week's own: 1 January 2027 lies in week 53 of 2026.
    """
    year, number_in_year, _ = value.isocalendar()
    same = seen_on is not None and seen_on.isocalendar().year == year
    return str(number_in_year) if same else f"{number_in_year}/{year}"


def local(identifier: str) -> str:
    """An id without the CVR of who minted it."""
    return identifier.partition(":")[2] or identifier


def short(identifier: str, tender: str) -> str:
    """An id as it is called within its tender: without its minter, and without the tender's own name in front."""
    return local(identifier).removeprefix(f"{local(tender)}/")


def tender_called(title: str | None, tender: str) -> str:
    """A tender by its title; by its local id while nobody has registered it."""
    return title or local(tender)


def named(
    title: str | None, target: str, metric: Metric, language: Language, kinds: Collection[PlacementKind] | None = None
) -> str:
    """A target by its title, else by its kinds where these are told, else by its local id; with its unit."""
    name, what = title or (local(target) if kinds is None else kinds_named(kinds, language)), unit(metric, language)
    return name if what.lower() in name.lower() else f"{name} ({what})"


def kinds_named(kinds: Collection[PlacementKind], language: Language) -> str:
    """Kinds of placements as a name: apprentices, job placements, or all."""
    if not kinds:
        return pick(language, "Alle forløb", "All placements")
    names = dict.fromkeys(_kind_named(kind, language) for kind in kinds)
    first, *rest = names
    return ", ".join([first, *(name[0].lower() + name[1:] for name in rest)])


def _kind_named(kind: PlacementKind, language: Language) -> str:
    if kind in JOB_PLACEMENTS:
        return pick(language, "Jobforløb", "Job placements")
    return pick(language, "Lærlinge", "Apprentices") if kind is PlacementKind.APPRENTICESHIP else kind.label(language)


def must_be(metric: Metric, language: Language) -> str:
    """What must have happened by a target's last date: begun, or, of what is counted at its end, reached."""
    if metric in {Metric.CONVERSIONS, Metric.IN_WORK, Metric.SHARE_IN_WORK}:
        return pick(language, "skal være nået", "must be reached")
    return pick(language, "skal være startet", "must start")


def pick(language: Language, da: str, en: str) -> str:
    """The text of a language."""
    return en if language == "en" else da


def kind_shown(kind: str, language: Language) -> str:
    """A `PlacementKind`, or ``jobforloeb`` for those that are shown as one (domain.md section 12)."""
    merged = pick(language, "Jobforløb", "Job placement")
    return merged if kind == "jobforloeb" else PlacementKind.of(kind).label(language)


def line_name(kind: str, number: int, trade: str | None, language: Language) -> str:
    """A placement as it may be read aloud where nobody may know who it is: "Lærling 3, tømrer".

    `kind` is a `PlacementKind`, or ``jobforloeb`` for those that are shown as one (domain.md section 12).
    """
    apprentice = pick(language, "Lærling", "Apprentice")
    name = f"{apprentice if kind == PlacementKind.APPRENTICESHIP else kind_shown(kind, language)} {number}"
    return f"{name}, {Trade.of(trade).label(language).lower()}" if trade else name
