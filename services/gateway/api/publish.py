"""Writes `schemas/published/openapi.json`: `python -m services.gateway.api.publish`; a test holds it fresh."""

from __future__ import annotations

import json

from schemas.publish import FOLDER
from services.gateway.app import routed

FILE = FOLDER / "openapi.json"


def text() -> str:
    """The description as it is written."""
    return json.dumps(routed().openapi(), ensure_ascii=False, indent=1) + "\n"


if __name__ == "__main__":
    FILE.write_text(text(), encoding="utf-8")
