"""From notebook bytes to a result: scores, verdicts, diagnosis, and no TensorFlow on the trusted side."""

import json
import subprocess
import sys

import pytest

from gradetape import grading, written
from gradetape.course import Assignment
from gradetape.grading import Submission, digest, grade
from gradetape.judge import helpers
from gradetape.submissions import _content
from gradetape.verdict import Status

pytestmark = pytest.mark.guests
RIGHT_MEANS = "def row_means(x):\n    return tf.reduce_mean(tf.cast(x, 'float32'), 1)"


@pytest.fixture(autouse=True)
def _end_guests():
    yield
    grading.close_all()


def verdicts(result):
    return {v.question: (v.status.value, v.score) for v in result.verdicts}


def test_the_reference_gets_full_marks(warmup):
    """Questions with hidden tests are judged; those without, and manual ones, are left to nbgrader."""
    result = grade(warmup, Submission(warmup.source), seed=5)
    assert verdicts(result) == {"row_means": ("passed", 4.0), "coin": ("passed", 4.0)}
    assert (result.score, result.max_score, result.seed, result.guests) == (8.0, 8.0, 5, 1)
    assert result.verdict("coin").message == "All checks passed."
    assert result.staff == {}


def test_a_run_has_one_seed(warmup):
    """Without a seed of their own, all submissions of a process share one: remembered answers serve the whole class."""
    one, two = (grade(warmup, Submission(warmup.release)).seed for _ in range(2))
    assert one == two


def test_the_stub_is_not_attempted(warmup):
    """Nobody answered: zero, told apart from wrong."""
    result = grade(warmup, Submission(warmup.release))
    assert verdicts(result) == {"row_means": ("not attempted", 0.0), "coin": ("not attempted", 0.0)}


def test_partial_marks_follow_the_weights(warmup, answer):
    """The check of integers (weight 1 of 4) fails, the other passes: three quarters of the points."""
    code = "def row_means(x):\n    y = tf.reduce_mean(x, 1)\n    return tf.cast(y, 'float32')"
    result = grade(warmup, Submission(answer(warmup.source, {"row_means_answer": code})))
    assert verdicts(result)["row_means"] == ("failed", 3.0)
    assert [c.status.value for c in result.verdict("row_means").checks] == ["passed", "failed"]


def test_a_known_mistake_is_named(warmup, answer):
    """Written in another way, it is still that mistake, with its hint."""
    code = "def row_means(x):\n    x = np.asarray(x, 'float32')\n    return x.sum(0) / len(x)"
    verdict = grade(warmup, Submission(answer(warmup.source, {"row_means_answer": code}))).verdict("row_means")
    assert verdict.diagnosis.mistake == "row_means/column-means"
    assert verdict.diagnosis.hint == "Look again at the axis you reduce over."
    assert verdict.score == 0.0


def test_a_statistical_mistake_is_named(warmup, answer):
    """Samplers are compared by distribution, also with the mistakes."""
    code = "def coin(n, seed):\n    return (np.random.default_rng(seed + 5).uniform(size=n) > 0.7).astype('int64')"
    verdict = grade(warmup, Submission(answer(warmup.source, {"coin_answer": code}))).verdict("coin")
    assert (verdict.status, verdict.score) == (Status.FAILED, 2.0)
    assert verdict.diagnosis.mistake == "coin/biased"


def test_without_a_known_mistake_a_relation_is_named(warmup, answer):
    """The general finder's sentence joins the message."""
    code = "def row_means(x):\n    return -tf.reduce_mean(tf.cast(x, 'float32'), 1)"
    verdict = grade(warmup, Submission(answer(warmup.source, {"row_means_answer": code}))).verdict("row_means")
    assert verdict.diagnosis is None
    assert verdict.message.endswith("Your result is the negative of the expected one.")


def test_an_unknown_mistake_is_not_named(warmup, answer):
    """A wrong answer that is like no known mistake gets no hint at all."""
    code = "def row_means(x):\n    return tf.reduce_max(tf.cast(x, 'float32'), 1) ** 3"
    verdict = grade(warmup, Submission(answer(warmup.source, {"row_means_answer": code}))).verdict("row_means")
    assert verdict.diagnosis is None
    assert verdict.status is Status.FAILED


def test_a_failed_diagnosis_costs_no_verdict(warmup, answer, monkeypatch):
    """When looking for the mistake breaks, the verdict stands without a hint, and staff are told."""

    def broken(*_):
        raise ZeroDivisionError("oh")

    monkeypatch.setattr(grading.diagnosis, "diagnose", broken)
    code = "def row_means(x):\n    return tf.reduce_mean(tf.cast(x, 'float32'), 0)"
    result = grade(warmup, Submission(answer(warmup.source, {"row_means_answer": code})))
    assert verdicts(result)["row_means"] == ("failed", 0.0)
    assert result.notes == ("Question 'row_means': no diagnosis: ZeroDivisionError: oh",)


def test_an_answer_in_a_cell_of_ones_own_counts(warmup, answer):
    """The stub stays, the answer stands below: it is tested all the same; what fails then is not attempted."""
    result = grade(warmup, Submission(answer(warmup.release, extra=[RIGHT_MEANS])))
    assert verdicts(result) == {"row_means": ("passed", 4.0), "coin": ("not attempted", 0.0)}


