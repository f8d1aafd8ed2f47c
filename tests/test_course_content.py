"""The bundled course, proved: what `make check` shows, and what a class of simulated learners gets."""

import ast
import json
import re
import subprocess

import pytest
from helpers import ROOT

from gradetape.course import Course
from gradetape.demo import LEARNERS

pytestmark = pytest.mark.e2e
ASSIGNMENTS = (
    "custom_models_w1_functional_api", "custom_models_w2_losses", "custom_models_w3_layers", "custom_models_w4_models",
    "custom_models_w5_callbacks", "custom_training_w1_gradients", "custom_training_w2_training_loop",
    "custom_training_w3_graph_mode", "custom_training_w4_distribution", "developer_00_fundamentals",
    "probabilistic_w1_distributions", "probabilistic_w2_bayesian_cnn", "probabilistic_w3_realnvp", "probabilistic_w4_vae",
    "probabilistic_w5_capstone_flow_vae",
)  # fmt: skip


@pytest.fixture(scope="module")
def reports():
    """`gradetape check --format json` of the whole course, in one run."""
    done = subprocess.run(
        ["gradetape", "check", "--format", "json"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    return {r["id"]: r for r in json.loads(done.stdout)["assignments"]} | {"code": done.returncode}


@pytest.mark.parametrize("name", ASSIGNMENTS)
def test_an_assignment_is_proved(reports, name):
    """No problems; stub 0, right answers all marks over five seeds; every mistake loses marks and is named as itself."""
    report = reports[name]
    assert report["problems"] == []
    assert (report["points"], report["reference_score"], report["stub_score"], report["seeds"]) == (10, 10, 0, 5)
    assert all(a["score"] == a["max"] for a in report["alternatives"])
    for mistake in report["mistakes"]:
        assert mistake["score"] < mistake["max"]
        assert mistake["diagnosed_as"] == f"{mistake['question']}/{mistake['name']}"


def test_the_course_is_complete(reports):
    """Fifteen assignments, at least three mistakes a question, alternatives for most, exit code 0."""
    assert reports["code"] == 0
    assert Course(ROOT).ids() == sorted(ASSIGNMENTS)
    for name in ASSIGNMENTS:
        assignment = Course(ROOT).load(name)
        for question in assignment.questions:
            assert sum(m.question == question.name for m in assignment.mistakes) >= 3, (name, question.name)
            assert sum(a.question == question.name for a in assignment.alternatives) >= 1, (name, question.name)
        assert len(assignment.alternatives) >= 2 * len(assignment.questions) - 1, name


@pytest.mark.parametrize("name", ASSIGNMENTS)
def test_notebooks_teach(name):
    """A title, why it matters, mathematics, a picture or table in a demo cell, hints to unfold, a next step, helpful asserts."""
    nb = Course(ROOT).load(name).notebook
    text = "\n".join(c["source"] for c in nb["cells"] if c["cell_type"] == "markdown")
    tests = "\n".join(c["source"] for c in nb["cells"] if c["metadata"].get("nbgrader", {}).get("grade"))
    assert text.startswith("# ")
    assert "$" in text
    assert "next step" in text.lower()
    assert text.count("<details>") >= len(Course(ROOT).load(name).questions)
    assert any("demo" in c["metadata"].get("tags", []) for c in nb["cells"])
    asserts = [node for node in ast.walk(ast.parse(tests)) if isinstance(node, ast.Assert)]
    assert asserts
    assert all(node.msg is not None for node in asserts)


def test_demo(tmp_path):
    """`gradetape demo`: exit code 0, three assignments, twelve learners with the scores their kind of work deserves."""
    done = subprocess.run(
        ["gradetape", "demo", str(tmp_path / "demo")], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-2000:]
    rows = [
        re.findall(r"[\w.]+ / 10", line)
        for line in done.stdout.splitlines()
        if line.startswith("│") and " / 10" in line
    ]
    assert len(rows) == len(LEARNERS) == 12
    assert all(len(row) == 3 for row in rows)
    kinds = {learner.about: row for learner, row in zip(LEARNERS, rows, strict=True)}
    assert set(kinds["everything right"]) == {"10.00 / 10"}
    assert set(kinds["handed in the empty notebook"]) == {"0.00 / 10"}
    assert set(kinds["a picture of the notebook as PDF"]) == {"0.00 / 10"}
    page = re.search(r"A feedback page:\s+(\S+\.html)", done.stdout).group(1)
    assert "gradetape-verdict" in (tmp_path / page).read_text()
    assert "Commonest mistakes" in done.stdout
