"""Styles, scripts, fonts and icons: read once, served under an address that changes with their content.

One edition covers the whole folder, so that what a style sheet names relatively is found beside it, and so that a
browser may keep everything for ever: a new version of BygSpor has new addresses.
"""

from __future__ import annotations

import gzip
import hashlib
import mimetypes
from dataclasses import dataclass
from pathlib import Path

from fastapi import APIRouter, Request, Response
from starlette.exceptions import HTTPException

FOLDER = Path(__file__).parent / "static"
_KEPT = {".css", ".js", ".svg", ".woff2"}
_FOR_EVER = "public, max-age=31536000, immutable"


@dataclass(frozen=True, slots=True)
class _Asset:
    """One file, as it is and packed; packed is empty where packing gains nothing."""

    content: bytes
    packed: bytes
    media_type: str


def _read(path: Path) -> _Asset:
    content = path.read_bytes()
    packed = b"" if path.suffix == ".woff2" else gzip.compress(content, mtime=0)
    media_type = mimetypes.guess_type(path.name)[0] or "font/woff2"
    return _Asset(content, packed, media_type)


_ASSETS = {
    path.relative_to(FOLDER).as_posix(): _read(path) for path in sorted(FOLDER.rglob("*")) if path.suffix in _KEPT
}
EDITION = hashlib.sha256(
    b"".join(name.encode() + hashlib.sha256(asset.content).digest() for name, asset in _ASSETS.items())
).hexdigest()[:12]
router = APIRouter(include_in_schema=False)


def asset(name: str) -> str:
    """The address of a static file, as ``css/bygspor.css``. Raises KeyError where there is no such file."""
    _ = _ASSETS[name]
    return f"/static/{EDITION}/{name}"


@router.api_route("/static/{edition}/{name:path}", methods=["GET", "HEAD"])
def serve(edition: str, name: str, request: Request) -> Response:
    """A static file. One of an older edition is answered with today's, and then not to be kept."""
    found = _ASSETS.get(name)
    if found is None:
        raise HTTPException(404)
    headers = {"Cache-Control": _FOR_EVER if edition == EDITION else "no-cache", "Vary": "Accept-Encoding"}
    if found.packed and "gzip" in request.headers.get("accept-encoding", ""):
        return Response(found.packed, headers={**headers, "Content-Encoding": "gzip"}, media_type=found.media_type)
    return Response(found.content, headers=headers, media_type=found.media_type)
