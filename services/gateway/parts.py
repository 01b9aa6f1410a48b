"""What the gateway is handed when it is built: everything it works with, nothing it fetches itself."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated

from fastapi import Depends, Request

from schemas.vocabulary import Language
from services.gateway.admission import Admission
from services.gateway.denied import Denied
from services.gateway.forwarding import Conveyor, Forwarding
from services.gateway.insight import Plots
from services.gateway.limits import Limits
from services.gateway.uploads.desk import Desk
from services.metrics import GatewayMetrics
from services.store.access import Access
from services.store.keeper import Keeper
from services.store.store import Store
from services.store.vault import Vault


@dataclass(frozen=True, slots=True)
class Broker:
    """Who vouches for people of organisations (OpenID Connect), and how this gateway is known there."""

    issuer: str
    client_id: str
    client_secret: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Options:
    """How this gateway behaves.

    `url` is where people reach it; `cpr` whether person numbers may be sent to it; `deny` the file of keys that are
    refused at once.
    """

    url: str = "http://127.0.0.1:8731"
    language: Language = "da"
    cpr: bool = False
    requests_a_minute: int = 1200
    broker: Broker | None = None
    deny: Path | None = None

    @property
    def secure(self) -> bool:
        """Whether cookies may travel over HTTPS only."""
        return self.url.startswith("https://")


@dataclass(frozen=True, slots=True)
class Parts:
    """The parts of one gateway. `forwarding` is None where events go straight into the log."""

    store: Store
    access: Access
    vault: Vault
    admission: Admission
    forwarding: Forwarding | None
    keeper: Keeper
    limits: Limits
    denied: Denied
    metrics: GatewayMetrics
    plots: Plots
    uploads: Desk
    options: Options

    @classmethod
    def of(
        cls, store: Store, vault: Vault, keeper: Keeper, options: Options, conveyor: Conveyor | None = None
    ) -> Parts:
        """The parts of one gateway: credentials from the same database, and all else its own.

        With a `conveyor` events that come over the API go that way; pages and sheets commit by themselves, because
        people wait for the answer.
        """
        metrics, access = GatewayMetrics(), Access(store.database)
        admission = Admission(store, keeper.changed, metrics.group.observe)
        return cls(
            store=store,
            access=access,
            vault=vault,
            admission=admission,
            forwarding=Forwarding(conveyor, metrics.forwarded.observe) if conveyor else None,
            keeper=keeper,
            limits=Limits(options.requests_a_minute),
            denied=Denied(options.deny),
            metrics=metrics,
            plots=Plots(store),
            uploads=Desk(store, access, vault, admission, cpr=options.cpr),
            options=options,
        )


def _of(request: Request) -> Parts:
    parts: Parts = request.app.state.parts
    return parts


PartsOf = Annotated[Parts, Depends(_of)]
