"""The web pages: server-rendered, in Danish and English, working without JavaScript and on a phone."""

from __future__ import annotations

from fastapi import Depends, FastAPI

from services.gateway.pages import (
    account,
    actions,
    administration,
    assets,
    candidates,
    home,
    language,
    link,
    links,
    login,
    oidc,
    openings,
    report,
    report_events,
    report_forms,
    report_hours,
    stops,
    tenders,
    upload,
)
from services.gateway.pages.posting import guarded

# One line for each group of pages.
_ROUTERS = (
    home.router,
    actions.router,
    login.router,
    oidc.router,
    account.router,
    administration.router,
    tenders.router,
    report.router,
    report_events.router,
    report_hours.router,
    report_forms.router,
    openings.router,
    upload.router,
    candidates.router,
    links.router,
    link.router,
)


def add_to(app: FastAPI) -> None:
    """Add every page, its styles and scripts, and the pages for what goes wrong."""
    stops.add_to(app)
    app.include_router(assets.router)
    app.include_router(language.router)
    for router in _ROUTERS:
        app.include_router(router, dependencies=[Depends(guarded)], include_in_schema=False)
