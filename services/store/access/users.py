"""People who may log in: with a password kept here, or through a broker that knows them (OIDC)."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from psycopg import errors

from services.domain.rights import Role
from services.errors import BadInput
from services.store.access import passwords
from services.store.access.room import Room, unknown
from services.store.connections import Connection

_COLUMNS = b"no, organisation, login, name, role, language, active, must_change, created_at, last_login_at"
_ADD = (
    b"""
INSERT INTO access.app_user (organisation, login, name, role, password_hash, must_change, language, active, created_at)
VALUES (%%s, %%s, %%s, %%s, %%s, true, %%s, true, %%s) RETURNING %s"""
    % _COLUMNS
)
_GET = b"SELECT %s FROM access.app_user WHERE no = %%s" % _COLUMNS
_BY_LOGIN = b"SELECT %s FROM access.app_user WHERE login = %%s" % _COLUMNS
_LIST = b"SELECT %s FROM access.app_user WHERE %%s::text IS NULL OR organisation = %%s ORDER BY login" % _COLUMNS
_KEPT = b"SELECT no, password_hash FROM access.app_user WHERE login = %s AND active"
_LOGGED_IN = (
    b"""
UPDATE access.app_user SET last_login_at = %%s, password_hash = coalesce(%%s, password_hash) WHERE no = %%s
RETURNING %s"""
    % _COLUMNS
)
_SET_PASSWORD = b"UPDATE access.app_user SET password_hash = %s, must_change = %s WHERE no = %s"
_DEACTIVATE = b"UPDATE access.app_user SET active = false WHERE no = %s"
_LET_IN = b"UPDATE access.app_user SET active = true WHERE no = %s"
_CHANGE_ROLE = b"UPDATE access.app_user SET role = %s WHERE no = %s"
_AWAITING = b"""
INSERT INTO access.app_user
       (organisation, login, name, role, must_change, oidc_issuer, oidc_subject, language, active, created_at)
VALUES (%s, %s, %s, %s, false, %s, %s, 'da', false, %s) ON CONFLICT DO NOTHING"""
_CLOSE = b"DELETE FROM access.session WHERE user_no = %s"
_BY_OIDC = (
    b"""
