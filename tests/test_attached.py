"""Files handed in beside the notebook."""

import os
import shutil
import subprocess
import sys
import tempfile

import pytest
from helpers import ROOT

from gradetape import attached


@pytest.fixture
def folders(tmp_path):
    """Where nbgrader copied to, and the submission itself."""
    found = tmp_path / "autograded", tmp_path / "submitted"
    for folder in found:
        (folder / "data").mkdir(parents=True)
        (folder / "data" / "a.csv").write_text("1,2")
        (folder / "n.ipynb").write_text("{}")
        (folder / ".hidden").write_text("x")
    return found


def test_plain_files_come_along(folders):
    """By relative name; notebooks and hidden files do not."""
    assert attached.read(folders[0], handed_in=folders[1]) == ({"data/a.csv": b"1,2"}, [])


def test_the_courses_own_companions_come_along(folders):
    """What nbgrader added is in its copy only."""
    (folders[0] / "given.txt").write_text("ours")
    files, notes = attached.read(folders[0], handed_in=folders[1])
    assert files["given.txt"] == b"ours"
    assert notes == []


def test_the_content_of_a_link_is_not_the_learners(folders, tmp_path):
    """nbgrader copies what a link points to; the copy looks like a plain file and is left out all the same."""
    secret = tmp_path / "hidden_tests.py"
    secret.write_text("answer = 42")
    (folders[1] / "innocent.txt").symlink_to(secret)
    (folders[0] / "innocent.txt").write_text(secret.read_text())
    files, notes = attached.read(folders[0], handed_in=folders[1])
    assert "innocent.txt" not in files
    assert notes == [
        "Attached file 'innocent.txt' was left out: it is a link, a pipe, a folder or a device, not a file."
    ]


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda p: p.symlink_to("/etc/passwd"), "it is a link, a pipe, a folder or a device"),
        (os.mkfifo, "it is a link, a pipe, a folder or a device"),
        (lambda p: os.link(p.parent / "data" / "a.csv", p), "it is a hard link to another file"),
        (lambda p: os.truncate(os.open(p, os.O_CREAT | os.O_WRONLY), 2**40), "it has 1,099,511,627,776 bytes"),
    ],
)
def test_what_is_no_file_is_left_out(folders, make, words):
    """Links, pipes, and sparse files that would fill the memory; each is named with the reason."""
    make(folders[0] / "odd.bin")
    files, notes = attached.read(folders[0], handed_in=folders[1])
    assert "odd.bin" not in files
    assert any("'odd.bin'" in note and words in note for note in notes)


def test_a_name_that_is_no_text_is_left_out(folders):
    """File names are bytes on Linux."""
    with open(os.fsencode(folders[0]) + b"/\xff.txt", "w"):
        pass
    _, notes = attached.read(folders[0])
    assert "its name is no UTF-8 text" in notes[0]


def test_all_together_have_a_limit(folders, monkeypatch):
    """In bytes and in number; what came first comes along."""
    monkeypatch.setattr(attached, "MOST_TOGETHER", 4)
    (folders[0] / "data" / "b.csv").write_text("3,4")
    files, notes = attached.read(folders[0])
    assert list(files) == ["data/a.csv"]
    assert "together there may be 2,000 files of 4 bytes" in notes[0]


def test_links_to_folders_are_not_followed(folders, tmp_path):
    """A folder of somebody else's stays there."""
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "x.txt").write_text("x")
    (folders[0] / "link").symlink_to(tmp_path / "elsewhere")
    assert list(attached.read(folders[0])[0]) == ["data/a.csv"]


