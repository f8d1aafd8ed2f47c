"""A PostgreSQL server for tests: a real one, in a folder of its own, over a socket, ended with the test."""

import contextlib
import os
import shutil
import subprocess
import tempfile
import time
from pathlib import Path

from helpers import end


def binaries():
    """The folder of the server's programs, as Debian has them or on the path; None when there is no server."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/pg_isready"))
    other = shutil.which("pg_isready")
    return found[-1].parent if found else Path(other).parent if other else None


@contextlib.contextmanager
def server():
    """Start a server; give the URL of an empty database for nbgrader."""
    programs = binaries()
    who = {"user": "postgres", "group": "postgres"} if os.geteuid() == 0 else {}  # it refuses to run as root
    folder = Path(tempfile.mkdtemp(prefix="gradetape-pg-"))
    try:
        if who:
            shutil.chown(folder, **who)
        folder.chmod(0o755)
        data = folder / "data"
        command = [programs / "initdb", "-D", data, "-U", "course", "--auth=trust", "--encoding=UTF8", "--no-sync"]
        subprocess.run(command, check=True, capture_output=True, cwd="/", **who)
        options = ["-c", "listen_addresses=", "-k", folder, "-c", "fsync=off"]
        run = subprocess.Popen(
            [programs / "postgres", "-D", data, *options], stderr=subprocess.DEVNULL, cwd="/", **who
        )  # fmt: skip
        try:
            _wait(programs, folder, run)
            subprocess.run([programs / "createdb", "-h", folder, "-U", "course", "gradebook"], check=True)
            yield f"postgresql+psycopg://course@/gradebook?host={folder}"
        finally:
            end(run)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _wait(programs, folder, run):
    deadline = time.monotonic() + 60
    while subprocess.run([programs / "pg_isready", "-q", "-h", folder, "-U", "course"], check=False).returncode:
        assert run.poll() is None, "the server ended"
        assert time.monotonic() < deadline
        time.sleep(0.1)
