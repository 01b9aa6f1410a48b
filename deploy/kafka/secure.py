"""A cluster that lets nobody in without a login and nobody do what was not allowed: TLS, SCRAM-SHA-512 and ACLs.

As an operator should have it, but for the controllers: they speak among themselves in the clear and without a login,
which is for one machine only.
"""

from __future__ import annotations

import datetime
import ipaddress
import secrets
from collections.abc import Sequence
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from services.settings import Kafka

ADMIN = "admin"
MECHANISM = "SCRAM-SHA-512"
_LASTS = datetime.timedelta(days=30)
_KEY = (Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


class Secured:
    """Users with passwords of their own and a certificate, all in one folder; `admin` may do everything."""

    def __init__(self, folder: Path, users: Sequence[str]) -> None:
        """What is there already stays as it is: a cluster knows its users from when its folder was made."""
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self._passwords = {user: folder / f"{user}.password" for user in (ADMIN, *users)}
        for file in self._passwords.values():
            if not file.exists():
                file.write_text(secrets.token_urlsafe())
        if not self.ca.exists():
            self.ca.write_bytes(_certificate(self._server))

    @property
    def ca(self) -> Path:
        """The certificate that clients trust."""
        return self._folder / "ca.pem"

    @property
    def _server(self) -> Path:
        return self._folder / "server.pem"

    @property
    def formatted_with(self) -> list[str]:
        """What `kafka-storage format` is told of the users."""
        told = [f"{MECHANISM}=[name={user},password={self._password(user)}]" for user in self._passwords]
        return [word for one in told for word in ("--add-scram", one)]

    @property
    def properties(self) -> dict[str, str]:
        """What a node is told beside what every node is."""
        brokers = f'required username="{ADMIN}" password="{self._password(ADMIN)}";'
        return {
            "inter.broker.listener.name": "SASL_SSL",
            "listener.security.protocol.map": "SASL_SSL:SASL_SSL,CONTROLLER:PLAINTEXT",
            "sasl.enabled.mechanisms": MECHANISM,
            "sasl.mechanism.inter.broker.protocol": MECHANISM,
            "listener.name.sasl_ssl.scram-sha-512.sasl.jaas.config": (
                f"org.apache.kafka.common.security.scram.ScramLoginModule {brokers}"
            ),
            "ssl.keystore.type": "PEM",
            "ssl.keystore.location": str(self._server),
            "ssl.truststore.type": "PEM",
            "ssl.truststore.location": str(self.ca),
            "authorizer.class.name": "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
            "allow.everyone.if.no.acl.found": "false",
            # The controllers' listener knows no users.
            "super.users": f"User:{ADMIN};User:ANONYMOUS",
        }

    def login(self, user: str, servers: str) -> Kafka:
        """How this user reaches the cluster."""
        return Kafka(tuple(servers.split(",")), user=user, password_file=self._passwords[user], ca=self.ca)

    def _password(self, user: str) -> str:
        return self._passwords[user].read_text()


def _certificate(server: Path) -> bytes:
    """A certificate for this machine that vouches for itself; with its key it is written to `server`."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "Kafka of a test")])
    now = datetime.datetime.now(datetime.UTC)
    here = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    made = (
        x509.CertificateBuilder(issuer_name=name, subject_name=name, public_key=key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(hours=1))
        .not_valid_after(now + _LASTS)
        .add_extension(here, critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
        .public_bytes(Encoding.PEM)
    )
    server.write_bytes(key.private_bytes(*_KEY) + made)
    return made