def test_messages_hold_no_hidden_values(warmup, answer):
    """A learner's part of the result does not contain what the reference returned or the test's text."""
    code = "def row_means(x):\n    return tf.zeros(len(x)) + 123"
    data = json.loads(grade(warmup, Submission(answer(warmup.source, {"row_means_answer": code}))).to_json())
    for_learner = json.dumps(data["verdicts"])
    assert "test_warmup" not in for_learner
    assert "rng.normal" not in for_learner
    assert "rng.normal" in json.dumps(data["staff"])


def test_the_digest_is_what_decides(warmup, tiny):
    """Stored outputs and cell ids do not count; sources, files and graders do."""
    one = digest(warmup, Submission(warmup.source))
    shown = json.loads(warmup.source)
    shown["cells"][1]["outputs"] = [{"output_type": "stream", "name": "stdout", "text": "x"}]
    shown["cells"][1]["id"] = "other"
    assert digest(warmup, Submission(json.dumps(shown).encode())) == one
    shown["cells"][1]["source"] = "changed = 1"
    assert digest(warmup, Submission(json.dumps(shown).encode())) != one
    assert digest(warmup, Submission(warmup.source, {"a.csv": b"1"})) != one
    (tiny.root / "graders/warmup/mistakes.py").write_text("")
    assert digest(tiny.load("warmup"), Submission(warmup.source)) != one


def test_broken_graders_cost_nobody_marks_silently(warmup):
    """A judge that crashes: 'could not be checked', a note for staff, no zero passed off as deserved."""
    graders = {
        "test_x.py": b"from gradetape import question\n@question('coin')\ndef test_it(rng):\n    '''T.'''\n    rng.nope()\n"
    }
    broken = Assignment(warmup.id, warmup.source, warmup.release, graders)
    verdict = grade(broken, Submission(warmup.source)).verdict("coin")
    assert verdict.status is Status.UNCHECKED
    assert verdict.message == "This check could not be run. Your instructor has been told; no marks are lost for good."


def test_unreadable_graders_do_not_fall_back_to_the_visible_tests(warmup):
    """A grader with a syntax error leaves all its questions unchecked; nobody gets marks from it."""
    broken = Assignment(warmup.id, warmup.source, warmup.release, {"test_x.py": b"def broken("})
    result = grade(broken, Submission(warmup.source))
    assert {v.status for v in result.verdicts} == {Status.UNCHECKED}
    assert [v.question for v in result.verdicts] == ["row_means", "coin", "plain"]
    assert "cannot be collected" in result.notes[0]


def test_trusted_processes_never_import_tensorflow(tiny):
    """Grading and diagnosing in a fresh process leaves its sys.modules without TensorFlow, Keras and IPython's shell."""
    code = (
        "import sys, json\n"
        "from gradetape.course import Course\n"
        "from gradetape.grading import grade, Submission\n"
        "a = Course(sys.argv[1]).load('warmup')\n"
        "wrong = a.source.replace(b'axis=1', b'axis=0')\n"
        "r = grade(a, Submission(wrong))\n"
        "heavy = [m for m in ('tensorflow', 'keras', 'tf_keras', 'tensorflow_probability', 'matplotlib') if m in sys.modules]\n"
        "print(json.dumps([r.verdict('row_means').diagnosis.mistake, heavy]))\n"
    )
    done = subprocess.run([sys.executable, "-c", code, str(tiny.root)], capture_output=True, text=True, check=True)
    assert json.loads(done.stdout) == ["row_means/column-means", []]


def test_a_file_that_is_no_notebook_has_a_digest_of_its_own(warmup):
    """Also when it holds just the bytes to which a readable notebook is reduced: neither's result is the other's."""
    cells = json.loads(warmup.source)["cells"]
    raw = _content(warmup.source).partition(b"\0")[2]
    assert len(json.loads(raw)) == len(cells)
    assert digest(warmup, Submission(raw)) != digest(warmup, Submission(warmup.source))
    assert digest(warmup, Submission(_content(warmup.source))) != digest(warmup, Submission(warmup.source))


def test_names_of_files_need_not_be_text(warmup):
    """A name of bytes that are no UTF-8 has a digest, and not the one of another such name."""
    one, other = (digest(warmup, Submission(warmup.source, {name: b""})) for name in ("a\udc80", "a\udc81"))
    assert one != other


def test_what_all_learners_share_is_looked_at_once(warmup, answer, monkeypatch):
    """The text of hidden tests is parsed for the first one; modules that were there before are not looked through."""
    learner = Submission(answer(warmup.source, {"row_means_answer": RIGHT_MEANS}))
    first = grade(warmup, learner, seed=1)
    monkeypatch.setattr(written, "_parsed", lambda source: pytest.fail("parsed again"))
    looked = []
    monkeypatch.setattr(helpers, "_lies_in", lambda module, folder: looked.append(module) or False)
    assert verdicts(grade(warmup, learner, seed=1)) == verdicts(first)
    assert len(looked) < 50