def test_set_aside_before_nbgrader_copies(folders, tmp_path):
    """Links, pipes, sparse and closed things are moved out of a submission with their names; all else stays."""
    folder, aside = folders[1], tmp_path / "aside"
    (folder / "data" / "link").symlink_to("/etc/passwd")
    (folder / "loop").symlink_to(".")
    os.mkfifo(folder / "pipe")
    with (folder / "big.bin").open("wb") as file:
        file.truncate(2**40)
    said = attached.set_aside(folder, aside)
    assert sorted(line.split("'")[1] for line in said) == ["big.bin", "data/link", "loop", "pipe"]
    assert (aside / "data" / "link").is_symlink()
    assert {p.relative_to(folder).as_posix() for p in folder.rglob("*") if not p.is_dir()} == {
        "data/a.csv",
        "n.ipynb",
        ".hidden",
    }
    assert attached.set_aside(folder, aside) == []


def test_set_aside_keeps_the_number_of_files_down(folders, tmp_path, monkeypatch):
    """What is beyond the number allowed goes, in the order of names."""
    monkeypatch.setattr(attached, "MOST_FILES", 3)
    for number in range(6):
        (folders[1] / f"f{number}.txt").write_text("x")
    attached.set_aside(folders[1], tmp_path / "aside")
    assert sum(p.is_file() for p in folders[1].rglob("*")) - 1 == 3  # and the notebook


def test_a_closed_folder_is_set_aside(folders, tmp_path):
    """Nobody could copy it. Root could, so the test is done as somebody else."""
    code = (
        "import sys; from pathlib import Path; from gradetape import attached\n"
        "place = Path(sys.argv[1]); (place / 'in' / 'data').mkdir(parents=True); (place / 'in' / 'data').chmod(0)\n"
        "print(attached.set_aside(place / 'in', place / 'aside'))"
    )
    folder = tempfile.mkdtemp(prefix="gradetape-user-")
    command = [sys.executable, "-c", code, f"{folder}/user" if os.geteuid() == 0 else folder]
    if os.geteuid() == 0:
        command = [sys.executable, str(ROOT / "tests" / "attacks" / "as_user.py"), folder, *command]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    shutil.rmtree(folder, ignore_errors=True)
    assert done.stdout.strip() == """[\"'data' was set aside: it cannot be read\"]""", done.stderr


def test_what_takes_a_files_place_while_it_is_read(tmp_path, monkeypatch):
    """It was looked at before it is opened: a link, a pipe or more bytes that come in between are not read."""
    other = tmp_path / "other"
    other.write_text("secret")
    path = tmp_path / "file"
    monkeypatch.setattr(attached, "fault", lambda _path, **_: "")
    path.symlink_to(other)
    assert attached.read_plain(path) is None
    path.unlink()
    os.mkfifo(path)
    assert attached.read_plain(path) is None
    path.unlink()
    os.link(other, path)
    assert attached.read_plain(path) is None
    path.unlink()
    path.write_text("12345")
    assert attached.read_plain(path, most=4) is None
    assert attached.read_plain(path, most=5) == b"12345"
    assert attached.read_plain(tmp_path / "none") is None


def test_a_file_that_cannot_be_read_any_more_is_left_out(tmp_path, monkeypatch):
    """Others come along."""
    for name in "ab":
        (tmp_path / name).write_text(name)
    stock = attached.read_plain
    monkeypatch.setattr(attached, "read_plain", lambda path: None if path.name == "a" else stock(path))
    assert attached.read(tmp_path) == ({"b": b"b"}, ["Attached file 'a' was left out: it cannot be read."])


def test_more_than_is_looked_at_is_set_aside_whole(folders, tmp_path, monkeypatch):
    """A folder of too many files goes as it is; where that is the submission's own, only notebooks and the time stay."""
    monkeypatch.setattr(attached, "MOST_ENTRIES", 40)
    folder = folders[1]
    (folder / "zoo").mkdir()
    for number in range(50):
        (folder / "zoo" / f"{number}.txt").touch()
    assert {p.name for p in attached.sift(folder).kept} == {"a.csv", ".hidden"}
    said = attached.set_aside(folder, tmp_path / "aside")
    assert [line.partition(":")[0] for line in said] == ["'zoo' was set aside"]
    assert len(list((tmp_path / "aside" / "zoo").iterdir())) == 50
    for number in range(50):
        (folder / f"{number}.txt").touch()
    (folder / "timestamp.txt").write_text("2026-11-02 10:00:00 UTC")
    assert attached.sift(folder).kept == []
    said = attached.set_aside(folder, tmp_path / "again")
    assert [line.partition(":")[0] for line in said] == ["52 attached files and folders were set aside"]
    assert sorted(path.name for path in folder.iterdir()) == ["n.ipynb", "timestamp.txt"]


