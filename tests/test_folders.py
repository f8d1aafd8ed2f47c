"""Folders that learners made: walked without recursion, within bounds, and listed as nbgrader lists them."""

import os
import subprocess
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from nbgrader import utils

from gradetape import folders

IGNORE = [".ipynb_checkpoints", "*.pyc", "__pycache__", "*.ipynb"]


def make(root, paths):
    for path in paths:
        folder, _, name = path.rpartition("/")
        (root / folder).mkdir(parents=True, exist_ok=True)
        if name:
            (root / folder / name).write_text("x")


def deep(root, levels):
    """Make folders in one another, deeper than a path can name."""
    here = os.getcwd()
    os.chdir(root)
    try:
        for _ in range(levels):
            os.mkdir("d")
            os.chdir("d")
    finally:
        os.chdir(here)


ODD = [
    "a.txt", "b.pyc", "n.ipynb", ".hidden", ".x.pyc", "x/a.pyc", "x/b", "__pycache__/c", "__pycache__/d/e",
    "x/.ipynb_checkpoints/n.ipynb", "x/.ipynb_checkpoints/a.txt", "[a]/n.ipynb", "[a]/b.pyc", "a/n.ipynb", "*/n.ipynb", "*/b",
    "?/b.pyc", "[/b.pyc", "[!a]/b.pyc", "x*y/z/b.pyc", ".[h]/b.pyc", "a\nb/c.pyc", "c\nd.pyc", "e f.pyc", "empty/", "x.pyc/keep",
]  # fmt: skip


@pytest.mark.parametrize(
    "exclude", [None, [], IGNORE, ["*"], ["[.]*"], ["?"], ["x/b"], ["./a.txt"], ["**"], ["[ab]*"], ["x", "a.txt"], [""]]
)
@pytest.mark.parametrize("name", ["plain", "[odd] *", "__pycache__"])
def test_files_are_those_that_nbgrader_copies(tmp_path, exclude, name):
    """Over odd trees, for all patterns, and where the course's own folder has a name like a pattern."""
    make(tmp_path / name, ODD)
    os.symlink(tmp_path, tmp_path / name / "link")
    os.symlink("nowhere", tmp_path / name / "broken")
    top = str(tmp_path / name)
    assert sorted(folders.copied(top, exclude)) == sorted(utils.find_all_files(top, exclude))


def test_patterns_with_whole_paths(tmp_path):
    """`c.CourseDirectory.ignore` may name one file."""
    make(tmp_path, ODD)
    exclude = [f"{tmp_path}/x/*", f"{tmp_path}/a.txt"]
    assert sorted(folders.copied(tmp_path, exclude)) == sorted(utils.find_all_files(str(tmp_path), exclude))


NAMES = st.text(alphabet="ab.*[]!?-^\\ \n", min_size=1, max_size=4).filter(lambda name: name not in (".", ".."))


@given(st.lists(st.lists(NAMES, min_size=1, max_size=3), max_size=8), st.lists(NAMES, max_size=3))
@settings(max_examples=100, deadline=None)
def test_any_names_and_patterns(tmp_path_factory, paths, exclude):
    """The same files as nbgrader's, whatever they are called."""
    root = tmp_path_factory.mktemp("any")
    for path in paths:
        try:
            make(root, ["/".join(path)])
        except OSError:  # a file is where this one needs a folder
            continue
    assert sorted(folders.copied(root, exclude)) == sorted(utils.find_all_files(str(root), exclude))


def test_time_is_linear_in_the_number_of_files(tmp_path):
    """Four thousand files of one folder in a fraction of a second: nbgrader's own takes a minute and more."""
    make(tmp_path, [f"{number}.txt" for number in range(4000)])
    began = time.process_time()
    assert len(folders.copied(tmp_path, IGNORE)) == 4000
    assert time.process_time() - began < 1


def test_walk_is_pythons_own(tmp_path):
    """In the order of names; links are listed and not entered; what is taken from the list is not entered."""
    make(tmp_path, ODD)
    os.symlink(tmp_path, tmp_path / "link")
    ours = [(where, below, names) for where, below, names in folders.walk(tmp_path)]
    theirs = {where: (sorted(below), sorted(names)) for where, below, names in os.walk(tmp_path)}
    assert {where: (below, names) for where, below, names in ours} == theirs
    assert [where for where, *_ in ours] == sorted(theirs, key=lambda path: path.split("/"))
    for _, below, _ in folders.walk(tmp_path):
        assert "x" in below
        below.clear()


def test_depth_and_number_are_bounded(tmp_path):
    """What is passed over is named: the folder below which there are more, and the one that holds too many."""
    make(tmp_path, [*(f"many/{number}" for number in range(50)), "a/b"])
    deep(tmp_path / "a", 3000)
    errors = []
    seen = [where for where, *_ in folders.walk(tmp_path, onerror=errors.append, levels=3, most=40)]
    assert seen == [f"{tmp_path}{end}" for end in ("", "/a", "/a/d", "/a/d/d")]
    assert [(type(error), error.filename) for error in errors] == [
        (folders.TooDeepError, f"{tmp_path}/a/d/d/d"),
        (folders.OverfullError, f"{tmp_path}/many"),
    ]
    folders.remove(tmp_path / "a")


def test_what_is_deep_can_be_removed(tmp_path):
    """Five thousand folders in one another, of a path that the system takes no more; links are not followed."""
    make(tmp_path, ["away/x/y", "stays/z", "away/.deep0"])
    deep(tmp_path / "away" / "x", 5000)
    os.symlink(tmp_path / "stays", tmp_path / "away" / "x" / "d" / "link")
    try:
        folders.remove(tmp_path / "away")
    finally:
        subprocess.run(["rm", "-rf", tmp_path / "away"], check=True)
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["stays", "z"]


def test_removing_says_what_cannot_be(tmp_path):
    """As `shutil.rmtree` does."""
    with pytest.raises(FileNotFoundError):
        folders.remove(tmp_path / "none")
