"""Why the brokers do not let us in. kafka-python does not tell: it tries again until its time is over, and says that.

So before it begins, a connection is made by hand, up to where a login is taken or refused, with its own messages.
"""

from __future__ import annotations

import contextlib
import socket
import ssl
from collections.abc import Iterator, Mapping
from typing import Any

from kafka.errors import NoError, for_code
from kafka.net.sasl.scram import ScramClient
from kafka.protocol.parser import KafkaProtocol
from kafka.protocol.sasl import SaslAuthenticateRequest, SaslHandshakeRequest

_WITHIN_SECONDS = 1.0
_AT_ONCE = 65_536


def refusal(settings: Mapping[str, Any]) -> str | None:
    """What the first broker that answers holds against a client with these settings; None where it has nothing."""
    if settings["security_protocol"] == "PLAINTEXT":
        return None
    for server in settings["bootstrap_servers"]:
        try:
            with _connected(server, settings) as line:
                return _login_refused(line, settings) if "sasl_mechanism" in settings else None
        except ssl.SSLCertVerificationError as error:
            return f"we do not trust the certificate of {server} ({error.verify_message})"
        except OSError:
            continue
    return None


@contextlib.contextmanager
def _connected(server: str, settings: Mapping[str, Any]) -> Iterator[socket.socket]:
    host, _, port = server.rpartition(":")
    with socket.create_connection((host.strip("[]"), int(port)), _WITHIN_SECONDS) as line:
        if not settings["security_protocol"].endswith("SSL"):
            yield line
            return
        context = ssl.create_default_context(cafile=settings["ssl_cafile"])
        with context.wrap_socket(line, server_hostname=host.strip("[]")) as hidden:
            yield hidden


def _login_refused(line: socket.socket, settings: Mapping[str, Any]) -> str | None:
    parser = KafkaProtocol(client_id=settings["client_id"])

    def ask(request: Any) -> Any:
        parser.send_request(request)
        line.sendall(parser.send_bytes())
        while not (answers := parser.receive_bytes(_read(line))):
            continue
        return answers[0][1]

    mechanism, user = settings["sasl_mechanism"], settings["sasl_plain_username"]
    if for_code(ask(SaslHandshakeRequest(mechanism=mechanism, version=1)).error_code) is not NoError:
        return f"it takes no logins with {mechanism}"
    login = ScramClient(user, settings["sasl_plain_password"], mechanism)
    first = ask(SaslAuthenticateRequest(login.first_message(), version=2))
    if for_code(first.error_code) is NoError:
        login.process_server_first_message(first.auth_bytes)
        last = ask(SaslAuthenticateRequest(login.final_message(), version=2))
        if for_code(last.error_code) is NoError:
            return None
    return f"the login of {user}, or its password, is wrong"


def _read(line: socket.socket) -> bytes:
    got = line.recv(_AT_ONCE)
    if not got:
        raise ConnectionResetError
    return got
