"""What a user must be given who may not make roles and databases: the SQL for a superuser, once per user."""

from __future__ import annotations

from sqlalchemy import Connection, text

# Whoever migrates and serves acts as these; who reads boards is somebody else.
_ACTED_AS = ("bygspor_apply", "bygspor_gateway", "bygspor_access", "bygspor_desk")
_ROLES = (*_ACTED_AS, "bygspor_read")
_FOUND = text("""
SELECT quote_ident(current_user), quote_ident(current_database()), quote_ident(current_database() || '_vault'),
       ARRAY(SELECT wanted FROM unnest(CAST(:roles AS text[])) wanted WHERE to_regrole(wanted) IS NULL),
       ARRAY(SELECT wanted FROM unnest(CAST(:acted AS text[])) wanted WHERE
             CASE WHEN to_regrole(wanted) IS NULL THEN true ELSE NOT pg_has_role(wanted, 'SET') END),
       (SELECT pg_has_role(datdba, 'USAGE') FROM pg_database WHERE datname = current_database()),
       EXISTS (SELECT FROM pg_database WHERE datname = current_database() || '_vault')""")


def missing(connection: Connection) -> str:
    """The statements that give the user of a connection what it lacks, in one line; nothing where it lacks nothing."""
    asked = {"roles": list(_ROLES), "acted": list(_ACTED_AS)}
    user, database, vault, unmade, ungranted, owns, has_vault = connection.execute(_FOUND, asked).one()
    statements = [f"CREATE ROLE {role};" for role in unmade]
    if ungranted:
        statements.append(f"GRANT {', '.join(ungranted)} TO {user};")
    if not owns:
        statements.append(f"ALTER DATABASE {database} OWNER TO {user};")
    if not has_vault:
        statements.append(f"CREATE DATABASE {vault} OWNER {user};")
    return " ".join(statements)
