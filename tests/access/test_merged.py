"""Kinds that tell on a person are shown as one: in PostgreSQL just as in the reports."""

from __future__ import annotations

import psycopg

from schemas.vocabulary import PlacementKind
from services.reports.words import JOB_PLACEMENTS


def test_postgresql_merges_the_kinds_that_the_reports_merge(database_url: str) -> None:
    with psycopg.connect(database_url) as connection:
        merged = {
            kind: connection.execute("SELECT access.merged(%s)", [kind.value]).fetchall()[0][0]
            for kind in PlacementKind
        }
    assert {kind for kind, shown in merged.items() if shown == "jobforloeb"} == JOB_PLACEMENTS
    assert all(shown == kind.value for kind, shown in merged.items() if kind not in JOB_PLACEMENTS)
