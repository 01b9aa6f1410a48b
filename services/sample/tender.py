"""One tender of a portfolio while its life is told: its parties, its days and the post it writes to."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from random import Random
from typing import Any

from services.sample.days import ISO, Span
from services.sample.lines import Post, Sender
from services.sample.organisations import Company, Municipality

Data = Mapping[str, Any]


@dataclass(slots=True)
class Firm:
    """A contractor on the tender: what it sends itself, or has sent on its behalf."""

    company: Company
    contract: str
    office: Sender
    payroll: Sender
    periods: tuple[tuple[Span, ...], ...]
    engaged_on: int
    left_on: int

    @property
    def cvr(self) -> str:
        """Its CVR number."""
        return self.company.cvr

    def works_on(self, day: int) -> bool:
        """Whether it is on the site on a day."""
        return self.engaged_on <= day <= self.left_on


@dataclass(slots=True)
class Course:
    """A placement as its hours see it; `head` and `tail` are the parts of its lines that never change."""

    id: str
    firm: Firm
    start: int
    end: int
    weekly_hours: float
    head: str
    tail: str
    school: tuple[Span, ...] = ()


@dataclass(slots=True)
class Dates:
    """The days of a tender, as planned when it was registered; `last` is the last day that is told."""

    registered: int
    awarded: int
    signed: int
    starts: int
    handover: int
    last: int

    @property
    def year(self) -> str:
        """The year it was registered."""
        return ISO[self.registered][:4]


@dataclass(slots=True)
class Tender:
    """A tender, its senders by who they are, and what is going on there.

    `run` names the portfolio it belongs to, so that ids of two portfolios never meet in one database.
    """

    run: str
    number: int
    id: str
    rng: Random
    post: Post
    dates: Dates
    municipality: Municipality
    client: Sender
    secretariat: Sender
    site: Sender
    job_centre: Sender
    size: int
    firms: list[Firm] = field(default_factory=list)
    courses: list[Course] = field(default_factory=list)
    past_persons: list[str] = field(default_factory=list)
    openings: list[tuple[str, Firm, str]] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)

    @property
    def label(self) -> str:
        """What its ids begin with."""
        return f"{self.run}-{self.number}"

    @property
    def area(self) -> str:
        """The estate it lies in; neighbouring tenders share one."""
        return f"{self.client.cvr}:afdeling-{self.number % 40:02d}"

    def new_id(self, kind: str, minter: str | None = None) -> str:
        """A new id of a kind under this tender, minted by an organisation (the client, unless said)."""
        count = self.counts[kind] = self.counts.get(kind, 0) + 1
        return f"{minter or self.client.cvr}:{self.label}/{kind}-{count:03d}"

    def say(self, sender: Sender, name: str, day: int, data: Data) -> None:
        """Send an event of the tender on a day."""
        self.post.put(day, sender.line(name, self.id, day, data))

    def say_of(self, subject: str, sender: Sender, name: str, day: int, data: Data) -> None:
        """Send an event of another subject: a candidate, an area, the linking circle."""
        self.post.put(day, sender.line(name, subject, day, data))

    def firm_on(self, day: int) -> Firm:
        """One of the contractors that are on the site on a day; the first one where none is."""
        present = [firm for firm in self.firms if firm.works_on(day)] or self.firms
        return present[int(self.rng.random() * len(present))]

    def after(self, day: int, shortest: int, longest: int) -> int:
        """A day between so many and so many days after another."""
        return day + shortest + int(self.rng.random() * (longest - shortest + 1))
