"""The tables of schema `desk`, beside those of `services.store.tables`; a test holds them against the migrations."""

from typing import Any

from sqlalchemy import CheckConstraint, Column, DateTime, Index, Integer, LargeBinary, PrimaryKeyConstraint, Table, Text
from sqlalchemy import text as sql
from sqlalchemy.dialects.postgresql import JSONB

from services.store.tables import metadata

_SCHEMA = "desk"


def _id(name: str, *, primary_key: bool = False, nullable: bool = False) -> Column[Any]:
    return Column(name, Text(collation="C"), primary_key=primary_key, nullable=nullable)


upload = Table(
    "upload",
    metadata,
    _id("id", primary_key=True),
    _id("organisation"),
    _id("on_behalf_of", nullable=True),
    Column("layout", Text, nullable=True),
    Column("file_name", Text, nullable=False),
    Column("digest", LargeBinary, nullable=False),
    Column("state", Text, nullable=False),
    Column("counts", JSONB, nullable=False),
    Column("edition", Integer, nullable=False),
    Column("note", Text, nullable=True),
    Column("events", Integer, nullable=True),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("created_by", Text, nullable=False),
    Column("confirmed_at", DateTime(timezone=True), nullable=True),
    Column("rows", LargeBinary, nullable=True),
    Column("preview", LargeBinary, nullable=True),
    Column("marked", LargeBinary, nullable=True),
    CheckConstraint("", name="upload_state"),
    CheckConstraint("", name="upload_kept"),
    Index("upload_by_organisation", "organisation", "created_at"),
    Index("upload_open", "created_at", postgresql_where=sql("rows IS NOT NULL OR state = 'reading'")),
    schema=_SCHEMA,
)

mapping = Table(
    "mapping",
    metadata,
    _id("organisation"),
    _id("signature"),
    Column("mapping", JSONB, nullable=False),
    Column("used_at", DateTime(timezone=True), nullable=False),
    PrimaryKeyConstraint("organisation", "signature", name="mapping_pkey"),
    schema=_SCHEMA,
)