SELECT %s FROM access.app_user WHERE oidc_issuer = %%s AND oidc_subject = %%s AND active"""
    % _COLUMNS
)
_OPERATORS = b"SELECT EXISTS (SELECT FROM access.app_user WHERE role = 'operator')"
_ONE_AT_A_TIME = b"LOCK TABLE access.app_user IN SHARE ROW EXCLUSIVE MODE"


@dataclass(frozen=True, slots=True)
class User:
    """One person. `organisation` is None for operators. `must_change`: the password is good for one login.

    Who `awaits` came through a broker and has yet to be let in.
    """

    no: int
    organisation: str | None
    login: str
    name: str
    role: Role
    language: str
    active: bool
    must_change: bool
    created_at: datetime
    last_login_at: datetime | None

    @property
    def awaits(self) -> bool:
        """Whether nobody has decided about this user yet: invited ones begin with a password to be changed."""
        return not self.active and not self.must_change and self.last_login_at is None


class _New(NamedTuple):
    organisation: str | None
    login: str
    name: str
    role: Role
    language: str


class Users:
    """The register of people."""

    def __init__(self, room: Room) -> None:
        self._room = room

    def create(
        self, organisation: str | None, login: str, name: str, role: Role, language: str = "da"
    ) -> tuple[User, str]:
        """A new user with a random password, which is told here and never again.

        Raises BadInput where the login is taken, or the organisation is unknown or does not fit the role.
        """
        if (organisation is None) != (role is Role.OPERATOR):
            hint = "Operators belong to no organisation; everybody else to one."
            raise BadInput("user.role", f"The role {role.value} does not fit the organisation.", hint)
        with self._room.transaction() as connection:
            return self._create(connection, _New(organisation, login, name, role, language))

    def first_administrator(self) -> tuple[User, str] | None:
        """An operator called `admin` with a random password, told once; None where there is an operator already."""
        with self._room.transaction() as connection:
            connection.execute(_ONE_AT_A_TIME)
            (there_is_one,) = connection.execute(_OPERATORS).fetchone() or (True,)
            if there_is_one:
                return None
            return self._create(connection, _New(None, "admin", "Administrator", Role.OPERATOR, "da"))

    def check_login(self, login: str, password: str) -> User | None:
        """The user, if the password is right; None takes as long whether the login is unknown or the password wrong."""
        with self._room.transaction() as connection:
            no, kept = connection.execute(_KEPT, [_plain(login)]).fetchone() or (None, None)
        if not passwords.matches(kept, password):
            return None
        renewed = passwords.hashed(password) if passwords.is_outdated(kept) else None
        with self._room.transaction() as connection:
            return _read(connection.execute(_LOGGED_IN, [self._room.now(), renewed, no]).fetchone())

    def set_password(self, no: int, password: str) -> None:
        """A user's own choice. Ends all sessions of the user. Raises BadInput where it is short or obvious."""
        user = self._must(no)
        self._set_password(user.no, passwords.checked(password, user.login), must_change=False)

    def reset_password(self, no: int) -> str:
        """A new random password for one login, told here and never again. Ends all sessions of the user."""
        password = passwords.one_time()
        self._set_password(self._must(no).no, password, must_change=True)
        return password

    def deactivate(self, no: int) -> None:
        """The user may not come in any more, and is out at once. What was done under the name stays known."""
        with self._room.transaction() as connection:
            if connection.execute(_DEACTIVATE, [no]).rowcount == 0:
                raise unknown("user", no)
            connection.execute(_CLOSE, [no])

    def let_in(self, no: int) -> None:
        """The user may come in: for the first time after `await_decision`, or again."""
        self._change(_LET_IN, no, no)

    def change_role(self, no: int, role: Role) -> None:
        """Another role within the organisation, from the next request on. Raises BadInput for an operator's."""
        if role is Role.OPERATOR or self._must(no).organisation is None:
            raise BadInput("user.role", f"User {no} cannot become {role.value}.", "Operators stay operators.")
        self._change(_CHANGE_ROLE, no, role.value, no)

    def await_decision(self, organisation: str, name: str, issuer: str, subject: str) -> None:
        """Note somebody whom an issuer vouches for, as a reader who may not come in before `let_in`; once only."""
        login = f"mitid-{hashlib.sha256(f'{issuer} {subject}'.encode()).hexdigest()[:10]}"
        values = [organisation, login, name.strip() or login, Role.READER.value, issuer, subject, self._room.now()]
        with self._room.transaction() as connection:
            connection.execute(_AWAITING, values)

    def get(self, no: int) -> User | None:
        """A user by number."""
        return self._one(_GET, no)

    def by_login(self, login: str) -> User | None:
        """A user by login, however it is written."""
        return self._one(_BY_LOGIN, _plain(login))

    def list(self, organisation: str | None = None) -> list[User]:
        """The users of an organisation, or all, by login."""
        with self._room.transaction() as connection:
            return [_read(row) for row in connection.execute(_LIST, [organisation, organisation])]

    def by_oidc(self, issuer: str, subject: str) -> User | None:
        """The active user whom an issuer knows as `subject`."""
        return self._one(_BY_OIDC, issuer, subject)

    def logged_in(self, no: int) -> User:
        """Note that a user came in without a password of ours."""
        with self._room.transaction() as connection:
            return _read(connection.execute(_LOGGED_IN, [self._room.now(), None, no]).fetchone())

    def _create(self, connection: Connection, new: _New) -> tuple[User, str]:
        password = passwords.one_time()
        values = [new.organisation, _login(new.login), new.name.strip(), new.role.value, passwords.hashed(password)]
        try:
            row = connection.execute(_ADD, [*values, new.language, self._room.now()]).fetchone()
        except errors.UniqueViolation:
            hint = "Choose another, for example an e-mail."
            raise BadInput("user.known", f"The login {new.login} is taken.", hint) from None
        except errors.ForeignKeyViolation:
            raise unknown("org", new.organisation) from None
        return _read(row), password

    def _set_password(self, no: int, password: str, *, must_change: bool) -> None:
        kept = passwords.hashed(password)
        with self._room.transaction() as connection:
            connection.execute(_SET_PASSWORD, [kept, must_change, no])
            connection.execute(_CLOSE, [no])

    def _change(self, statement: bytes, no: int, *values: object) -> None:
        with self._room.transaction() as connection:
            if connection.execute(statement, values).rowcount == 0:
                raise unknown("user", no)

    def _must(self, no: int) -> User:
        found = self.get(no)
        if found is None:
            raise unknown("user", no)
        return found

    def _one(self, query: bytes, *values: object) -> User | None:
        with self._room.transaction() as connection:
            row = connection.execute(query, values).fetchone()
        return _read(row) if row else None


def _plain(login: str) -> str:
    return login.strip().lower()


def _login(login: str) -> str:
    plain = _plain(login)
    if not plain or any(sign.isspace() for sign in plain):
        raise BadInput("user.login", f"{login!r} cannot be a login.", "A login has no spaces, for example an e-mail.")
    return plain


def _read(row: tuple[object, ...] | None) -> User:
    no, organisation, login, name, role, *rest = row or ()
    return User(no, organisation, login, name, Role.of(str(role)), *rest)  # type: ignore[arg-type]
