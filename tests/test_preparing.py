"""Data sets are prepared once, whoever asks: several processes at the same moment, and after one that was killed."""

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from gradetape import claims, course_data
from gradetape.course import Course
from gradetape.datasets import catalogue, preparing

TOGETHER = """
import sys, time
from gradetape.datasets.preparing import prepare_in_subprocess
time.sleep(max(0, float(sys.argv[1]) - time.time()))
print(*prepare_in_subprocess(sys.argv[2:]))
"""
LOADING = """
import sys, time
from gradetape import datasets
import tensorflow_datasets
time.sleep(max(0, float(sys.argv[1]) - time.time()))
print(len(datasets.load("iris", split="train")))
"""
KILLED_INSIDE = """
import os, signal, sys
from gradetape.datasets import prepare, preparing

def build(name, folder):
    (folder / "gradetape_iris" / "1.0.0").mkdir(parents=True)
    (folder / "gradetape_iris" / "1.0.0" / "dataset_info.json").write_text("{}")
    os.kill(os.getpid(), signal.SIGKILL)

prepare.build = build
prepare.main(["iris"])
"""


@pytest.fixture
def data(tmp_path, monkeypatch):
    """An empty data folder, and an empty one for temporary files, which stays so."""
    (tmp_path / "tmp").mkdir()
    monkeypatch.setenv("TMPDIR", str(tmp_path / "tmp"))
    monkeypatch.setenv("GRADETAPE_DATA_DIR", str(tmp_path / "data"))
    yield tmp_path / "data"
    assert list((tmp_path / "tmp").iterdir()) == []


def at_once(code, number, names=(), *, after=1.0):
    """Run a program several times from the same moment on; return (exit code, what it printed, its errors) of each."""
    moment = str(time.time() + after)
    command = [sys.executable, "-c", code, moment, *names]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    started = [subprocess.Popen(command, **pipes) for _ in range(number)]
    said = [process.communicate(timeout=240) for process in started]
    return [(process.returncode, *words) for process, words in zip(started, said, strict=True)]


@pytest.mark.guests
def test_eight_processes_at_once(data):
    """All find both sets prepared and none fails; nothing half done and no lock stays behind."""
    done = at_once(TOGETHER, 8, ["iris", "digits"])
    assert [(code, errors) for code, _, errors in done] == [(0, "")] * 8
    assert {words.strip() for _, words, _ in done} <= {"iris digits", "digits", "iris", ""}
    assert catalogue.missing(["iris", "digits"]) == []
    assert sorted(path.name for path in data.iterdir()) == ["gradetape_digits", "gradetape_iris"]
    assert [path.name for path in data.glob("*/*")] == ["1.0.0", "1.0.0"]


@pytest.mark.guests
def test_two_notebooks_load_at_once(data):
    """`datasets.load` in two kernels of one account: both get the data."""
    done = at_once(LOADING, 2, after=9.0)
    assert [(code, words) for code, words, _ in done] == [(0, "150\n")] * 2, done[0][2][-500:]


@pytest.mark.guests
def test_what_a_killed_preparation_left_is_taken_up(data):
    """A process killed at work leaves a lock, a stage, TFDS's folder and half a target: the next one clears them away."""
    done = subprocess.run([sys.executable, "-c", KILLED_INSIDE], check=False, timeout=60)
    assert done.returncode == -signal.SIGKILL
    assert (data / ".preparing" / "gradetape_iris").is_dir()
    half = data / "gradetape_iris" / "1.0.0"
    half.mkdir(parents=True)
    (half / "dataset_info.json").write_text('{"splits": []}')
    (half.parent / "incomplete.ABCDEF_1.0.0").mkdir()
    assert catalogue.missing(["iris"]) == ["iris"]
    assert preparing.prepare_in_subprocess(["iris"]) == ["iris"]
    assert catalogue.missing(["iris"]) == []
    assert [path.name for path in half.parent.iterdir()] == ["1.0.0"]
    assert [path.name for path in data.iterdir()] == ["gradetape_iris"]
    (record,) = half.glob("*.tfrecord-*")
    os.truncate(record, 100)
    assert catalogue.missing(["iris"]) == ["iris"]
    assert preparing.prepare_in_subprocess(["iris"]) == ["iris"]
    assert record.stat().st_size > 100


