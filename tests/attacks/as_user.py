"""Run a command as a user without privileges: `python as_user.py FOLDER COMMAND…`.

The interpreter may lie in a home that only root can enter; in a mount namespace of its own this process shows it
alone, at its own place, before it gives up root. FOLDER becomes that user's, as its home.
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
    _show(Path(sys.base_prefix))
    os.setgroups([])
    os.setresgid(USER, USER, USER)
    os.setresuid(USER, USER, USER)
    os.environ.update(
        HOME=str(home), XDG_CACHE_HOME=str(home / "cache"), GRADETAPE_DATA_DIR=str(home / "data"), USER="nobody-special"
    )
    os.execvp(command[0], command)


def _show(prefix):
    """Cover the first folder on the way to the interpreter that others may not enter, and put only it there."""
    closed = next((p for p in reversed(prefix.parents) if not p.stat().st_mode & 1), None)
    if closed is None:
        return
    hold = os.open(prefix, os.O_PATH)
    kernel.mount("tmpfs", str(closed), "tmpfs", 0, "mode=755,size=1m")
    prefix.mkdir(parents=True)
    kernel.mount(f"/proc/self/fd/{hold}", str(prefix), flags=kernel.MS_BIND | kernel.MS_REC)


if __name__ == "__main__":
    main(*sys.argv[1:])
