"""A private PostgreSQL cluster, reached by a Unix socket in a folder of its own.

Several commands may use it at once: each holds a shared lock, the last one to leave
stops the server.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
import time
from pathlib import Path
from typing import IO

from . import binaries
from .console import say, step
from .errors import DevError
from .once import digest, locked
from .paths import HOME_VARIABLE, folder, home
from .processes import capture, children, run, tail

ROLE = "odoo"
_PORT = "5432"
_SETTINGS = """
# Written by dev/kit/postgres.py
listen_addresses = ''
port = {port}
unix_socket_directories = '{socket}'
max_connections = 200
shared_buffers = 512MB
max_wal_size = 4GB
checkpoint_timeout = 15min
wal_compression = on
"""


class Cluster:
    """The cluster, running while this object is open (use it with `with`).

    One with a name is a server of its own: what happens to it does not disturb the others.
    """

    def __init__(self, name: str = "") -> None:
        self.programs = binaries.find()
        self._user = binaries.system_user()
        self._lock = f"cluster-{name}" if name else "cluster"
        parts = ["cluster", str(binaries.major(self.programs)), *filter(None, [name])]
        self._place = folder("postgres") / "-".join(parts)
        self._data = self._place / "data"
        self.socket = self._socket_folder()
        self._log = self._place / "server.log"
        self._users: IO[str] | None = None

    # -- start and stop ---------------------------------------------------------------

    def __enter__(self) -> Cluster:
        with locked(self._lock):
            self._make()
            if not self.answers():
                self._start()
            self._users = (folder("locks") / f"{self._lock}-users.lock").open("a")
            fcntl.flock(self._users, fcntl.LOCK_SH)
        return self

    def __exit__(self, *_exception: object) -> None:
        with locked(self._lock):
            if self._users is None:
                return
            try:
                fcntl.flock(self._users, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                say("… PostgreSQL stays up: another run uses it")
            else:
                self._pg_ctl("stop", "-m", "fast")
            self._users.close()
            self._users = None

    def _socket_folder(self) -> Path:
        """Return the socket's folder: a path of a socket holds about 100 letters."""
        wanted = self._place / "socket"
        if len(str(wanted)) < 80:
            return wanted
        return Path(tempfile.gettempdir()) / f"cartona-pg-{os.geteuid()}-{digest(str(wanted))}"

    def _make(self) -> None:
        """Make the cluster, unless an earlier run finished doing so."""
        self._place.mkdir(parents=True, exist_ok=True)
        self.socket.mkdir(parents=True, exist_ok=True)
        for path in (self._place, self.socket):
            if self._user:
                shutil.chown(path, self._user)
            path.chmod(0o700)
        self._check_reachable()
        if (self._place / ".complete").exists():
            return
        if self._data.exists():
            shutil.rmtree(self._data)
        log = folder("logs") / "postgres.log"
        with step("Making a private PostgreSQL cluster"):
            options = ["--auth=trust", "--username=postgres", "--encoding=UTF8", "--locale=C"]
            initdb = [self.programs / "initdb", "-D", self._data, *options]
            run(initdb, log, user=self._user, cwd=self._place)
            with (self._data / "postgresql.conf").open("a", encoding="utf-8") as settings:
                settings.write(_SETTINGS.format(port=_PORT, socket=self.socket))
            self._start()
            self.sql(f"CREATE ROLE {ROLE} LOGIN CREATEDB", user="postgres")
            (self._place / ".complete").touch()

    def _check_reachable(self) -> None:
        """Refuse a place that PostgreSQL's system user cannot enter."""
        try:
            capture(["test", "-x", self._place], user=self._user, cwd=Path("/"))
        except DevError as error:
            raise DevError(
                f"The system user '{self._user}' that runs PostgreSQL cannot enter {home()}. "
                f"Set {HOME_VARIABLE} to a folder that other users may pass through."
            ) from error

    def _start(self) -> None:
        """Start the server, also after an unclean end of the one before."""
        deadline = time.monotonic() + 30
        while True:
            self._drop_stale_locks()
            try:
                self._pg_ctl("start", "-l", str(self._log), "-t", "60")
                break
            except DevError:
                end = tail(self._log, 6)
                # Children of a killed server need a moment to leave its shared memory.
                held = "shared memory" in end or "lock file" in end
                if not held or time.monotonic() > deadline:
                    raise DevError(
                        f"PostgreSQL does not start. The end of {self._log}:\n{tail(self._log)}"
                    ) from None
                time.sleep(0.5)

    def _drop_stale_locks(self) -> None:
        """Remove lock files whose process is dead, or is by now another program."""
        for path in (self._data / "postmaster.pid", self.socket / f".s.PGSQL.{_PORT}.lock"):
            if path.exists() and not _is_server(path.read_text(encoding="utf-8").split("\n")[0]):
                path.unlink()

    def _pg_ctl(self, action: str, *options: str) -> None:
        command = [self.programs / "pg_ctl", action, "-w", "-D", self._data, *options]
        run(command, folder("logs") / "postgres.log", user=self._user, cwd=self._place)

    def answers(self) -> bool:
        """Tell whether the server takes statements: not while it recovers from a crash."""
        try:
            return self.sql("SELECT 1", user="postgres") == "1"
        except DevError:
            return False

    # -- databases --------------------------------------------------------------------

    def sql(self, statement: str, database: str = "postgres", user: str = ROLE) -> str:
        """Run one statement; return its rows as text, fields parted by '|'."""
        command = [self.programs / "psql", "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1"]
        command += ["-h", self.socket, "-p", _PORT, "-U", user, "-d", database, "-c", statement]
        return capture(command, cwd=Path("/")).strip()

    def exists(self, database: str) -> bool:
        """Tell whether a database is there."""
        return self.sql(f"SELECT 1 FROM pg_database WHERE datname = '{database}'") == "1"

    def drop(self, database: str) -> None:
        """Drop a database, if it is there, also under the feet of a forgotten Odoo."""
        self.sql(f'DROP DATABASE IF EXISTS "{database}" WITH (FORCE)')

    def create(self, database: str, template: str = "template0", *, durable: bool = True) -> None:
        """Create a database; one that is not durable may lose its last second in a crash."""
        self.sql(f'CREATE DATABASE "{database}" TEMPLATE "{template}" ENCODING \'UTF8\'')
        if not durable:
            self.sql(f'ALTER DATABASE "{database}" SET synchronous_commit = off')

    def take_over(self, source: Cluster, database: str) -> None:
        """Make a database as it is in another cluster, under its own name."""
        half = f"{database}_building"
        self.drop(half)
        self.create(half, durable=False)
        with tempfile.TemporaryDirectory() as place:
            dump = Path(place) / "dump"
            log = folder("logs") / "postgres.log"
            run([self.programs / "pg_dump", *source.reach(database), "-Fc", "-f", dump], log)
            run([self.programs / "pg_restore", *self.reach(half), "--no-owner", dump], log)
        self.rename(half, database)

    def reach(self, database: str) -> list[str]:
        """Return the options of PostgreSQL's programs that reach a database."""
        return ["-h", str(self.socket), "-p", _PORT, "-U", ROLE, "-d", database]

    def backends(self, database: str) -> list[int]:
        """Return the processes of this very server that serve a database."""
        server = (self._data / "postmaster.pid").read_text(encoding="utf-8").split("\n")[0]
        query = f"SELECT pid FROM pg_stat_activity WHERE datname = '{database}'"
        served = {int(pid) for pid in self.sql(query).split()}
        return sorted(served & set(children(int(server))))

    def rename(self, database: str, name: str) -> None:
        """Give a database another name."""
        self.sql(f'ALTER DATABASE "{database}" RENAME TO "{name}"')

    def connection(self) -> dict[str, str]:
        """Return Odoo's options that reach the cluster."""
        return {"db_host": str(self.socket), "db_port": _PORT, "db_user": ROLE}


def _is_server(pid: str) -> bool:
    """Tell whether the process lives (a zombie does not) and is PostgreSQL."""
    try:
        status = (Path("/proc") / pid.strip() / "stat").read_text(encoding="utf-8")
    except OSError:
        return False
    name, _, rest = status.partition("(")[2].rpartition(")")
    return "postgres" in name and rest.split()[0] != "Z"
