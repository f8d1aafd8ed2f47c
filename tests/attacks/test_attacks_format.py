"""Every attack has the form that the harness relies on; none is run here."""

import ast
import inspect
import json
import sys
from pathlib import Path

import pytest
from helpers import COURSES

sys.path.insert(0, str(Path(__file__).parent))
import handed_in
from attacks import AIMS, CELLS, DESERVED, PLACES, AttackError, dangling, load, parse

ATTACKS = load()
SOME = dict.fromkeys(PLACES, "1")
MOST_LINES = 30


@pytest.fixture(scope="module")
def release():
    return (COURSES / "vault" / "release" / "vault" / "vault.ipynb").read_bytes()


def sources(notebook):
    """Map grade_ids, or the ids of cells without one, to their text."""
    cells = json.loads(notebook)["cells"]
    return {c["metadata"].get("nbgrader", {}).get("grade_id", c["id"]): "".join(c["source"]) for c in cells}


def test_enough_and_sorted():
    """No file is left out, and the order is that of the names."""
    names = [attack.name for attack in ATTACKS]
    assert names == sorted(path.stem for path in CELLS.glob("*.py"))
    assert len(names) >= 60


def test_every_aim_is_tried():
    assert {attack.aim for attack in ATTACKS} == set(AIMS)


def test_sentences_are_unique():
    sentences = [attack.about for attack in ATTACKS]
    assert len(set(sentences)) == len(sentences)


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.name)
def test_cells_compile_and_are_short(attack):
    """Cells are Python, but for IPython's magics; no part is longer than a screen."""
    for section, text in attack.cells.items():
        assert len(text.splitlines()) <= MOST_LINES, section
        if section != "markdown" and not text.startswith(("%%", "!")):
            ast.parse(text)


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.name)
def test_what_is_attacked_is_there(attack):
    """An attack on a module or function that was moved would fail by itself, and prove nothing."""
    assert dangling(attack.cells) == []


@pytest.mark.parametrize(
    "text",
    [
        "import gradetape.moved",
        "def double(x):\n    from gradetape import moved",
        "from gradetape.texts import moved as shown",
        "import gradetape.texts\ngradetape.texts.moved = print",
        "from gradetape import texts\nprint(texts.moved(1))",
        "import gradetape.texts as t\nt.moved.more()",
    ],
)
def test_what_is_not_there_is_named(text):
    assert "moved" in dangling({"first": text})[0]
    assert (
        dangling({"first": text.replace("moved", "shown" if "texts" in text else "texts").replace(".more", "")}) == []
    )


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.name)
def test_notebooks_are_made(attack, release):
    """Every section reaches its place in the notebook, and no mark of a place is left."""
    made = attack.notebook(release, SOME)
    found = sources(made)
    assert not any(f"@{place}@" in text for text in found.values() for place in PLACES)
    assert set(sources(release)) <= set(found)
    assert json.loads(made)["cells"][0]["id"] == "first" or "first" not in attack.cells


def test_sections_not_given_have_the_usual_answers(release):
    """Double is wrong, square is right."""
    found = sources(parse("one", "# It tries.\n# aim: read\n# %% last\nprint(1)\n").notebook(release, {}))
    assert found["double_answer"] == "def double(x):\n    return x"
    assert found["square_answer"] == "def square(x):\n    return x ** 2"
    assert found["extra0"] == "print(1)"


def test_places_are_put_in_or_asked_for(release):
    attack = parse("one", "# It tries.\n# aim: harm\n# %% first\nopen('@OUTSIDE@/a')\n")
    assert "open('/there/a')" in sources(attack.notebook(release, {"OUTSIDE": "/there"})).values()
    with pytest.raises(AttackError, match="one: nothing was given for OUTSIDE"):
        attack.notebook(release, {})


def test_magics_and_markdown_lose_their_comment_signs():
    """As in jupytext's percent format, so that the files stay Python."""
    text = "# It tries.\n# aim: read\n# %% first\n# %%bash\n# ls\n\n# %% markdown\n# # Head\n#\n# text\n"
    assert parse("one", text).cells == {"first": "%%bash\nls", "markdown": "# Head\n\ntext"}


def test_what_an_attack_deserves_can_be_noted():
    text = "# It tries.\n# aim: read\n# expects: square=0\n# after: look at the disk\n# %% first\nprint(1)\n"
    assert parse("one", text).expects == {**DESERVED, "square": 0.0}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("print(1)\n", "line 1 has to be a comment"),
        ("# It tries.\n# aim: win\n# %% first\n1\n", "line 2 has to be"),
        ("# It tries.\n# aim: read\n# expects: triple=1\n# %% first\n1\n", "is no note"),
        ("# It tries.\n# aim: read\n", "no section"),
        ("# It tries.\n# aim: read\n# %% middle\n1\n", "no section 'middle'"),
        ("# It tries.\n# aim: read\n# %% first\n1\n# %% first\n2\n", "stands there twice"),
        ("# It tries.\n# aim: read\n# %% first\n\n", "is empty"),
    ],
)
def test_malformed_files_are_named(text, said):
    with pytest.raises(AttackError, match=f"broken: .*{said}"):
        parse("broken", text)


@pytest.mark.parametrize("function", handed_in.load(), ids=lambda function: function.__name__)
def test_hostile_folders_are_written(function, tmp_path, release):
    """Each says in a sentence what it tries, and leaves a notebook file of the right name."""
    assert inspect.getdoc(function).splitlines()[0].endswith(".")
    folder = tmp_path / "vault"
    folder.mkdir()
    function(folder, release)
    assert (folder / "vault.ipynb").is_symlink() or (folder / "vault.ipynb").exists()


def test_enough_hostile_folders():
    functions = handed_in.load()
    assert len(functions) >= 10
    assert len({inspect.getdoc(f).splitlines()[0] for f in functions}) == len(functions)
