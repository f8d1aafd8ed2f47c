"""Results survive JSON; what is no result is refused in words."""

import json

import pytest

from gradetape.verdict import SCHEMA, Check, Diagnosis, Result, ResultError, Status, Verdict

FULL = Result(
    assignment="a", digest="d", seed=3,
    verdicts=(
        Verdict(question="q", status=Status.FAILED, score=1.5, max_score=3.0, message="No.",
                checks=(Check(title="t", status=Status.PASSED, weight=2.0),), diagnosis=Diagnosis(mistake="q/m", hint="h")),
        Verdict(question="r", status=Status.NOT_ATTEMPTED, score=0.0, max_score=1.0),
    ),
    outputs={"2": [{"output_type": "stream", "name": "stdout", "text": "ä"}]},
    notes=("n",), staff={"test": "report"}, seconds=1.0, guests=1, versions={"python": "3"},
)  # fmt: skip


def test_round_trip():
    """A result read from its own JSON is equal to it."""
    assert Result.from_json(FULL.to_json()) == FULL


def test_json_is_versioned_and_carries_the_sums():
    """Readers in other languages find schema, score and maximum at the top."""
    data = json.loads(FULL.to_json())
    assert (data["schema"], data["score"], data["max_score"]) == (SCHEMA, 1.5, 4.0)
    assert data["verdicts"][0]["status"] == "failed"


def test_verdicts_are_found_by_question():
    """A question's verdict, or None."""
    assert FULL.verdict("r").status is Status.NOT_ATTEMPTED
    assert FULL.verdict("x") is None


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("no json", "This is no result"),
        ("[]", "This is no result"),
        ("{}", "This is no result"),
        ('{"schema": "gradetape/result/99"}', "this version reads 'gradetape/result/3'. Grade again to renew it."),
        ('{"schema": "gradetape/result/3"}', "fields that do not fit"),
        (
            '{"schema": "gradetape/result/3", "verdicts": [{"checks": [], "diagnosis": null, "status": "odd"}]}',
            "do not fit",
        ),
    ],
)
def test_what_is_no_result_is_refused(text, said):
    """Broken JSON, other schemas and missing fields raise ResultError with the reason."""
    with pytest.raises(ResultError) as caught:
        Result.from_json(text)
    assert said in str(caught.value)
