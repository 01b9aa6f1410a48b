"""What is wrong with an event, field by field, in Danish and English: all faults at once."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from pydantic_core import ErrorDetails

from schemas.facts import LINE_FORM, PHASE_FORM
from schemas.identifiers import CVR_FORM, EVENT_ID_FORM, ID_FORM, SOURCE_FORM, blotted
from schemas.vocabulary import Language

_LONGEST_SHOWN = 60

_DATE = ("skal være en dato, der findes, skrevet ÅÅÅÅ-MM-DD", "must be a date that exists, written YYYY-MM-DD")
_NUMBER = (
    "skal være et tal, skrevet som 37.5 uden anførselstegn",
    "must be a number, written like 37.5 without quotes",
)

# By pydantic's error code, or our own where a validator in schemas/ raises it; placeholders are the error's context.
_TEXTS: Mapping[str, tuple[str, str]] = {
    "json_invalid": ("ikke gyldig JSON: {error}", "not valid JSON: {error}"),
    "missing": ("feltet mangler", "the field is missing"),
    "extra_forbidden": ("ukendt felt", "unknown field"),
    "cpr": ("ligner et CPR-nummer; det må ikke stå her", "looks like a CPR number; it must not be here"),
    "unknown_type": ("ukendt hændelsestype", "unknown event type"),
    "not_an_object": ("skal være ét JSON-objekt", "must be one JSON object"),
    "correction_of_correction": (
        "en rettelse indeholder ikke selv en rettelse eller tilbagetrækning",
        "a replacement is not itself a correction or withdrawal",
    ),
    "nul": ("indeholder et NUL-tegn", "holds a NUL character"),
    "extension": (
        "et tillægsfelt er tekst, true/false eller et helt tal på højst 32 bit",
        "an extension attribute is text, true/false or a whole number of at most 32 bits",
    ),
    "cvr": ("skal være et gyldigt CVR-nummer (8 cifre)", "must be a valid CVR number (8 digits)"),
    "id_cvr": ("skal begynde med et gyldigt CVR-nummer og kolon", "must begin with a valid CVR number and a colon"),
    "source_cvr": (
        "skal nævne en organisation med gyldigt CVR-nummer",
        "must name an organisation by a valid CVR number",
    ),
    "id_form": (
        "skal være CVR-nummer, kolon og et lokalt id på 1-64 tegn (bogstaver, tal, . _ / -)",
        "must be a CVR number, a colon and a local id of 1-64 characters (letters, digits, . _ / -)",
    ),
    "source_form": (
        "skal være urn:bygspor:, CVR-nummer, kolon og systemets navn (a-z, 0-9, . _ -)",
        "must be urn:bygspor:, a CVR number, a colon and the system's name (a-z, 0-9, . _ -)",
    ),
    "event_id_form": (
        "skal være 1-128 tegn (bogstaver, tal, . _ : / -)",
        "must be 1-128 characters (letters, digits, . _ : / -)",
    ),
    "phase_form": ("skal være 1-40 tegn (bogstaver, tal, . _ -)", "must be 1-40 characters (letters, digits, . _ -)"),
    "one_line": ("skal være én linje synlig tekst", "must be one line of visible text"),
    "reported_by": (
        "reported_by skal være organisationen i source",
        "reported_by must be the organisation in source",
    ),
    "on_behalf_of_self": (
        "on_behalf_of skal være en anden organisation end reported_by",
        "on_behalf_of must be another organisation than reported_by",
    ),
    "order": ("sidste dag ligger før første dag", "the last day is before the first"),
    "one_month": (
        "perioden skal ligge inden for én kalendermåned; del ugen ved månedsskiftet",
        "the period must lie within one calendar month; split the week at the month's end",
    ),
    "nothing_changed": (
        "angiv mindst én af planned_end, weekly_hours og pathway",
        "give at least one of planned_end, weekly_hours and pathway",
    ),
    "one_measure": (
        "angiv enten hours eller man_days: ét af dem og ikke begge",
        "give either hours or man_days: one of them and not both",
    ),
    "under": (
        "en underentreprenør hører under en anden entreprenør (under); en entreprenør under ingen",
        "a subcontractor hangs under another contractor (under); a main contractor under none",
    ),
    "successor": ("efterfølgeren skal være en anden entreprenør", "the successor must be another contractor"),
    "cut_off": (
        "residence_cut_off hører til residence_on = cut_off, og kun dertil",
        "residence_cut_off goes with residence_on = cut_off, and only with it",
    ),
    "after_weeks": (
        "after_weeks hører til in_work og share_in_work, og kun dertil",
        "after_weeks goes with in_work and share_in_work, and only with them",
    ),
    "percent": ("en andel er højst 100 procent", "a share is at most 100 percent"),
    "local_clause": (
        "en klausul må ikke kræve lokale beboere (EU-retten); kun en partnerskabsaftale må",
        "a clause may not require residents (EU law); only a partnership agreement may",
    ),
    "target_twice": ("samme krav står to gange", "the same target stands twice"),
    "to_target": ("skal være et andet krav", "must be another target"),
    "two_ids": ("skal være to forskellige id'er", "must be two different ids"),
    "comparison": (
        "compared_with og comparison_value hører sammen",
        "compared_with and comparison_value go together",
    ),
    "string_type": ("skal være tekst", "must be text"),
    "string_pattern_mismatch": ("har ikke den rigtige form ({pattern})", "does not have the right form ({pattern})"),
    "string_too_short": ("for kort (mindst {min_length} tegn)", "too short (at least {min_length} characters)"),
    "string_too_long": ("for lang (højst {max_length} tegn)", "too long (at most {max_length} characters)"),
    "enum": ("skal være en af: {expected}", "must be one of: {expected}"),
    "literal_error": ("skal være {expected}", "must be {expected}"),
    "int_type": ("skal være et helt tal", "must be a whole number"),
    "int_from_float": ("skal være et helt tal", "must be a whole number"),
    "bool_type": ("skal være true eller false", "must be true or false"),
    "decimal_type": _NUMBER,
    "decimal_parsing": _NUMBER,
    "finite_number": ("skal være et endeligt tal", "must be a finite number"),
    "greater_than_equal": ("mindst {ge}", "at least {ge}"),
    "less_than_equal": ("højst {le}", "at most {le}"),
    "date_type": _DATE,
    "date_parsing": _DATE,
    "date_from_datetime_parsing": _DATE,
    "date_from_datetime_inexact": ("skal være en dato uden klokkeslæt", "must be a date without a time of day"),
    "datetime_type": ("skal være et tidspunkt (RFC 3339)", "must be a point in time (RFC 3339)"),
    "datetime_parsing": ("skal være et tidspunkt (RFC 3339)", "must be a point in time (RFC 3339)"),
    "datetime_from_date_parsing": ("skal være et tidspunkt (RFC 3339)", "must be a point in time (RFC 3339)"),
    "timezone_aware": ("tidspunktet skal have tidszone", "the time needs a time zone"),
    "too_short": ("for få på listen (mindst {min_length})", "too few in the list (at least {min_length})"),
    "too_long": ("for mange på listen (højst {max_length})", "too many in the list (at most {max_length})"),
    "tuple_type": ("skal være en liste", "must be a list"),
    "dict_type": ("skal være et objekt", "must be an object"),
    "model_type": ("skal være et objekt", "must be an object"),
}

# What a form means, in words: a person who fills in a field reads no patterns.
_CODE_OF_FORM: Mapping[str, str] = {
    CVR_FORM: "cvr",
    ID_FORM: "id_form",
    SOURCE_FORM: "source_form",
    EVENT_ID_FORM: "event_id_form",
    PHASE_FORM: "phase_form",
    LINE_FORM: "one_line",
}


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong with one field: a stable code, where (dotted path), what was there, and what is expected."""

    code: str
    field: str
    got: str
    da: str
    en: str

    def text(self, language: Language) -> str:
        """The fault as people read it, field first."""
        expected = self.en if language == "en" else self.da
        return f"{self.field}: {expected}" if self.field else expected


