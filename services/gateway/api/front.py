"""The API's front page: its routes at a glance, for people."""

from __future__ import annotations

from fastapi import APIRouter, FastAPI, Request
from fastapi.responses import HTMLResponse

from services.gateway.pages.rendering import render
from services.gateway.pages.stops import page

router = APIRouter(include_in_schema=False)


@router.get("/")
def front(request: Request) -> HTMLResponse:
    """Every route with its summary, as the description has them."""
    app: FastAPI = request.app
    routes = [
        (method.upper(), path, operation["summary"], operation.get("description", ""))
        for path, operations in app.openapi()["paths"].items()
        for method, operation in operations.items()
    ]
    return HTMLResponse(render(page(request), "api.html", routes=routes))
