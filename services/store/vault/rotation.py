"""A life of keys: that they belong to this vault, that new ones come, and that old ones go when nothing needs them.

All of it runs in a transaction that holds the vault's lock (see `vault.py`).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from services.errors import BadInput, DatabaseUnavailable
from services.store.connections import Connection
from services.store.vault.keys import Keyring, Keys, MasterKey
from services.store.vault.names import normalised
from services.store.vault.sealing import decrypted, encrypted

_REGISTER = "INSERT INTO key_version (version, fingerprint) VALUES (%s, %s) ON CONFLICT (version) DO NOTHING"
_REGISTERED = "SELECT version, fingerprint FROM key_version ORDER BY version"
_USES = """
SELECT key_version, sum(persons)::int, sum(names)::int, sum(data_keys)::int
FROM (SELECT key_version, 1 AS persons, 0 AS names, 0 AS data_keys FROM subject
      UNION ALL SELECT key_version, 0, 1, 0 FROM name
      UNION ALL SELECT key_version, 0, 0, 1 FROM data_key) AS used
GROUP BY key_version"""
_WRAPPED = "SELECT owner, key_version, wrapped FROM data_key WHERE key_version <> %s"
_OLD_NAMES = """
SELECT n.organisation, n.person, n.ciphertext, k.key_version, k.wrapped
FROM name n JOIN data_key k ON k.owner = n.person WHERE n.key_version <> %s"""


@dataclass(frozen=True, slots=True)
class Version:
    """One live key, and the rows that can be read or found with it only."""

    version: int
    made_at: datetime
    persons: int = 0
    names: int = 0
    data_keys: int = 0

    @property
    def is_needed(self) -> bool:
        """Whether any row would be lost with it."""
        return any((self.persons, self.names, self.data_keys))


@dataclass(frozen=True, slots=True)
class Rotated:
    """A rotation: the new version, what was written anew, and the persons that wait for their number to be seen."""

    version: int
    data_keys: int
    names: int
    waiting: int


def belonging(connection: Connection, keyring: Keyring, keys: Keys | None) -> Keys:
    """The keys of the file, held against the vault; made where neither is there yet. Raises DatabaseUnavailable."""
    if keys is None and connection.execute(_REGISTERED).fetchone():
        # Whoever registered a key has made the file before: perhaps since it was looked for.
        keys = keyring.keys()
        if keys is None:
            raise _not_these(keyring, "The vault's key file {} is gone.")
    keys = keys or keyring.make()
    connection.cursor().executemany(_REGISTER, [(key.version, key.fingerprint) for key in keys.values()])
    uses = _uses(connection)
    for version, fingerprint in connection.execute(_REGISTERED).fetchall():
        # One that is gone and that nothing needs was being retired when the power went.
        if (version in keys or version in uses) and _fingerprint(keys.get(version)) != fingerprint:
            raise _not_these(keyring, "The keys in {} are not those that this vault was written with.")
    return keys


def rotate(connection: Connection, keyring: Keyring, keys: Keys) -> Rotated:
    """Make the next key; data keys and names are written anew with it now, a number when it is seen next."""
    (last,) = connection.execute("SELECT max(version) FROM key_version").fetchone() or (0,)
    # The file first: a key that nothing uses yet does no harm, and one that is used must not be missing.
    keys = belonging(connection, keyring, keyring.add(keys, last + 1))
    names = _find_names_by(connection, keys)
    data_keys = _wrap_with(connection, keys)
    waiting = sum(version.persons for version in versions(connection, keys) if version.version != keys.current.version)
    return Rotated(keys.current.version, data_keys, names, waiting)


def retire(connection: Connection, keyring: Keyring, keys: Keys, version: int) -> None:
    """Destroy a key that nothing needs. Raises BadInput for any other."""
    found = next((one for one in versions(connection, keys) if one.version == version), None)
    if found is None:
        live = ", ".join(map(str, keys))
        raise BadInput("vault.no_version", f"There is no key version {version}.", f"There are: {live}.")
    if version == keys.current.version:
        raise BadInput("vault.current_version", f"Key version {version} is in use.", "Make a new one: rotate.")
    if found.is_needed:
        raise BadInput(
            "vault.version_needed",
            f"Version {version} is needed by {found.persons} CPR numbers and {found.names + found.data_keys} names.",
            "A number moves to the new key when it is seen next, names when keys are rotated; keep it until then.",
        )
    connection.execute("DELETE FROM key_version WHERE version = %s", [version])
    keyring.remove(keys, version)


def versions(connection: Connection, keys: Keys) -> list[Version]:
    """Every live key with the rows that need it."""
    uses = _uses(connection)
    return [Version(key.version, key.made_at, *uses.get(key.version, ())) for key in keys.values()]


def _find_names_by(connection: Connection, keys: Keys) -> int:
    current = keys.current
    rows = connection.execute(_OLD_NAMES, [current.version]).fetchall()
    anew = []
    for organisation, person, sealed, version, wrapped in rows:
        key = decrypted(keys[version].wrapping, wrapped, "key", person)
        name = decrypted(key, sealed, "name", organisation, person).decode()
        anew.append((current.version, current.of_name(organisation, normalised(name)), organisation, person))
    connection.cursor().executemany(
        "UPDATE name SET key_version = %s, lookup = %s WHERE organisation = %s AND person = %s", anew
    )
    return len(anew)


def _wrap_with(connection: Connection, keys: Keys) -> int:
    current = keys.current
    anew = []
    for owner, version, wrapped in connection.execute(_WRAPPED, [current.version]).fetchall():
        key = decrypted(keys[version].wrapping, wrapped, "key", owner)
        anew.append((current.version, encrypted(current.wrapping, key, "key", owner), owner))
    connection.cursor().executemany("UPDATE data_key SET key_version = %s, wrapped = %s WHERE owner = %s", anew)
    return len(anew)


def _uses(connection: Connection) -> dict[int, tuple[int, int, int]]:
    return {version: (persons, names, data_keys) for version, persons, names, data_keys in connection.execute(_USES)}


def _fingerprint(key: MasterKey | None) -> bytes | None:
    return key.fingerprint if key else None


def _not_these(keyring: Keyring, what: str) -> DatabaseUnavailable:
    return DatabaseUnavailable(
        "vault.wrong_keys",
        what.format(keyring.path),
        "Put the right key file back from its backup, or set BYGSPOR_KEYS to it. Without it no name can be read.",
    )
