"""Who sits where at Havnegade: an organisation of every kind with one login each, so that pages can be looked at.

All are invented. Passwords are made anew by whoever seats them; none is written here.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from services.domain.rights import Kind, Role
from services.sample.havnegade.people import (
    BOEGELUND,
    CLIENT,
    EGEHOLM,
    JOB_CENTRE,
    KLITDAL,
    LAERKEHOLT,
    MOSEVANG,
    SECRETARIAT,
)

ODENSE = 461


@dataclass(frozen=True, slots=True)
class Desk:
    """An organisation, one person in it, and by which names it knows the people it has on site."""

    cvr: str
    name: str
    kind: Kind
    login: str
    person: str
    role: Role = Role.REPORTER
    municipality: int | None = None
    people: dict[str, str] = field(default_factory=dict)


def _people(**names: str) -> dict[str, str]:
    return {f"{SECRETARIAT.cvr}:{code}": name for code, name in names.items()}


DESKS = (
    Desk(
        LAERKEHOLT.cvr,
        "Lærkeholt Tømrer A/S",
        Kind.CONTRACTOR,
        "kontor@laerkeholt.example",
        "Kontoret, Lærkeholt",
        Role.ADMINISTRATOR,
        people=_people(h02="Birk L.", h03="Alma L."),
    ),
    Desk(
        EGEHOLM.cvr,
        "Egeholm Beton A/S",
        Kind.CONTRACTOR,
        "loen@egeholm.example",
        "Lønkontoret, Egeholm",
        people=_people(h01="Storm E.", h07="Liv E."),
    ),
    Desk(
        MOSEVANG.cvr,
        "Mosevang Murer ApS",
        Kind.CONTRACTOR,
        "mester@mosevang.example",
        "Mester, Mosevang",
        people=_people(h04="Eg M.", h06="Sol M."),
    ),
    Desk(KLITDAL.cvr, "Klitdal VVS A/S", Kind.CONTRACTOR, "kontor@klitdal.example", "Kontoret, Klitdal"),
    Desk(
        BOEGELUND.cvr,
        "Bøgelund El A/S",
        Kind.CONTRACTOR,
        "kontor@boegelund.example",
        "Kontoret, Bøgelund",
        people=_people(h08="Fjord B.", h09="Vilde B."),
    ),
    Desk(
        JOB_CENTRE.cvr,
        "Odense Kommune, job og virksomhed",
        Kind.JOB_CENTRE,
        "sagsbehandler@jobcenter.example",
        "Virksomhedskonsulent KA",
        municipality=ODENSE,
    ),
    Desk(
        SECRETARIAT.cvr,
        "Sekretariatet for social byggeri",
        Kind.SECRETARIAT,
        "sekretariat@bygop.example",
        "Sekretariatskonsulent IB",
        Role.ADMINISTRATOR,
    ),
    Desk(CLIENT.cvr, "Havneparkens Boligforening", Kind.CLIENT, "projekt@boligforening.example", "Projektleder RN"),
)
