"""PostgreSQL and Valkey out of their wheels, as any user (root too), tied to the life of this process.

Start them from the main thread only: the death signal follows the thread that started the child.
"""

from sautikit_site.embedded.children import (
    LINUX,
    child_setup,
    die_with_parent,
    root_strategy,
    weigh_session,
)
from sautikit_site.embedded.places import free_port, is_free, short_path
from sautikit_site.embedded.postgres import (
    APP,
    DATABASE,
    OWNER,
    SUPERUSER,
    Postgres,
    postgres_binaries,
)
from sautikit_site.embedded.servers import Server, start, stop
from sautikit_site.embedded.valkey import Valkey, valkey_binary

__all__ = [
    "APP",
    "DATABASE",
    "LINUX",
    "OWNER",
    "SUPERUSER",
    "Postgres",
    "Server",
    "Valkey",
    "child_setup",
    "die_with_parent",
    "free_port",
    "is_free",
    "postgres_binaries",
    "root_strategy",
    "short_path",
    "start",
    "stop",
    "valkey_binary",
    "weigh_session",
]