class InvalidEventError(ValueError):
    """The event cannot be accepted; `faults` holds every reason."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        """Keep all faults."""
        self.faults = tuple(faults)
        super().__init__("; ".join(fault.text("en") for fault in self.faults))


def fault(code: str, field: str = "", got: object = "", **context: object) -> Fault:
    """A fault of a known code."""
    da, en = _TEXTS[code]
    in_danish = {name: _danish(value) for name, value in context.items()}
    return Fault(code, field, _shown(got), da.format(**in_danish), en.format(**context))


def faults_of(errors: Iterable[ErrorDetails], prefix: str = "") -> list[Fault]:
    """What pydantic found, as faults; an error of an unforeseen code keeps pydantic's own words."""
    found = list(errors)
    faulty = {error["loc"][:depth] for error in found for depth in range(len(error["loc"]))}
    # Pydantic does not count the faulty members of a list: one with a fault in it is not also too short.
    return [_fault_of(e, prefix) for e in found if e["type"] != "too_short" or e["loc"] not in faulty]


def _fault_of(error: ErrorDetails, prefix: str) -> Fault:
    context = dict(error.get("ctx", {}))
    code = _CODE_OF_FORM.get(str(context.get("pattern")), error["type"])
    field = ".".join([*filter(None, [prefix]), *map(str, error["loc"])])
    got = "" if code in {"missing", "json_invalid"} or isinstance(error["input"], dict) else error["input"]
    if code not in _TEXTS:
        return Fault(code, field, _shown(got), error["msg"], error["msg"])
    return fault(code, field, got, **context)


def _danish(value: object) -> object:
    if isinstance(value, Decimal | float):
        return str(value).replace(".", ",")
    return value.replace(" or ", " eller ") if isinstance(value, str) else value


def _shown(got: object) -> str:
    text = blotted(str(got))
    return text if len(text) <= _LONGEST_SHOWN else text[: _LONGEST_SHOWN - 1] + "…"


def known_codes() -> frozenset[str]:
    """The codes that have a Danish and an English text."""
    return frozenset(_TEXTS)