@pytest.mark.guests
def test_a_preparation_that_is_killed_is_tried_again(data):
    """An operator (or a machine short of memory) ends the process at work: another one does it, with a word about it."""
    said = []
    worker = threading.Thread(
        target=preparing.prepare_in_subprocess, args=(["iris"],), kwargs={"on_progress": said.append}
    )
    worker.start()
    killed = None
    until = time.monotonic() + 60
    while killed is None and time.monotonic() < until:
        killed = next(iter(_preparing_processes(data)), None)
        time.sleep(0.05)
    os.kill(killed, signal.SIGKILL)
    worker.join(120)
    assert catalogue.missing(["iris"]) == []
    assert "preparing data failed, and is tried again: its process was ended by signal 9" in said
    assert said[-1] == "data set iris is prepared"


def _preparing_processes(data):
    """Find who holds the lock of a data folder."""
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if f"GRADETAPE_DATA_DIR={data}".encode() in (process / "environ").read_bytes() and (
                b"gradetape.datasets.prepare" in (process / "cmdline").read_bytes()
            ):
                yield int(process.name)
        except OSError:
            continue


def test_a_machine_that_cannot_is_named(tmp_path, monkeypatch):
    """A folder that cannot be written is tried three times, and then told as the machine's failure, with the place."""
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("GRADETAPE_DATA_DIR", str(tmp_path / "file" / "data"))
    monkeypatch.setattr(preparing, "_PAUSES", (0.0, 0.0))
    said = []
    with pytest.raises(preparing.PreparationError) as caught:
        preparing.prepare_in_subprocess(["iris"], on_progress=said.append)
    assert str(caught.value).startswith(f"Preparing iris in '{tmp_path}/file/data' failed: ")
    assert "Not a directory" in str(caught.value)
    assert str(caught.value).endswith(
        " No submission is to blame. See that this folder can be written and has room, or name another one in "
        "GRADETAPE_DATA_DIR; then try again."
    )
    assert sum(line.startswith("preparing 1 data sets") for line in said) == 3


def test_the_lock_dies_with_its_process(data):
    """Nobody waits for a process that was killed while it held the lock."""
    code = "import os; from pathlib import Path; from gradetape.datasets import preparing\nwith preparing.locked(Path(os.environ['GRADETAPE_DATA_DIR'])): os.kill(os.getpid(), 9)"
    assert subprocess.run([sys.executable, "-c", code], check=False, timeout=60).returncode == -9
    assert (data / ".lock").is_file()
    began = time.monotonic()
    with preparing.locked(data), pytest.raises(BlockingIOError):
        claims.claim(data / ".lock", wait=False)
    assert time.monotonic() - began < 5
    assert not (data / ".lock").exists()


def test_a_shared_data_folder_has_a_lock_for_all_who_write_there(data):
    """The lock has the folder's own write permissions, so that an account's leftover keeps no other one out."""
    data.mkdir()
    for mode, expected in ((0o755, 0o600), (0o775, 0o660), (0o777, 0o666)):
        data.chmod(mode)
        with preparing.locked(data):
            assert (data / ".lock").stat().st_mode & 0o777 == expected


def test_what_a_course_needs(tiny, monkeypatch):
    """The data of all its assignments in one go; an assignment that cannot be read needs nothing here."""
    asked = []
    monkeypatch.setattr(course_data, "ensure", asked.extend)
    assignment = tiny.load("warmup")
    assignment.notebook["metadata"]["gradetape"] = {"datasets": ["iris", "no such set"]}
    course_data.ready_for([assignment])
    assert asked == ["iris"]
    (tiny.root / "source" / "broken").mkdir()
    (tiny.root / "source" / "broken" / "broken.ipynb").write_text("not JSON")
    course_data.ready(Course(tiny.root), ["broken", "no_such"])
    assert asked == ["iris"]
