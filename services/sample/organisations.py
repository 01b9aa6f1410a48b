"""Invented organisations with CVR numbers that satisfy the check: the same ones whatever the seed.

The first hundred numbers are kept for the three tenders told as stories; portfolios draw from those after them.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import count, islice

from schemas.identifiers import is_cvr

_FIRST_NUMBER = 10_000_009
_KEPT_FOR_STORIES = 100
_CLIENTS_EACH = 3
_PER_MUNICIPALITY = 2 + _CLIENTS_EACH
MOST_CONTRACTORS = 600

# Codes of real municipalities; all organisations in them are invented.
MUNICIPALITIES = (101, 159, 167, 253, 265, 461, 561, 607, 615, 621, 630, 657, 730, 751, 791, 851)

_FIRST_HALF = ("Birke", "Bøge", "Ege", "Elle", "Fjord", "Gran", "Hede", "Klit", "Lærke", "Mose", "Sten", "Strand")
_SECOND_HALF = ("bæk", "dal", "høj", "holt", "lund", "mark", "sund", "tofte", "vang", "vig")
_BY_TRADE = {
    "carpenter": "Tømrer",
    "bricklayer": "Murer",
    "electrician": "El",
    "plumber": "VVS",
    "painter": "Maler",
    "concrete_worker": "Beton",
    "civil_worker": "Anlæg",
    "roofer": "Tag",
    "scaffolder": "Stillads",
    "gardener": "Grønt",
    "demolition": "Nedrivning",
    "insulator": "Isolering",
    "smith": "Smede",
    "joiner": "Snedker",
}
TRADES = tuple(_BY_TRADE)


@dataclass(frozen=True, slots=True)
class Municipality:
    """A municipality with its job centre, its secretariat (data controller of one linking circle) and clients."""

    code: int
    job_centre: str
    secretariat: str
    clients: tuple[str, ...]

    @property
    def linking_circle(self) -> str:
        """The circle within which a person is one person."""
        return f"{self.secretariat}:kreds-{self.code}"


@dataclass(frozen=True, slots=True)
class Company:
    """A contractor: its CVR number, its name and its trade."""

    cvr: str
    name: str
    trade: str


@cache
def cvr_numbers(how_many: int) -> tuple[str, ...]:
    """The first valid numbers from 10000009 upwards."""
    return tuple(islice(_valid_numbers(), how_many))


def _valid_numbers() -> Iterator[str]:
    return (text for text in map(str, count(_FIRST_NUMBER)) if is_cvr(text))


@cache
def municipalities() -> tuple[Municipality, ...]:
    """Every municipality with its organisations."""
    end = _KEPT_FOR_STORIES + _PER_MUNICIPALITY * len(MUNICIPALITIES)
    numbers = iter(cvr_numbers(end)[_KEPT_FOR_STORIES:])
    return tuple(
        Municipality(code, next(numbers), next(numbers), tuple(islice(numbers, _CLIENTS_EACH)))
        for code in MUNICIPALITIES
    )


@cache
def companies() -> tuple[Company, ...]:
    """Every contractor there is; trades go round."""
    first = _KEPT_FOR_STORIES + _PER_MUNICIPALITY * len(MUNICIPALITIES)
    numbers = cvr_numbers(first + MOST_CONTRACTORS)[first:]
    return tuple(_company(index, cvr) for index, cvr in enumerate(numbers))


def _company(index: int, cvr: str) -> Company:
    trade = TRADES[index % len(TRADES)]
    front = _FIRST_HALF[index % len(_FIRST_HALF)] + _SECOND_HALF[index // 3 % len(_SECOND_HALF)]
    form = "A/S" if index % 3 else "ApS"
    return Company(cvr, f"{front} {_BY_TRADE[trade]} {form}", trade)
