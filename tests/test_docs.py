"""The pages are true: commands exist, configuration is the one in use, examples parse."""

import json
import re

import pytest
from helpers import ROOT
from typer.main import get_command

from gradetape import cli
from gradetape.course import Course
from gradetape.verdict import SCHEMA, Result, Status, Verdict

PAGES = sorted([ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").glob("*.md")])


def blocks(page, kind):
    return re.findall(rf"```{kind}\n(.*?)```", page.read_text(), re.DOTALL)


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.name)
def test_commands_exist(page):
    """Every gradetape command and make target in a page."""
    text = page.read_text()
    commands = get_command(cli.app).commands
    for name in re.findall(r"^(?:\$ )?gradetape (\w+)", "\n".join(blocks(page, "sh")), re.MULTILINE):
        assert name in commands, name
    targets = re.findall(r"^(\w+):", (ROOT / "Makefile").read_text(), re.MULTILINE)
    for name in re.findall(r"\bmake (\w+)\b(?= {2,}|`|\n)", text):
        assert name in targets, name


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.name)
def test_links_lead_somewhere(page):
    """Relative links point to files of the repository."""
    for target in re.findall(r"\]\(([^)#:]+)\)", page.read_text()):
        assert (page.parent / target).exists(), target


def test_the_configuration_is_the_one_in_use():
    """The lines to copy are those of this course's nbgrader_config.py."""
    lines = blocks(ROOT / "docs" / "instructors.md", "python")[0].splitlines()
    own = (ROOT / "nbgrader_config.py").read_text()
    assert lines[-1] == "plug_in(c, Path(__file__).parent)"
    assert [line for line in lines[:-1] if line not in own.splitlines()] == []
    assert "plug_in(c, Path(__file__).parent" in own


def test_the_configuration_of_the_fixture_course_is_the_same():
    """The tests plug Gradetape in as the course does."""
    assert (ROOT / "tests/courses/tiny/nbgrader_config.py").read_text() == (ROOT / "nbgrader_config.py").read_text()


def test_the_schema_page_names_every_field():
    """Every field of result, verdict and check, and every status."""
    text = (ROOT / "docs" / "result-schema.md").read_text()
    verdict = Verdict(question="q", status=Status.PASSED, score=1, max_score=1)
    data = json.loads(Result(assignment="a", digest="d", seed=1, verdicts=(verdict,)).to_json())
    assert SCHEMA in text
    for field in (*data, *data["verdicts"][0], *Status):
        assert f"`{field}`" in text, field
    (example,) = blocks(ROOT / "docs" / "result-schema.md", "json")
    assert json.loads(example).keys() == data["verdicts"][0].keys()


def test_the_syllabus_is_true():
    """Every assignment has its line, with the data that its notebook loads and the points that its cells have."""
    page = (ROOT / "docs" / "courses.md").read_text()
    rows = {
        r[0]: r
        for r in re.findall(r"^\| \d \| \[(\w+)\]\(([^)]+)\) \| .+? \| (.+?) \| (\d+) \| (\d+) \|$", page, re.MULTILINE)
    }
    course = Course(ROOT)
    assert sorted(rows) == course.ids()
    for name, target, data, minutes, points in rows.values():
        assignment = course.load(name)
        assert target == f"../release/{name}/{name}.ipynb"
        assert sorted(re.findall(r"`(\w+)`", data)) == sorted(assignment.datasets), name
        assert sum(q.points for q in assignment.questions) == int(points)
        assert 15 <= int(minutes) <= 240


def test_the_silent_traps_are_named():
    """Every mistake of the table of silent traps exists."""
    page = (ROOT / "docs" / "authors.md").read_text().partition("## Silent traps")[2].partition("\n## ")[0]
    keys = re.findall(r"`(\w+)/(\w+/[\w-]+)`", page)
    assert len(keys) > 20
    course = Course(ROOT)
    known = {name: {m.key for m in course.load(name).mistakes} for name in {name for name, _ in keys}}
    assert [f"{name}/{key}" for name, key in keys if key not in known[name]] == []


def test_the_module_map_is_complete():
    """CONTRIBUTING's map names every module."""
    text = (ROOT / "CONTRIBUTING.md").read_text()
    source = ROOT / "src" / "gradetape"
    for path in source.rglob("*.py"):
        parts = path.relative_to(source).with_suffix("").parts
        if parts[-1] == "__init__" or parts[0] == "datasets":
            continue
        assert f"`{'.'.join(parts)}`" in text, parts


def test_the_list_of_attacks_is_complete():
    """Every attack of the suite has its line; `python bench/attack_list.py` writes them."""
    page = (ROOT / "docs" / "attacks.md").read_text()
    cells = {path.stem for path in (ROOT / "tests" / "attacks" / "cells").glob("*.py")}
    assert cells
    assert {name for name in cells if f"| `{name}` |" not in page} == set()