def test_what_is_sifted_is_what_stays(folders, tmp_path, monkeypatch):
    """Read ahead without touching anything, and read after setting aside: the same files."""
    monkeypatch.setattr(attached, "MOST_FILES", 5)
    for number in range(9):
        (folders[1] / "data" / f"{number}.txt").write_text("x")
    (folders[1] / "link").symlink_to("/etc/passwd")
    ahead = attached.read(folders[1], among=attached.sift(folders[1]).kept)[0]
    attached.set_aside(folders[1], tmp_path / "aside")
    assert attached.read(folders[1])[0] == ahead
    assert len(ahead) == 5  # the hidden one takes no room


def test_the_time_of_handing_in_stays(folders, tmp_path, monkeypatch):
    """Whatever lies beside it: without it nobody is late."""
    monkeypatch.setattr(attached, "MOST_FILES", 2)
    for number in range(5):
        (folders[1] / f"{number}.txt").write_text("x")
    (folders[1] / "timestamp.txt").write_text("2026-11-02 10:00:00 UTC")
    attached.set_aside(folders[1], tmp_path / "aside")
    assert (folders[1] / "timestamp.txt").exists()


def test_folders_without_end_are_set_aside(folders, tmp_path):
    """Five thousand in one another: a path that the system does not take, and more levels than Python recurses."""
    here = os.getcwd()
    os.chdir(folders[1])
    for _ in range(5000):
        os.mkdir("d")
        os.chdir("d")
    os.chdir(here)
    try:
        said = attached.set_aside(folders[1], tmp_path / "aside")
        assert [line[-47:] for line in said] == ["was set aside: it lies below more than 100 folders"[-47:]]
        assert attached.set_aside(folders[1], tmp_path / "again") == []
        assert {p.name for p in attached.everything(folders[1])} == {"a.csv", "n.ipynb", ".hidden"}
    finally:
        subprocess.run(["rm", "-rf", tmp_path / "aside"], check=True)


def test_what_cannot_be_moved_is_said(folders, tmp_path, monkeypatch):
    """It may be immutable: in words, with the file's name, and what to do."""
    (folders[1] / "data" / "link").symlink_to("/etc/passwd")

    def refuse(_path, _target):
        raise PermissionError(1, "Operation not permitted", "x", None, "y")

    monkeypatch.setattr("pathlib.Path.rename", refuse)
    with pytest.raises(PermissionError) as caught:
        attached.set_aside(folders[1], tmp_path / "aside")
    assert str(caught.value) == (
        "'data/link' in the submission's folder has to be set aside (it is a link, a pipe, a folder or a device, not a "
        "file) and cannot be moved: Operation not permitted. Is it immutable (`lsattr`), or the folder not this "
        "account's? Move it away yourself, and grade again."
    )


def test_what_takes_a_submissions_place(tmp_path, monkeypatch):
    """A file, a loop, a folder that is closed: in words. None at all is no fault."""
    (tmp_path / "file").write_text("x")
    (tmp_path / "loop").symlink_to("loop")
    for name, words in (("file", "is a file, and should be a folder"), ("loop", "is a link that leads nowhere")):
        with pytest.raises(NotADirectoryError, match=words):
            attached.sift(tmp_path / name)
    assert attached.sift(tmp_path / "none") == attached.Sifted()
    monkeypatch.setattr(os, "access", lambda *_: False)
    with pytest.raises(PermissionError, match="cannot be read by this account. Give it the right to"):
        attached.sift(tmp_path)
