"""Which mistake explains failed checks: equal values are strong evidence, an equal error alone is weak."""

import contextlib

import numpy as np
import pytest

from gradetape import tree
from gradetape.compare import Difference, difference
from gradetape.guest.host import Answer
from gradetape.judge import calls
from gradetape.judge.calls import Call, Shipment
from gradetape.judge.diagnosis import Patience, diagnose, relation
from gradetape.judge.session import CheckRecord
from gradetape.verdict import Status

RIGHT = np.array([1.0, 2.0])


def value(number):
    return Answer(tree=tree.encode(np.array([number, 2.0])))


def error(text="Shapes (3, 4) and (3, 5) do not fit."):
    return Answer(kind="raised", ename="ValueError", evalue=text)


class Known:
    """What reference and mistakes answered in two calls, as a dictionary."""

    def __init__(self, mistakes):
        self.mistakes = mistakes

    @contextlib.contextmanager
    def asking(self, _mistake):
        yield

    def mistake(self, mistake, shipment):
        return self.mistakes[mistake][int(shipment.name)]

    def reference(self, _shipment):
        return Answer(tree=tree.encode(RIGHT))


def records(*answers):
    """Two failed checks of one call each."""
    made = []
    for index, answer in enumerate(answers):
        call = Call(Shipment(str(index), b"", b"", 0), answer, difference, failed=True)
        made.append(CheckRecord("q", "title", 1.0, Status.FAILED, calls=[call]))
    return made


@pytest.mark.parametrize(
    ("learner", "mistakes", "named"),
    [
        ((value(5), value(5)), {"five": (value(5), value(5)), "six": (value(6), value(6))}, "five"),
        ((value(5), value(7)), {"five": (value(5), value(1))}, "five"),
        ((error(), error()), {"fixed": (error("Shapes (9, 4) and (1, 2) do not fit."), error())}, "fixed"),
        ((error(), error()), {"fixed": (value(1), error())}, None),
        ((value(5), error()), {"fixed": (value(6), error())}, None),
        ((value(5), error()), {"fixed": (value(5), value(1))}, "fixed"),
        ((error(), error()), {"fixed": (error("No such file."), error("No such file."))}, None),
    ],
)
def test_what_counts_as_evidence(learner, mistakes, named):
    """Numbers in errors do not matter; an error that only some failed checks share names nothing."""
    assert diagnose(records(*learner), list(mistakes), Known(mistakes)) == named


def test_patience_ends():
    """Answers that take long to compare get no hint, and a huge pair of tensors is not searched for relations."""
    mistakes = {"five": (value(5), value(5))}
    learner = records(value(5), value(5))
    assert diagnose(learner, list(mistakes), Known(mistakes), Patience(0.0)) is None
    small, large = np.arange(2.0**10), np.arange(2.0**20 + 1)
    for right, said in ((small, "Your result is the negative of the expected one."), (large, "")):
        learner[0].calls[0].difference = Difference("It differs.", "values", -right, right)
        assert relation(learner[0], Patience()) == said
    learner[0].calls[0].difference = Difference("It differs.", "values", -small, small)
    assert relation(learner[0], Patience(0.0)) == ""


def test_an_answer_is_decoded_once(monkeypatch):
    """However many mistakes it is compared with."""
    seen = []
    whole = calls.decoded
    monkeypatch.setattr(calls, "decoded", lambda answer: seen.append(answer) or whole(answer))
    mistakes = {str(n): (value(n), value(n)) for n in range(10)}
    learner = records(value(50), value(50))
    assert diagnose(learner, list(mistakes), Known(mistakes)) is None
    assert [answer is learner[0].calls[0].answer for answer in seen].count(True) == 1
