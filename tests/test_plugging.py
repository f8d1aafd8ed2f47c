"""`plug_in`: one line of a course's configuration, what it keeps, what it refuses, and what `doctor` sees of it."""

import subprocess
import sys

import pytest
from traitlets.config import Config

from gradetape.nbgrader import plug_in, plugging

STOCK = ["nbgrader.preprocessors.Execute", "nbgrader.preprocessors.SaveAutoGrades"]


@pytest.fixture(autouse=True)
def _forgotten(monkeypatch):
    """No other test's course is known in this one."""
    monkeypatch.setattr(plugging, "_plugged", {})
    monkeypatch.setenv("JUPYTER_DEFAULT_PROVISIONER_NAME", "of the test")


def names(c):
    return [s.rpartition(".")[2] for s in map(plugging.named, c.Autograde.autograde_preprocessors)]


def test_a_fresh_configuration_is_protected(tmp_path):
    """Nothing is missing, and nothing contradicts."""
    c = Config()
    assert len(plugging.unprotected(c)) == 6
    plug_in(c, tmp_path)
    assert plugging.unprotected(c) == []
    assert plugging.contradictions(tmp_path) == []
    assert plugging.is_plugged(tmp_path)
    assert plugging.is_plugged(tmp_path / "another")  # the course may lie elsewhere than the file that names it


def test_what_a_course_has_set_is_kept(tmp_path):
    """Its own preprocessors stay in their places, whether the list was set or added to; other settings stay."""
    c = Config()
    c.Autograde.autograde_preprocessors = ["mine.First", STOCK[0], "mine.Middle", STOCK[1], "mine.Last"]
    c.Autograde.sanitize_preprocessors.append("mine.Cleaner")
    c.GenerateAssignment.force = False
    c.Execute.skip_cells_with_tag = "later"
    plug_in(c, tmp_path)
    assert c.Autograde.autograde_preprocessors == [
        "mine.First", "gradetape.nbgrader.Execute", "mine.Middle", "gradetape.nbgrader.SaveAutoGrades", "mine.Last"
    ]  # fmt: skip
    steps = c.Autograde.sanitize_preprocessors
    assert steps[0] == "gradetape.nbgrader.RestoreCells"
    assert steps[-1] == "mine.Cleaner"
    assert "nbgrader.preprocessors.OverwriteCells" in steps
    assert c.GenerateAssignment.force is False
    assert c.Execute.skip_cells_with_tag == "later"
    assert plugging.unprotected(c) == []


def test_classes_count_as_their_names(tmp_path):
    """A course may name nbgrader's classes or hold them."""
    from nbgrader.preprocessors import Execute, SaveAutoGrades

    c = Config()
    c.Autograde.autograde_preprocessors = [Execute, SaveAutoGrades]
    plug_in(c, tmp_path)
    assert names(c) == ["Execute", "SaveAutoGrades"]
    assert plugging.unprotected(c) == []


def test_plugging_in_twice_changes_nothing(tmp_path):
    """From the account's file and from the course's."""
    c = Config()
    plug_in(c, tmp_path)
    before = repr(c)
    plug_in(c, tmp_path)
    assert repr(c) == before


