"""Administration: an organisation's people, keys and mandates by its own administrators, organisations by operators."""

from __future__ import annotations

from fastapi import APIRouter

from services.gateway.pages.administration import keys, looks, mandates, organisations, people

router = APIRouter()
for part in (organisations, people, keys, mandates, looks):
    router.include_router(part.router)
