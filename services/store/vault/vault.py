"""The vault as everybody else sees it: numbers to persons, persons to names, bytes that only we can read.

Every piece of work takes a lock in the vault's database before it looks at the key file: shared for daily work,
alone for a change of keys and for erasing. So within one piece of work nobody's keys change, in whichever process.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from sqlalchemy import make_url

from services.errors import DatabaseUnavailable
from services.store.connections import Connection, Database
from services.store.vault import rotation, tables
from services.store.vault.keys import Keyring, Keys
from services.store.vault.names import closest, normalised, written
from services.store.vault.numbers import new_subject_id, ten_digits
from services.store.vault.rotation import Rotated, Version
from services.store.vault.sealing import decrypted, digest, encrypted, new_key

# Any number will do that nobody else takes in this database; this one spells "keys".
_LOCK = 0x6B657973
_SHARED = f"SELECT pg_advisory_xact_lock_shared({_LOCK})"
_ALONE = f"SELECT pg_advisory_xact_lock({_LOCK})"
_CONNECT_SECONDS = "5"

_ADD_SUBJECT = """
INSERT INTO subject (subject_id, circle, key_version, hmac) VALUES (%s, %s, %s, %s)
ON CONFLICT (circle, key_version, hmac) DO NOTHING"""
_FIND_SUBJECT = """
SELECT s.subject_id, s.key_version FROM subject s
JOIN unnest(%s::int[], %s::bytea[]) AS known (key_version, hmac) USING (key_version, hmac) WHERE s.circle = %s"""
_GIVE_NAME = """
INSERT INTO name (organisation, person, ciphertext, key_version, lookup) VALUES (%s, %s, %s, %s, %s)
ON CONFLICT (organisation, person) DO UPDATE
SET ciphertext = excluded.ciphertext, key_version = excluded.key_version, lookup = excluded.lookup"""
_NAMES = """
SELECT n.person, n.ciphertext, k.key_version, k.wrapped
FROM name n JOIN data_key k ON k.owner = n.person WHERE n.organisation = %s"""
_FIND_NAME = """
SELECT n.person FROM name n
JOIN unnest(%s::int[], %s::bytea[]) AS known (key_version, lookup) USING (key_version, lookup)
WHERE n.organisation = %s ORDER BY n.person"""


@dataclass(frozen=True, slots=True)
class Erased:
    """What was held of a person, and is no more."""

    names: int
    numbers: int


class Vault:
    """One vault. May be used from several threads; opens nothing until it is used; `close` gives connections back.

    Every method raises DatabaseUnavailable: `vault.unavailable`, which may be tried again, where the database does
    not answer, and other codes where it does not let us in, or key file and database do not belong together.
    """

    def __init__(self, url: str, keyring: Keyring, *, connections: int = 4) -> None:
        parts = make_url(url)
        if "connect_timeout" not in parts.query:
            # A request waits for this: a host that is gone must not hold it for minutes.
            parts = parts.update_query_dict({"connect_timeout": _CONNECT_SECONDS})
        self.url = parts.render_as_string(hide_password=False)
        self._database = Database(self.url, size=connections)
        self._keyring = keyring
        self._is_made = False
        self._checked: Keys | None = None

    def close(self) -> None:
        """Close the connections."""
        self._database.close()

    def ready(self) -> None:
        """Do nothing, where the vault can be used; raise what keeps it from being used where it cannot."""
        with self._opened():
            pass

    def subject_of(self, circle: str, cpr_text: str) -> str:
        """The person id (`{circle's CVR}:{random}`) of a CPR number: always the same within one linking circle.

        Raises BadInput where the text is no CPR number; nothing that is raised repeats it.
        """
        number = ten_digits(cpr_text)
        with self._opened() as (connection, keys):
            digests = {key.version: key.of_number(circle, number) for key in keys.values()}
            subject_id = _subject(connection, circle, digests, keys.current.version)
        return f"{circle[:8]}:{subject_id}"

    def give_name(self, organisation: str, person: str, name: str) -> None:
        """Keep what an organisation calls a person, instead of what it called them before.

        Two persons may have one name. Raises BadInput where it is no name; nothing that is raised repeats it.
        """
        self.give_names(organisation, {person: name})

    def give_names(self, organisation: str, names: Mapping[str, str]) -> None:
        """Keep the names of several persons, all or none. Raises BadInput where one of them is no name."""
        plain = {person: written(name) for person, name in sorted(names.items())}
        with self._opened() as (connection, keys):
            for person, name in plain.items():
                key = _data_key(connection, keys, person)
                sealed = encrypted(key, name.encode(), "name", organisation, person)
                lookup = keys.current.of_name(organisation, normalised(name))
                connection.execute(_GIVE_NAME, [organisation, person, sealed, keys.current.version, lookup])

    def names(self, organisation: str, persons: Iterable[str]) -> dict[str, str]:
        """What an organisation calls these persons; who has no name with it is left out."""
        with self._opened() as (connection, keys):
            return _names(connection, keys, organisation, list(persons))

    def all_names(self, organisation: str) -> dict[str, str]:
        """Everybody an organisation has a name for."""
        with self._opened() as (connection, keys):
            return _names(connection, keys, organisation)

    def find(self, organisation: str, name: str) -> list[str]:
        """The persons an organisation calls so, whatever the case and the spaces; several may share a name."""
        plain = normalised(name)
        with self._opened() as (connection, keys):
            lookups = [key.of_name(organisation, plain) for key in keys.values()]
            found = connection.execute(_FIND_NAME, [list(keys), lookups, organisation]).fetchall()
        return [person for (person,) in found]

    def near(self, organisation: str, name: str) -> list[tuple[str, str]]:
        """The (person, name) of an organisation that are much like a name without being it, the likest first."""
        return closest(name, self.all_names(organisation).items())

    def coder(self, organisation: str) -> Callable[[str], str]:
        """Turns text into 24 signs that say nothing of it, and are the same for good within one organisation."""
        with self._opened() as (connection, keys):
            key = _data_key(connection, keys, organisation)
        return lambda text: digest(key, "code", organisation, text).hex()[:24]

    def seal(self, organisation: str, plain: bytes) -> bytes:
        """Bytes that only `unseal` for the same organisation can read."""
        with self._opened() as (connection, keys):
            return encrypted(_data_key(connection, keys, organisation), plain, "sealed", organisation)

    def unseal(self, organisation: str, sealed: bytes) -> bytes:
        """What was sealed. Raises BygSporError where it was another organisation's, or was changed."""
        with self._opened() as (connection, keys):
            return decrypted(_data_key(connection, keys, organisation), sealed, "sealed", organisation)

    def erase(self, person: str) -> Erased:
        """Destroy the key of a person's names and all that is held here; their events and the figures stay.

        Backups of the vault still hold it until they are discarded.
        """
        circle, _, subject_id = person.partition(":")
        with self._opened(_ALONE) as (connection, _):
            names = connection.execute("DELETE FROM name WHERE person = %s", [person]).rowcount
            connection.execute("DELETE FROM data_key WHERE owner = %s", [person])
            numbers = connection.execute(
                "DELETE FROM subject WHERE subject_id = %s AND left(circle, 8) = %s", [subject_id, circle]
            ).rowcount
        return Erased(names, numbers)

    def rotate(self) -> Rotated:
        """Make a new key and write with it from now on; ids, names and the log stay as they are."""
        with self._opened(_ALONE) as (connection, keys):
            return rotation.rotate(connection, self._keyring, keys)

    def retire(self, version: int) -> None:
        """Destroy an old key. Raises BadInput where it is the current one, or a row still needs it."""
        with self._opened(_ALONE) as (connection, keys):
            rotation.retire(connection, self._keyring, keys, version)

    def versions(self) -> list[Version]:
        """The live keys, and how many rows need each."""
        with self._opened() as (connection, keys):
            return rotation.versions(connection, keys)

    @contextlib.contextmanager
    def _opened(self, lock: str = _SHARED) -> Iterator[tuple[Connection, Keys]]:
        """One transaction under the lock, and the keys that belong to it."""
        with _as_vault():
            if not self._is_made:
                # Threads that do this at once do no harm; one that waited for a lock would wait for every time-out.
                tables.make_ready(self.url)
                self._is_made = True
            with self._database.transaction(lock) as connection:
                keys = self._keyring.keys()
                if keys is None or keys is not self._checked:
                    self._checked = keys = rotation.belonging(connection, self._keyring, keys)
                yield connection, keys


