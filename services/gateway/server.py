"""The gateway as a process: one event loop that listens."""

from __future__ import annotations

import logging
import socket

import uvicorn
from starlette.types import ASGIApp

from services import logs
from services.errors import BadInput

_PORTS_TRIED = 20


def listen(host: str, port: int, *, or_near: bool = False) -> socket.socket:
    """A socket that listens; with `or_near`, on the next free port where this one is taken. Raises BadInput."""
    for candidate in range(port, port + (_PORTS_TRIED if or_near else 1)):
        found = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
        found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            found.bind((host, candidate))
        except OSError as error:
            found.close()
            reason = error.strerror
            continue
        return found
    raise BadInput("gateway.address", f"Cannot listen on {host}:{port}: {reason}.", "Choose another with --port.")


def serve(app: ASGIApp, listening: socket.socket, *, quiet: bool = False) -> None:
    """Answer requests until the process is told to stop (SIGINT, SIGTERM); those under way are answered first.

    What is logged goes to standard error: a line of JSON per request, or with `quiet` only what is wrong.
    """
    logs.to_standard_error(logging.WARNING if quiet else logging.INFO)
    config = uvicorn.Config(
        app,
        access_log=False,
        log_config=None,
        server_header=False,
        # A proxy in front is a matter of the operator's: nobody else may say where a request came from.
        proxy_headers=False,
        timeout_graceful_shutdown=20,
    )
    uvicorn.Server(config).run([listening])
