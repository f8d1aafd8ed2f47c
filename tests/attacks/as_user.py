"""Run a command as a user without privileges: `python as_user.py FOLDER COMMAND…`.

The interpreter and the project may lie in a home that only root can enter; in a mount namespace of its own this process
shows them alone, at their own places, before it gives up root. FOLDER becomes that user's, as its home.
"""

import os
import sys
from pathlib import Path

from gradetape.guest import kernel

USER = 12345


def main(folder, *command):
    home = Path(folder) / "user"
    home.mkdir()
    os.chown(home, USER, USER)
    Path(folder).chmod(0o755)
    kernel.unshare(kernel.CLONE_NEWNS)
    kernel.mount("none", "/", flags=kernel.MS_REC | kernel.MS_PRIVATE)
    show_to_others()
    os.setgroups([])
    os.setresgid(USER, USER, USER)
    os.setresuid(USER, USER, USER)
    os.environ.update(
        HOME=str(home), XDG_CACHE_HOME=str(home / "cache"), GRADETAPE_DATA_DIR=str(home / "data"), USER="nobody-special"
    )
    os.execvp(command[0], command)


def show_to_others():
    """Cover each folder on the way to interpreter and project that others may not enter, and put only them there."""
    places = [Path(sys.base_prefix), Path(sys.prefix), Path(__file__).resolve().parents[2]]
    held = {place: os.open(place, os.O_PATH) for place in places}
    closed = {c for p in places if (c := next((q for q in reversed(p.parents) if not q.stat().st_mode & 1), None))}
    for folder in closed:
        kernel.mount("tmpfs", str(folder), "tmpfs", 0, "mode=755,size=1m")
    for place, hold in sorted(held.items()):
        if not closed.isdisjoint(place.parents) and not place.exists():
            place.mkdir(parents=True)
            kernel.mount(f"/proc/self/fd/{hold}", str(place), flags=kernel.MS_BIND | kernel.MS_REC)


if __name__ == "__main__":
    main(*sys.argv[1:])
