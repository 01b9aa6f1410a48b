"""The tables of who may come in, beside those of `services.store.tables`; a test holds them against the migrations."""

from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    DateTime,
    ForeignKey,
    Identity,
    Index,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
)
from sqlalchemy.dialects.postgresql import ARRAY

from services.store.tables import metadata

_SCHEMA = "access"


def _text(name: str, *, nullable: bool = False) -> Column[Any]:
    return Column(name, Text, nullable=nullable)


def _id(name: str, *more: Any, nullable: bool = False, unique: bool | None = None) -> Column[Any]:
    return Column(name, Text(collation="C"), *more, nullable=nullable, unique=unique)


def _at(name: str, *, nullable: bool = False) -> Column[Any]:
    return Column(name, DateTime(timezone=True), nullable=nullable)


def _of_organisation(*, nullable: bool = False) -> Column[Any]:
    return _id("organisation", ForeignKey("access.organisation.cvr"), nullable=nullable)


organisation = Table(
    "organisation",
    metadata,
    Column("cvr", Text(collation="C"), primary_key=True),
    _text("name"),
    Column("kinds", ARRAY(Text), nullable=False),
    Column("municipality", Integer, nullable=True),
    Column("active", Boolean, nullable=False),
    _at("created_at"),
    schema=_SCHEMA,
)

app_user = Table(
    "app_user",
    metadata,
    Column("no", Integer, Identity(), primary_key=True),
    _of_organisation(nullable=True),
    _id("login", unique=True),
    _text("name"),
    _text("role"),
    _text("password_hash", nullable=True),
    Column("must_change", Boolean, nullable=False),
    _id("oidc_issuer", nullable=True),
    _id("oidc_subject", nullable=True),
    _text("language"),
    Column("active", Boolean, nullable=False),
    _at("created_at"),
    _at("last_login_at", nullable=True),
    UniqueConstraint("oidc_issuer", "oidc_subject", name="app_user_oidc"),
    CheckConstraint("(organisation IS NULL) = (role = 'operator')", name="app_user_operator"),
    schema=_SCHEMA,
)

api_key = Table(
    "api_key",
    metadata,
    Column("no", Integer, Identity(), primary_key=True),
    _of_organisation(),
    _text("label"),
    _text("role"),
    _id("prefix", unique=True),
    Column("hash", LargeBinary, nullable=False),
    _at("created_at"),
    _text("created_by"),
    _at("expires_at", nullable=True),
    _at("revoked_at", nullable=True),
    _at("last_used_at", nullable=True),
    Index("api_key_by_organisation", "organisation"),
    schema=_SCHEMA,
)

session = Table(
    "session",
    metadata,
    Column("token_hash", LargeBinary, primary_key=True),
    Column("user_no", Integer, ForeignKey("access.app_user.no"), nullable=False),
    _text("csrf"),
    _at("created_at"),
    _at("last_seen_at"),
    _at("expires_at"),
    Index("session_by_user", "user_no"),
    schema=_SCHEMA,
)

link = Table(
    "link",
    metadata,
    Column("no", Integer, Identity(), primary_key=True),
    Column("token_hash", LargeBinary, nullable=False, unique=True),
    _of_organisation(),
    _id("tender", nullable=True),
    _text("label"),
    _text("created_by"),
    _at("created_at"),
    _at("expires_at"),
    _at("revoked_at", nullable=True),
    _at("last_used_at", nullable=True),
    Index("link_by_organisation", "organisation"),
    schema=_SCHEMA,
)

mandate = Table(
    "mandate",
    metadata,
    _of_organisation(),
    _id("tender"),
    _text("given_by"),
    _at("given_at"),
    Column("until", Date, nullable=True),
    PrimaryKeyConstraint("organisation", "tender", name="mandate_pkey"),
    schema=_SCHEMA,
)

look = Table(
    "look",
    metadata,
    Column("no", BigInteger, Identity(), primary_key=True),
    _at("at"),
    _id("who"),
    _id("organisation", nullable=True),
    _text("what"),
    _id("tender", nullable=True),
    Index("look_by_tender", "tender", "at"),
    schema=_SCHEMA,
)

visible = Table(
    "visible",
    metadata,
    _id("organisation"),
    Column("subject_no", Integer, nullable=False),
    _id("relation"),
    PrimaryKeyConstraint("organisation", "subject_no", "relation", name="visible_pkey"),
    Index("visible_by_subject", "subject_no"),
    schema=_SCHEMA,
)
