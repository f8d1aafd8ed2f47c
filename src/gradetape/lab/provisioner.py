"""A kernel provisioner: Python kernels start as forks of a process that has imported TensorFlow.

jupyter_client finds it by its entry point, and takes it for kernels that name no other provisioner when
`KernelProvisionerFactory.default_provisioner_name` (or JUPYTER_DEFAULT_PROVISIONER_NAME) is 'gradetape-warm'. Kernels
of another interpreter, language or environment start as they always did.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jupyter_client.provisioning.local_provisioner import LocalProvisioner
from traitlets import Bool, Float, List, Unicode, default

from gradetape.lab import needs, warm

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from jupyter_client.connect import KernelConnectionInfo

__all__ = ["WarmProvisioner"]

_KERNELS = ("ipykernel_launcher", "ipykernel")
_KNOWN = {"env", "cwd", "stdin", "stdout", "stderr", "extra_arguments", "kernel_id", "independent"}
_READABLE = "--InteractiveShellApp.extra_extensions=gradetape.lab.readable"


class WarmProvisioner(LocalProvisioner):
    """Starts a Python kernel by a fork of the zygote, and any other kernel as `LocalProvisioner` does."""

    modules = List(Unicode(), config=True, help="What the zygote imports. Default: by the folder's notebooks.")
    readable = Bool(True, config=True, help="Whether failed checks of a cell become readable messages.")
    start = Bool(True, config=True, help="Whether to start a zygote when there is none.")
    seconds = Float(60.0, config=True, help="How long to wait for a zygote that is still importing.")
    process: Any = None

    @default("modules")  # type: ignore[untyped-decorator,unused-ignore]
    def _modules(self) -> list[str]:
        return list(needs.modules_for(Path.cwd()))

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> KernelConnectionInfo:
        """Called by the kernel manager to start the kernel; `cmd` and `kwargs` are what Popen would get."""
        env = kwargs.get("env") or os.environ
        arguments = ipykernel_arguments(cmd)
        cmd, kwargs["env"] = with_folder_last(cmd, env)
        if arguments is None or env.get("NBGRADER_EXECUTION") == "autograde":
            self.log.info("Kernel %s starts the ordinary way: another program, or grading.", self.kernel_id)
            return await super().launch_kernel(cmd, **kwargs)
        if self.readable:
            cmd, arguments = [*cmd, _READABLE], [*arguments, _READABLE]
        began = time.monotonic()
        try:
            _check(kwargs)
            self.process = await asyncio.to_thread(self._fork, arguments, env, kwargs)
        except warm.WarmError as error:
            level = logging.WARNING if self.start else logging.INFO
            self.log.log(level, "Kernel %s starts the ordinary way. %s", self.kernel_id, error)
            return await super().launch_kernel(cmd, **kwargs)
        self.pid = self.pgid = self.process.pid  # the kernel leads a session of its own
        self.cwd = kwargs.get("cwd") or Path.cwd()
        self.log.info("Kernel %s is warm: %.2f s.", self.kernel_id, time.monotonic() - began)
        return self.connection_info

    def _fork(self, arguments: Sequence[str], env: Any, kwargs: dict[str, Any]) -> Any:
        with _streams(kwargs) as streams:
            return warm.kernel(
                arguments,
                env={**env, "JPY_PARENT_PID": str(os.getpid())},
                cwd=str(kwargs.get("cwd") or Path.cwd()),
                streams=streams,
                modules=lambda: self.modules,  # found by reading notebooks: only for a new zygote
                start=self.start,
                seconds=self.seconds,
            )


def ipykernel_arguments(cmd: Sequence[str]) -> list[str] | None:
    """Return what follows `python -m ipykernel_launcher`; None when `cmd` is another program or interpreter."""
    program, *rest = cmd
    if not _is_this_interpreter(program):
        return None
    while rest and rest[0].startswith("-X"):
        option = rest.pop(0)[2:] or (rest.pop(0) if rest else "")
        if option != "frozen_modules=off":
            return None
    if rest[:1] != ["-m"] or rest[1:2] == [] or rest[1] not in _KERNELS:
        return None
    return rest[2:]


def with_folder_last(cmd: Sequence[str], env: Mapping[str, str]) -> tuple[list[str], dict[str, str]]:
    """Return command and variables of a kernel of this interpreter that looks into the notebook's folder last.

    A kernel of another interpreter, which may not have this package, is left as it is.
    """
    for place, module in enumerate(cmd[2:], 2):
        if module in _KERNELS and cmd[place - 1] == "-m" and _is_this_interpreter(cmd[0]):
            rest = [*cmd[1 : place - 1], "-P", "-m", "gradetape.lab.launch", *cmd[place + 1 :]]
            return [cmd[0], *rest], needs.environment(env)
    return list(cmd), dict(env)


def _is_this_interpreter(program: str) -> bool:
    found = shutil.which(program)
    return found is not None and os.path.abspath(found) == os.path.abspath(sys.executable)  # noqa: PTH100 - links tell environments apart


def _check(kwargs: dict[str, Any]) -> None:
    """Refuse what only a program of its own can have.

    Raises:
        WarmError: says what.
    """
    asked = [name for name, value in kwargs.items() if value and name not in _KNOWN]
    asked += [name for name in ("stdin", "stdout", "stderr") if kwargs.get(name) == subprocess.PIPE]
    if kwargs.get("independent"):
        asked.append("independent")
    if asked:
        raise warm.WarmError(f"A warm kernel cannot have {', '.join(map(repr, asked))}.")
    cwd = kwargs.get("cwd")
    if cwd and not Path(cwd).is_dir():
        raise warm.WarmError(f"There is no folder {str(cwd)!r}.")


@contextlib.contextmanager
def _streams(kwargs: dict[str, Any]) -> Iterator[list[int]]:
    """Open the kernel's standard input, output and error: those that were asked for, or nothing and ours."""
    with open(os.devnull, "r+b") as nothing:  # noqa: PTH123
        found = []
        for name, ours in (("stdin", nothing.fileno()), ("stdout", 1), ("stderr", 2)):
            stream = kwargs.get(name)
            if stream is None:
                found.append(ours)
            elif stream == subprocess.DEVNULL:
                found.append(nothing.fileno())
            else:
                found.append(stream if isinstance(stream, int) else stream.fileno())
        if isinstance(kwargs.get("stderr"), int) and kwargs["stderr"] == subprocess.STDOUT:
            found[2] = found[1]
        yield found