@contextlib.contextmanager
def _as_vault() -> Iterator[None]:
    """Within it, a database that does not answer is the vault's, which only some requests need."""
    try:
        yield
    except DatabaseUnavailable as error:
        if not error.code.startswith("database."):
            raise
        if not error.retriable:
            hint = "Mend BYGSPOR_VAULT_URL (without it: the database …_vault beside the other), or the server."
            raise DatabaseUnavailable("vault.refused", f"The vault: {error.message}", hint) from error
        raise DatabaseUnavailable(
            "vault.unavailable",
            "The vault, which holds names and CPR pseudonyms, does not answer.",
            "Nothing half done is left behind; what needs neither goes on.",
            retriable=True,
        ) from error


def _subject(connection: Connection, circle: str, digests: dict[int, bytes], current: int) -> str:
    search = [list(digests), list(digests.values()), circle]
    found = connection.execute(_FIND_SUBJECT, search).fetchone()
    if found is None:
        connection.execute(_ADD_SUBJECT, [new_subject_id(), circle, current, digests[current]])
        # Ours, or that of whoever saw the number in the same moment and was quicker.
        found = connection.execute(_FIND_SUBJECT, search).fetchone()
    elif found[1] != current:
        again = "UPDATE subject SET key_version = %s, hmac = %s WHERE subject_id = %s AND key_version = %s"
        connection.execute(again, [current, digests[current], *found])
    if found is None:
        raise LookupError("a person that was just added is not there")
    return str(found[0])


def _data_key(connection: Connection, keys: Keys, owner: str) -> bytes:
    """The key of a person or an organisation, made at first use."""
    find = "SELECT key_version, wrapped FROM data_key WHERE owner = %s"
    found = connection.execute(find, [owner]).fetchone()
    if found is None:
        wrapped = encrypted(keys.current.wrapping, new_key(), "key", owner)
        add = "INSERT INTO data_key (owner, key_version, wrapped) VALUES (%s, %s, %s) ON CONFLICT (owner) DO NOTHING"
        connection.execute(add, [owner, keys.current.version, wrapped])
        found = connection.execute(find, [owner]).fetchone()
    if found is None:
        raise LookupError("a key that was just added is not there")
    return decrypted(keys[found[0]].wrapping, found[1], "key", owner)


def _names(connection: Connection, keys: Keys, organisation: str, persons: list[str] | None = None) -> dict[str, str]:
    if persons is None:
        rows = connection.execute(_NAMES, [organisation])
    else:
        rows = connection.execute(f"{_NAMES} AND n.person = ANY(%s)", [organisation, persons])
    return {
        person: decrypted(
            decrypted(keys[version].wrapping, wrapped, "key", person), sealed, "name", organisation, person
        ).decode()
        for person, sealed, version, wrapped in rows
    }
