"""Where the embedded servers of a data directory listen.

An address is a function of the data directory alone, so that settings, a shell, the worker and the
supervisor agree on it without talking to each other, and so that it is known before the servers run.

Both servers listen on Unix sockets in a short directory under /tmp named after a hash of the data directory:
a socket path may not exceed about 100 bytes on Linux and macOS, and data directories may be deep. No TCP port
is opened, so nothing can collide and only the user who started the servers (and root) can reach them.
"""

import hashlib
from pathlib import Path
from urllib.parse import quote

DATABASE_NAME = "hark"
DATABASE_USER = "hark"

# Not tempfile.gettempdir(): TMPDIR differs between sessions of one user, and the address must not.
SOCKETS_PARENT = Path("/tmp")  # noqa: S108 - the directory made here is checked for owner and mode before use


def sockets_dir(var: Path) -> Path:
    """Return the short directory that holds the sockets of the servers of data directory `var`."""
    digest = hashlib.sha256(str(var.expanduser().resolve()).encode()).hexdigest()
    return SOCKETS_PARENT / f"hark-{digest[:16]}"


def postgres_socket_dir(var: Path) -> Path:
    """Return the directory in which PostgreSQL places its socket."""
    return sockets_dir(var) / "postgres"


def redis_socket(var: Path) -> Path:
    """Return the path of the Redis socket."""
    return sockets_dir(var) / "redis" / "redis.sock"


def database_url(var: Path) -> str:
    """Return the libpq URL of the embedded PostgreSQL server of `var`."""
    host = quote(str(postgres_socket_dir(var)), safe="")
    return f"postgresql://{DATABASE_USER}@{host}/{DATABASE_NAME}"


def redis_url(var: Path) -> str:
    """Return the URL of the embedded Redis-compatible server of `var`, as redis-py reads it."""
    return f"unix://{redis_socket(var)}?db=0"


def broker_url(redis_url: str) -> str:
    """Return `redis_url` as Celery spells it: a Unix socket is `redis+socket://`, other URLs stay."""
    if not redis_url.startswith("unix://"):
        return redis_url
    path, _, query = redis_url.removeprefix("unix://").partition("?")
    database = "0"
    for pair in query.split("&"):
        name, _, value = pair.partition("=")
        if name == "db" and value:
            database = value
    return f"redis+socket://{path}?virtual_host={database}"
