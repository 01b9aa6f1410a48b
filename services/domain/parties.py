"""What organisations are to a tender, as far as those say who may: it decides who sees the tender (domain.md 12).

Figures count what anybody accepted has said. Sight is given only by the tender's own: the organisation whose number
its id begins with, the client and the secretariat. Otherwise anybody could report itself into a tender.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from schemas.identifiers import organisation_of
from schemas.secretariat import TenderRegistered
from services.domain.amendments import AnyEvent
from services.domain.frame import Frame


@dataclass(frozen=True, slots=True)
class Parties:
    """Organisations by what they are to a tender.

    `relations` names CVR numbers under ``client``, ``secretariat`` and ``contractor`` (also who left), and under
    ``municipality`` the code of the tender's. `below` names for each contractor all that hang under it, however deep.
    """

    relations: Mapping[str, tuple[str, ...]]
    below: Mapping[str, tuple[str, ...]]


def parties_of(tender: str, events: Sequence[AnyEvent]) -> Parties:
    """The parties of a tender from all that frames it."""
    registered = _registration(tender, Frame(events))
    if registered is None:
        return Parties({}, {})
    own = {organisation_of(tender), registered.client, registered.secretariat}
    trusted = Frame(event for event in events if event.organisation in own)
    engaged = sorted(trusted.engaged)
    relations = {
        "client": (registered.client,),
        "secretariat": (registered.secretariat,) if registered.secretariat else (),
        "contractor": tuple(engaged),
        "municipality": (str(registered.municipality),),
    }
    below = {
        one: tuple(other for other in engaged if trusted.hangs_under(other, {one}) and other != one) for one in engaged
    }
    return Parties(relations, {one: others for one, others in below.items() if others})


def _registration(tender: str, frame: Frame) -> TenderRegistered | None:
    """The registration by whoever gave the tender its id, else the one that counts anyway."""
    minter = organisation_of(tender)
    registrations = (e for e in frame.events if isinstance(e.data, TenderRegistered) and e.organisation == minter)
    own = next(registrations, None)
    return own.data if own is not None else frame.registered
