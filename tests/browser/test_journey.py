"""A course's way in a browser: released, fetched, worked on, submitted, graded, read by the learner."""

import re
import shutil

import pytest
from browser import lab
from helpers import COURSES

pytestmark = [pytest.mark.browser, pytest.mark.timeout(900)]

STUB = "raise NotImplementedError"
WRONG = "def double(x):\n    return x"
VISIBLY_RIGHT = "def double(x):\n    return 2.0 * x"
SQUARE = "def square(x):\n    return x * x"
HINT = "Look at the dtype that integers come back with."
VISIBLE_CHECK = "Twice 1 is 2, and twice 2.5 is 5."


@pytest.fixture
def course(tmp_path):
    """A course directory as an instructor has it before anything is released."""
    root = tmp_path / "course"
    shutil.copytree(COURSES / "vault", root, ignore=shutil.ignore_patterns("__pycache__", "release"))
    return root


@pytest.fixture
def instructor(course, tmp_path, window, shots):
    """An instructor's JupyterLab in the course directory."""
    with lab.jupyter(course, tmp_path / "instructor") as address:
        yield lab.Window(window(), address, course, shots)


@pytest.fixture
def learner(course, tmp_path, window, shots):
    """A learner's JupyterLab in a folder of their own; all that it shares with the course is the exchange."""
    folder = tmp_path / "learner"
    folder.mkdir()
    (folder / "nbgrader_config.py").write_text(
        f"c = get_config()\nc.CourseDirectory.course_id = 'gradetape'\nc.Exchange.root = {str(course / 'exchange')!r}\n"
    )
    with lab.jupyter(folder, tmp_path / "home") as address:
        yield lab.Window(window(), address, folder, shots)


def test_from_release_to_feedback(instructor, learner, course):
    """Every step is a click of a person; what the learner reads at the end is the hint for their mistake."""
    release(instructor, course)
    fetch(learner)
    fail_a_visible_check(learner)
    mend_and_validate(learner)
    submit(learner)
    collect_and_grade(instructor)
    read_the_result(instructor)
    give_feedback(instructor)
    read_the_feedback(learner)


def release(instructor, course):
    """The instructor makes and releases the learner's version."""
    instructor.open()
    instructor.menu("Nbgrader", "Formgrader")
    instructor.formgrader.locator("td.name", has_text="vault").wait_for()
    instructor.shot("01-formgrader")
    modal = instructor.press("assign", says="Successfully created the student version of 'vault'")
    instructor.shot("02-generated")
    instructor.close(modal)
    text = (course / "release" / "vault" / "vault.ipynb").read_text()
    assert STUB in text
    assert "CANARY_REFERENCE" not in text
    instructor.close(instructor.press("release", says="Successfully released 'vault'"))
    instructor.formgrader.locator("td.status", has_text="released").wait_for()
    instructor.shot("03-released")


def fetch(learner):
    """The learner fetches the assignment and opens its notebook."""
    learner.open()
    learner.menu("Nbgrader", "Assignment List")
    learner.assignments("released").filter(has_text="vault").wait_for()
    learner.shot("04-assignment-list")
    learner.assignments("released").get_by_role("button", name="Fetch").click()
    row = learner.assignments("fetched").filter(has_text="vault")
    row.get_by_role("button", name="vault").click()
    learner.shot("05-fetched")
    row.locator(".nested_list_item a").click()
    learner.cell("def double").wait_for()


def fail_a_visible_check(learner):
    """A first try fails the check that the learner can see."""
    learner.write("def double", WRONG)
    learner.write("def square", SQUARE)
    failed = learner.cell("np.array_equal(double(")
    learner.run_all(until=failed.locator(".jp-OutputArea").get_by_text(VISIBLE_CHECK).first)
    failed.scroll_into_view_if_needed()
    learner.shot("06-visible-check-fails")


def mend_and_validate(learner):
    """A second one passes it; nbgrader's validation asks for the written answer, then is content."""
    learner.write("def double", VISIBLY_RIGHT)
    last = learner.cell("np.array_equal(square(").locator(".jp-InputPrompt")
    learner.run_all(until=last.filter(has_text=re.compile(r"\[\d+\]")))
    assert not learner.page.locator(".jp-NotebookPanel:visible .jp-RenderedText[data-mime-type*='stderr']").count()
    learner.shot("07-mended")
    assert "You did not provide a response." in validate(learner, "08-validation-fails")
    learner.write_words("YOUR ANSWER HERE", "Doubling adds, squaring multiplies.")
    assert "Success! Your notebook passes all the tests." in validate(learner, "09-validated")


