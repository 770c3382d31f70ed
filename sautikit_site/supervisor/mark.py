"""Which code last migrated and seeded a database, written down in that database."""

from __future__ import annotations

import contextlib
import hashlib
from typing import Final

from sautikit_site.bootstrap import ROOT

_NOT_CODE: Final = {"var", "tests", "bench", "sdks", "static", "templates", "node_modules"}


def code_mark() -> str:
    """Name the code that migrates and seeds: every Python file of the apps and the lock."""
    digest = hashlib.sha256((ROOT / "requirements.txt").read_bytes())
    for folder in sorted(ROOT.iterdir()):
        if folder.is_dir() and not folder.name.startswith(".") and folder.name not in _NOT_CODE:
            for file in sorted(folder.rglob("*.py")):
                digest.update(str(file.relative_to(ROOT)).encode())
                digest.update(file.read_bytes())
    return f"code {digest.hexdigest()[:32]}"


def read_mark(url: str) -> str | None:
    """Read the mark kept as the database's own comment: it goes where the database goes."""
    import psycopg

    query = (
        "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = "
        "current_database()"
    )
    with contextlib.suppress(psycopg.Error), psycopg.connect(url, connect_timeout=10) as database:
        row = database.execute(query).fetchone()
        return row[0] if row else None
    return None


def write_mark(url: str, mark: str) -> None:
    """Leave the mark; a server that refuses is migrated again next time, which does no harm."""
    import psycopg
    from psycopg import sql

    with contextlib.suppress(psycopg.Error), psycopg.connect(url, connect_timeout=10) as database:
        name = sql.Identifier(database.info.dbname)
        statement = sql.SQL("COMMENT ON DATABASE {} IS {}").format(name, sql.Literal(mark))
        database.execute(statement)
