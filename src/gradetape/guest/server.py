"""The fork server: a process that has imported TensorFlow and becomes a guest for every request.

The standard library's would do, but for what it hands to each child: the grader's environment in memory,
the line to its resource tracker, no way to enter namespaces first. This one starts with an environment of named
variables, is the first process of a pid namespace (when it dies, the kernel ends every guest), sees only
what guests may see, and watches over its guests' memory and number of processes.

It speaks JSON with the host over a socket of whole messages; a guest has no descriptor of it. Several hosts may share
it, each over a line of its own: when one hangs up, its guests end.
"""

from __future__ import annotations

import contextlib
import gc
import json
import os
import select
import shutil
import signal
import socket
import sys
import tempfile
import time
from typing import Any

from gradetape.guest import kernel, view, watch
from gradetape.guest.fence import Yard

__all__ = ["MESSAGE_BYTES", "main"]

MESSAGE_BYTES = 2**16
_TICK = {"namespaces": 0.05, "plain": 0.25}
_PR_SET_CHILD_SUBREAPER = 36
_REAP_SECONDS = 5.0


def main(descriptor: int) -> None:
    """Entry point of the process that the host starts; `descriptor` is its end of the line."""
    line = socket.socket(fileno=descriptor)
    settings = json.loads(line.recv(MESSAGE_BYTES))
    separate = "namespaces" in settings["layers"] and _enter_namespaces()
    if not separate:
        kernel.prctl(_PR_SET_CHILD_SUBREAPER, 1)
        _Server(line, settings, separate=False).serve()
        os._exit(0)
    child = os.fork()  # the first process of the new pid namespace
    if child == 0:
        os.setsid()
        _Server(line, settings, separate=True).serve()
        os._exit(0)
    line.close()
    _, status = os.waitpid(child, 0)
    os._exit(os.waitstatus_to_exitcode(status) & 0xFF)


def _enter_namespaces() -> bool:
    """Enter own pid and mount namespaces, through a user namespace unless there is privilege."""
    wanted = kernel.CLONE_NEWPID | kernel.CLONE_NEWNS
    with contextlib.suppress(OSError):
        if os.geteuid() == 0:
            kernel.unshare(wanted)
            return True
    with contextlib.suppress(OSError):
        kernel.unshare_user(0, wanted)
        return True
    return False


