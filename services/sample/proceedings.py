"""What the site and the job centre do around people's courses: meetings, actions, site hours, openings, candidates."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from services.sample.courses import Firm
from services.sample.story import Said, Story, Teller, after, months


def register(story: Story, client: Teller, on: date, **details: Any) -> Said:
    """The tender exists, and its client is the one that tells."""
    return story.say(client, "tender.registered", on, {"client": client.cvr, **details})


def engage(story: Story, client: Teller, firm: Firm, signed_on: date, **more: Any) -> None:
    """Award a contract, sign it and engage the firm. A firm `under` another is engaged only: it has no contract."""
    engaged = {"contractor": firm.cvr, "company": firm.name, "contract": firm.contract, "engaged_on": signed_on}
    if "under" in more:
        story.say(client, "contractor.engaged", signed_on, {**engaged, "role": "sub", "under": more["under"].cvr})
        return
    contract, awarded_on = {"contract": firm.contract}, after(signed_on, -20)
    awarded = {**contract, "contractor": firm.cvr, "awarded_on": awarded_on, "trade": firm.trade}
    story.say(client, "contract.awarded", awarded_on, {**awarded, "contract_sum_dkk": more.get("sum_dkk")})
    signed = {**contract, "signed_on": signed_on, "delivery_on": more.get("delivery_on")}
    story.say(client, "contract.signed", signed_on, signed)
    story.say(client, "contractor.engaged", signed_on, {**engaged, "role": "main"})


@dataclass(frozen=True, slots=True)
class Action:
    """One thing to be done by one named owner; `closed_after` days, if it has been."""

    what: str
    owner: str
    firm: str
    opened_on: date
    due_after: int
    closed_after: int | None = None
    meeting: str | None = None
    target: str | None = None


@dataclass(slots=True)
class Site:
    """The site's own reports: meetings, what they decide, and all hours worked."""

    story: Story
    teller: Teller

    def hold_meetings(self, days: Sequence[date], *, cancelled: Iterable[int] = ()) -> list[str]:
        """Site meetings, called a fortnight before and with their minutes approved a week later; their ids."""
        meetings = []
        for number, on in enumerate(days, 1):
            meeting = self.story.id(f"moede-{number:02d}")
            meetings.append(meeting)
            planned = {"meeting": meeting, "number": number, "planned_on": on}
            self.story.say(self.teller, "site_meeting.planned", after(on, -14), planned)
            if number in cancelled:
                off = {"meeting": meeting, "cancelled_on": after(on, -1)}
                self.story.say(self.teller, "site_meeting.cancelled", after(on, -1), off)
                continue
            self.story.say(self.teller, "site_meeting.held", on, {"meeting": meeting, "held_on": on})
            approved = {"meeting": meeting, "approved_on": after(on, 7)}
            self.story.say(self.teller, "minutes.approved", after(on, 7), approved)
        return meetings

    def decide(self, actions: Iterable[Action]) -> list[str]:
        """Open the actions, and close those that were; their ids."""
        ids = []
        for number, action in enumerate(actions, 1):
            ids.append(self.story.id(f"opgave-{number:02d}"))
            opened = {
                "action": ids[-1],
                "what": action.what,
                "owner": action.owner,
                "owner_organisation": action.firm,
                "opened_on": action.opened_on,
                "due_on": after(action.opened_on, action.due_after),
                "meeting": action.meeting,
                "target": action.target,
            }
            self.story.say(self.teller, "action.opened", action.opened_on, opened)
            if action.closed_after is not None:
                closed_on = after(action.opened_on, action.closed_after)
                closed = {"action": ids[-1], "closed_on": closed_on, "result": "done"}
                self.story.say(self.teller, "action.closed", closed_on, closed)
        return ids

    def count_hours(self, firm: Firm, span: tuple[date, date], hours: Sequence[int], *, missing: str = "") -> None:
        """All hours of a firm by month, the given ones in turn; the `missing` month (2015-07) nobody reports."""
        for number, (first, last) in enumerate(months(*span)):
            if first.isoformat().startswith(missing or "never"):
                continue
            data = {"contractor": firm.cvr, "from_on": first, "to_on": last, "hours": hours[number % len(hours)]}
            self.story.say(self.teller, "site_hours.reported", after(last, 8), data)


@dataclass(slots=True)
class Search:
    """The job centre's (or social plan's) search for candidates within one linking circle.

    Openings are posted so many `days_ahead` of their start.
    """

    story: Story
    seeker: Teller
    linking_circle: str
    days_ahead: int = 42

    def opening(self, firm: Firm, local: str, kind: str, starts_on: date, *, places: int = 1) -> str:
        """The firm has places to fill from a day; the opening's id."""
        opening, posted_on = self.story.id(local, firm.teller.cvr), after(starts_on, -self.days_ahead)
        data = {
            "opening": opening,
            "contractor": firm.cvr,
            "contract": firm.contract,
            "kind": kind,
            "trade": firm.trade,
            "places": places,
            "starts_on": starts_on,
            "posted_on": posted_on,
        }
        self.story.say(firm.teller, "opening.posted", posted_on, data)
        return opening

    def fill(self, firm: Firm, opening: str, placement: str, on: date) -> None:
        """One place is taken."""
        data = {"opening": opening, "placement": placement, "filled_on": on}
        self.story.say(firm.teller, "opening.filled", on, data)

    def find(self, local: str, person: str, on: date, **known: Any) -> str:
        """Somebody may be a candidate; the candidate's id."""
        candidate = self.story.id(local, self.seeker.cvr)
        identified = {"person": person, "linking_circle": self.linking_circle, "identified_on": on, **known}
        self.story.say(self.seeker, "candidate.identified", on, identified, subject=candidate)
        return candidate

    def assess(self, candidate: str, on: date, result: str = "ready") -> None:
        """Ready, not yet, or with the social plan."""
        data = {"assessed_on": on, "result": result}
        self.story.say(self.seeker, "candidate.assessed", on, data, subject=candidate)

    def present(self, candidate: str, firm: Firm, opening: str, on: date) -> None:
        """With consent, the candidate is presented for an opening."""
        consent = {"given_on": after(on, -1), "expires_on": after(on, 364), "to": [firm.cvr]}
        self.story.say(self.seeker, "consent.given", after(on, -1), consent, subject=candidate)
        data = {**self._match(firm, opening), "presented_on": on}
        self.story.say(self.seeker, "candidate.presented", on, data, subject=candidate)

    def meet(self, candidate: str, firm: Firm, opening: str, on: date) -> None:
        """Contractor and candidate meet."""
        data = {**self._match(firm, opening), "interviewed_on": on}
        self.story.say(self.seeker, "candidate.interviewed", on, data, subject=candidate)

    def accept(self, candidate: str, firm: Firm, opening: str, on: date, placement: str | None = None) -> None:
        """The candidate gets the place."""
        data = {**self._match(firm, opening), "accepted_on": on, "placement": placement}
        self.story.say(self.seeker, "candidate.accepted", on, data, subject=candidate)

    def decline(self, candidate: str, firm: Firm, opening: str, on: date, by: str = "contractor") -> None:
        """The match comes to nothing; by whom, never why."""
        data = {**self._match(firm, opening), "declined_on": on, "by": by}
        self.story.say(self.seeker, "candidate.declined", on, data, subject=candidate)

    def _match(self, firm: Firm, opening: str) -> dict[str, Any]:
        return {"tender": self.story.tender, "opening": opening, "contractor": firm.cvr}