@pytest.mark.parametrize(
    ("setting", "words"),
    [
        (lambda c: c.Autograde.update(exporter_class="mine.Exporter"), "c.Autograde.exporter_class is 'mine.Exporter', and plug_in sets 'gradetape.nbgrader.SubmissionExporter'. Remove that line"),
        (lambda c: c.Autograde.update(autograde_preprocessors=[*STOCK, "gradetape.nbgrader.Execute"]), "c.Autograde.autograde_preprocessors holds both nbgrader's Execute and Gradetape's. Remove nbgrader's."),
        (lambda c: c.Autograde.update(autograde_preprocessors=STOCK[:1]), "c.Autograde.autograde_preprocessors has no SaveAutoGrades, so no score would be recorded."),
        (lambda c: c.Execute.update(enabled=False), "c.Execute.enabled = False switches off what grading needs: nothing would be graded. Remove that line."),
        (lambda c: c.SaveAutoGrades.update(enabled=False), "c.SaveAutoGrades.enabled = False switches off what grading needs"),
        (lambda c: c.OverwriteCells.update(enabled=False), "c.OverwriteCells.enabled = False switches off what grading needs: a learner's own tests and points would count."),
        (lambda c: c.Autograde.update(autograde_preprocessors=STOCK[::-1]), "c.Autograde.autograde_preprocessors has its steps in a wrong order. Put them so: Execute, SaveAutoGrades."),
        (lambda c: c.Autograde.update(autograde_preprocessors=[STOCK[0], "nbgrader.preprocessors.ClearOutput", STOCK[1]]), "c.Autograde.autograde_preprocessors has ClearOutput between Execute and SaveAutoGrades"),
        (lambda c: c.Autograde.update(sanitize_preprocessors=[f"nbgrader.preprocessors.{n}" for n in plugging._SANITIZE if n != "OverwriteCells"]), "c.Autograde.sanitize_preprocessors lacks OverwriteCells: a learner's own tests and points would count."),
        (lambda c: c.Autograde.update(sanitize_preprocessors=[f"nbgrader.preprocessors.{n}" for n in reversed(plugging._SANITIZE)]), "c.Autograde.sanitize_preprocessors has its steps in a wrong order."),
    ],
)  # fmt: skip
def test_settings_that_contradict_are_named(tmp_path, setting, words):
    """Clearly, at once, and kept for whoever grades."""
    c = Config()
    setting(c)
    plug_in(c, tmp_path)
    (line,) = plugging.contradictions(tmp_path)
    assert line.startswith(words)


def test_another_feedback_page_stays_and_is_told(tmp_path, caplog):
    """It does not stop grading."""
    c = Config()
    c.GenerateFeedback.exporter_class = "mine.Page"
    with caplog.at_level("ERROR"):
        plug_in(c, tmp_path)
    assert plugging.contradictions(tmp_path) == []
    assert [str(p.setting) for p in plugging.unprotected(c)] == ["c.GenerateFeedback.exporter_class"]
    assert c.GenerateFeedback.exporter_class == "mine.Page"


def test_two_exchanges_are_told(tmp_path, caplog):
    """plug_in's counts, as before, and not without a word."""
    c = Config()
    c.Exchange.root = "/srv/other"
    with caplog.at_level("ERROR"):
        plug_in(c, tmp_path, exchange="exchange")
        assert f"c.Exchange.root is '/srv/other', and plug_in(…, exchange=…) sets '{tmp_path}/exchange'" in caplog.text
        caplog.clear()
        plug_in(c, tmp_path, exchange="exchange")
    assert c.Exchange.root == str(tmp_path / "exchange")
    assert not caplog.text


def test_keywords_are_where_courses_differ(tmp_path):
    """An exchange of its own, nbgrader's page, demo cells in Validate."""
    c = Config()
    plug_in(c, tmp_path, exchange="exchange", feedback_page=False, skip_demos=False, warm_kernels=False)
    assert c.Exchange.root == str(tmp_path / "exchange")
    assert (tmp_path / "exchange").stat().st_mode & 0o7777 == 0o1777
    assert "exporter_class" not in c.GenerateFeedback
    assert "skip_cells_with_tag" not in c.Execute
    assert "start" not in c.WarmProvisioner


def test_the_accounts_file_plugs_in_every_course(tmp_path, monkeypatch):
    """Its folder is one of Jupyter's, and no course."""
    monkeypatch.setenv("JUPYTER_CONFIG_DIR", str(tmp_path / "jupyter"))
    plug_in(Config(), tmp_path / "jupyter")
    assert plugging.is_plugged(tmp_path / "any" / "course")


def test_importing_it_is_light():
    """Neither nbconvert nor nbgrader nor the course is loaded by the line itself."""
    code = (
        "import sys; from gradetape.nbgrader import plug_in; from traitlets.config import Config; plug_in(Config(), '.');"
        "print([m for m in ('nbconvert', 'nbgrader', 'nbformat', 'numpy', 'gradetape.course') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