class _Server:
    """Answers the host's requests and looks after the guests."""

    def __init__(self, line: socket.socket, settings: dict[str, Any], *, separate: bool) -> None:
        self._owner = line
        self._lines = {line.fileno(): line}
        self._poll = select.poll()
        self._poll.register(line, select.POLLIN)
        self._settings = settings
        self._separate = separate
        self._ended: dict[int, dict[str, Any]] = {}
        self._guests: dict[int, watch.Guest] = {}
        self._line_of: dict[int, socket.socket] = {}

    def serve(self) -> None:
        """Prepare, say so, then serve until the host hangs up."""
        from gradetape.guest import preload

        preload.load(self._settings["preload"], self._settings["left_out"])
        if self._separate:
            try:
                view.build(self._settings["readable"], self._settings["devices"])
            except OSError as error:
                self._reply(self._owner, {"problem": str(error)})
                return
        gc.collect()
        gc.freeze()  # the collector of a guest then leaves the shared pages alone
        self._reply(self._owner, {"ready": True})
        tick = _TICK["namespaces" if self._separate else "plain"]
        while self._owner.fileno() in self._lines:
            ready = self._poll.poll(1000 * tick if self._guests else None)
            self._reap()
            for number, _ in ready:
                if not self._answer(self._lines[number]):
                    self._hang_up(self._lines.pop(number))
            watch.over(self._guests)
        self._end(list(self._guests))
        while self._guests:
            self._reap()
            time.sleep(0.01)

    @staticmethod
    def _end(guests: list[int]) -> None:
        for number in guests:
            os.kill(number, signal.SIGKILL)

    def _hang_up(self, line: socket.socket) -> None:
        """A host has gone: end its guests."""
        self._poll.unregister(line)
        self._end([number for number in self._guests if self._line_of[number] is line])
        if line is not self._owner:
            line.close()

    @staticmethod
    def _reply(line: socket.socket, message: dict[str, Any], *descriptors: int) -> None:
        socket.send_fds(line, [json.dumps(message).encode()], list(descriptors))

    def _answer(self, line: socket.socket) -> bool:
        """Answer one request; False when the host has gone."""
        try:
            data, descriptors, _, _ = socket.recv_fds(line, MESSAGE_BYTES, 1)
            if not data:
                return False
            request = json.loads(data)
            if request["do"] == "start":
                self._start(line, descriptors[0], request["policy"])
            elif request["do"] == "line":
                self._add_line(line)
            else:
                self._tell(line, request["guest"])
        except OSError:
            return False
        return True

    def _add_line(self, line: socket.socket) -> None:
        """Open a line for another host, and send its end of it."""
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._lines[ours.fileno()] = ours
        self._poll.register(ours, select.POLLIN)
        with theirs:
            self._reply(line, {"ready": True}, theirs.fileno())

    def _start(self, line: socket.socket, descriptor: int, policy: dict[str, Any]) -> None:
        """Fork a guest and send its number and a descriptor of its process."""
        folder = "" if self._separate else tempfile.mkdtemp(prefix="gradetape-guest-")
        try:
            number = self._fork(descriptor, policy, folder)
        except OSError as error:
            os.close(descriptor)
            self._reply(line, {"problem": f"no process for a guest: {error}"})
            return
        os.close(descriptor)
        ceilings = {name: policy[name] for name in ("memory_bytes", "processes", "disk_bytes", "disk_files")}
        self._guests[number] = watch.Guest(number, folder=folder, **ceilings)
        self._line_of[number] = line
        process = os.pidfd_open(number)
        self._reply(line, {"guest": number}, process)
        os.close(process)

    def _fork(self, descriptor: int, policy: dict[str, Any], folder: str) -> int:
        if self._separate:
            kernel.unshare(kernel.CLONE_NEWPID)
        try:
            number = os.fork()
        finally:
            if self._separate:
                self._come_back()
        if number == 0:
            self._be_a_guest(descriptor, policy, folder)
        return number

    @staticmethod
    def _come_back() -> None:
        """Let the next child be in this process's own pid namespace again, where alone a new one can be made."""
        own = os.open("/proc/self/ns/pid", os.O_RDONLY)
        try:
            kernel.set_namespace(own, kernel.CLONE_NEWPID)
        finally:
            os.close(own)

    def _be_a_guest(self, descriptor: int, policy: dict[str, Any], folder: str) -> None:
        """In the child: forget the server, and never return."""
        code = 1
        try:
            line = os.dup2(descriptor, 3)
            os.closerange(4, 2**20)
            for number in (signal.SIGINT, signal.SIGTERM):
                signal.signal(number, signal.SIG_DFL)
            from gradetape.guest import child

            settings = self._settings
            yard = Yard(settings["layers"], settings["readable"], settings["devices"], folder, settings["links"])
            child.main(line, policy, yard, settings["data_dir"])
            code = 0
        finally:
            os._exit(code)

    def _reap(self) -> None:
        """Note how guests ended; end what others left behind when there is no namespace to do it."""
        while True:
            try:
                found = os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)
            except ChildProcessError:
                break
            if found is None:
                break
            number = found.si_pid
            if number in self._guests:
                watch.note_end(self._guests[number])  # while it can still be looked at
            _, status = os.waitpid(number, 0)
            guest = self._guests.pop(number, None)
            if guest is not None:
                if self._line_of.pop(number).fileno() in self._lines:
                    self._ended[number] = {"code": os.waitstatus_to_exitcode(status), "why": guest.why}
                if guest.folder:
                    shutil.rmtree(guest.folder, ignore_errors=True)
        if not self._separate:
            watch.end_strays(self._guests)

    def _tell(self, line: socket.socket, number: int) -> None:
        """Say how a guest ended; wait a little for one that is about to."""
        deadline = time.monotonic() + _REAP_SECONDS
        while number in self._guests and time.monotonic() < deadline:
            self._reap()
            time.sleep(0.002)
        self._reply(line, self._ended.pop(number, {"code": None, "why": ""}))


if __name__ == "__main__":
    main(int(sys.argv[1]))