def validate(learner, picture):
    """Save, press Validate, and return what the dialog says."""
    learner.save()
    learner.page.locator(".jp-NotebookPanel:visible .validate-button").click()
    dialog = learner.dialog()
    learner.shot(picture)
    said = dialog.inner_text()
    dialog.get_by_role("button").last.click()
    dialog.wait_for(state="detached")
    return said


def submit(learner):
    """The learner hands it in."""
    learner.tab("Assignments")
    learner.assignments("fetched").get_by_role("button", name="Submit").click()
    learner.assignments("submitted").filter(has_text="vault").wait_for()
    learner.shot("10-submitted")


def collect_and_grade(instructor):
    """The instructor collects what was handed in and grades it."""
    instructor.close(instructor.press("collect", says="Successfully collected submissions of 'vault'"))
    instructor.formgrader.locator("td.num-submissions a", has_text="1").click()
    instructor.formgrader.locator("td.status", has_text="needs autograding").wait_for()
    instructor.shot("11-collected")
    modal = instructor.press("autograde", says="Successfully autograded 'vault'", seconds=lab.GRADING_SECONDS)
    instructor.shot("12-autograded")
    instructor.close(modal)
    instructor.formgrader.locator("td.status", has_text="needs manual grading").wait_for()
    score = instructor.formgrader.locator("td.score").inner_text()
    assert re.fullmatch(r"3(\.\d+)? / 10", score.strip()), score


def read_the_result(instructor):
    """The instructor reads the verdicts, and gives points for the written answer."""
    page = instructor.formgrader
    page.get_by_role("link", name="Manual Grading").click()
    for link in ("vault", "vault", "Submission #1"):
        page.locator("td.name a", has_text=link).first.click()
        page.locator("td.name a").first.wait_for() if link != "Submission #1" else None
    page.locator("section.gradetape-verdict").first.wait_for()
    verdicts = page.locator("section.gradetape-verdict")
    assert verdicts.count() == 2
    assert "double: failed" in verdicts.first.inner_text()
    assert HINT in verdicts.first.inner_text()
    assert "square: passed" in verdicts.last.inner_text()
    verdicts.first.scroll_into_view_if_needed()
    instructor.shot("13-verdicts")
    points = page.locator("input.score").last
    points.fill("5")
    with instructor.page.expect_response(lambda r: "/formgrader/api/grade/" in r.url and r.request.method == "PUT"):
        points.press("Tab")
    instructor.shot("14-points-by-hand")


def give_feedback(instructor):
    """The instructor makes feedback pages and releases them."""
    page = instructor.formgrader
    page.get_by_role("link", name="Manual Grading").click()
    page.get_by_role("link", name="Manage Assignments").click()
    page.locator("td.name", has_text="vault").wait_for()
    modal = instructor.press("generate-feedback", says="Successfully generated feedback of 'vault'", seconds=120)
    instructor.close(modal)
    instructor.close(instructor.press("release-feedback", says="Successfully released feedback of 'vault'"))
    instructor.shot("15-feedback-released")


def read_the_feedback(learner):
    """The learner fetches the feedback, opens the page and finds the hint and the points."""
    learner.page.locator("#refresh_assignments_list").click()
    row = learner.assignments("submitted").filter(has_text="vault")
    row.get_by_role("button", name="Fetch Feedback").click()
    link = learner.page.locator("#submitted_assignments_list a", has_text="view feedback")
    link.wait_for()
    learner.shot("16-feedback-fetched")
    link.click()
    learner.page.locator(".jp-DirListing-item", has_text="vault.html").dblclick()
    page = learner.page.locator(".jp-HTMLViewer iframe, iframe.jp-HTMLViewer").last.content_frame
    page.get_by_text(HINT).first.wait_for()
    page.locator("section.gradetape-verdict").first.scroll_into_view_if_needed()
    learner.shot("17-feedback")
    said = page.locator("body").inner_text()
    assert "double: failed, 1.5 of 2 points" in said
    assert re.search(r"\b8\.5 (of|/) 10", said)
    (path,) = (learner.folder / "vault").rglob("vault.html")
    assert "CANARY" not in path.read_text()
