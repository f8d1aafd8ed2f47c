"""Verdicts and results: what the judge says of one submission, as plain data and versioned JSON.

The schema is documented in docs/result-schema.md. This module knows nothing of the rest.
"""

from __future__ import annotations

import json
import math
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from types import UnionType
from typing import Any, get_args, get_origin, get_type_hints

__all__ = ["SCHEMA", "UNCHECKED", "Check", "Diagnosis", "Picture", "Result", "ResultError", "Status", "Verdict"]

SCHEMA = "gradetape/result/3"
UNCHECKED = "This check could not be run. Your instructor has been told; no marks are lost for good."
"""What a learner reads where something else than the answer is to blame."""


class ResultError(ValueError):
    """JSON that is no result of a schema this version reads."""


class Status(StrEnum):
    """What became of a question or of one of its checks."""

    PASSED = "passed"
    FAILED = "failed"
    NOT_ATTEMPTED = "not attempted"
    UNCHECKED = "could not be checked"


@dataclass(frozen=True, kw_only=True)
class Picture:
    """What an author allows to be seen of a failed check; `text` says the same in words."""

    kind: str
    text: str
    data: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Check:
    """One hidden test of a question; `title` and `message` are for the learner."""

    title: str
    status: Status
    weight: float = 1.0
    message: str = ""
    seconds: float = 0.0
    pictures: tuple[Picture, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Diagnosis:
    """What the learner probably did: a known mistake with its hint."""

    mistake: str
    hint: str


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """What the judge says of one question."""

    question: str
    status: Status
    score: float
    max_score: float
    message: str = ""
    checks: tuple[Check, ...] = ()
    diagnosis: Diagnosis | None = None


@dataclass(frozen=True, kw_only=True)
class Result:
    """All verdicts of one submission.

    `outputs` holds per cell index (as text) the nbformat outputs of the learner's run; `notes` is what
    staff should read; `staff` holds pytest's own reports of failed and unchecked tests, which can show
    hidden values and must never reach a learner. `fence` lists the layers that held around the learner's
    code, `learners_trusted` whether somebody said that it may run without them.
    """

    assignment: str
    digest: str
    seed: int
    verdicts: tuple[Verdict, ...]
    outputs: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    staff: dict[str, str] = field(default_factory=dict)
    seconds: float = 0.0
    guests: int = 0
    versions: dict[str, str] = field(default_factory=dict)
    fence: tuple[str, ...] = ()
    learners_trusted: bool = False
    starved: bool = False
    """Whether another try may end otherwise.

    A limit of time was met while the notebook lacked a core for much of it, or the machine kept a test from being
    judged.
    """

    @property
    def score(self) -> float:
        """Points earned."""
        return sum(v.score for v in self.verdicts)

    @property
    def max_score(self) -> float:
        """Points there are."""
        return sum(v.max_score for v in self.verdicts)

    def verdict(self, question: str) -> Verdict | None:
        """Return the verdict of one question, or None when there is none of that name."""
        return next((v for v in self.verdicts if v.question == question), None)

    def to_json(self) -> str:
        """Write the result as JSON of the schema `SCHEMA`."""
        data = {"schema": SCHEMA, "score": self.score, "max_score": self.max_score, **asdict(self)}
        return json.dumps(data, indent=1, ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str) -> Result:
        """Read what `to_json` wrote.

        Raises:
            ResultError: no JSON, another schema, or fields that do not fit.
        """
        try:
            data = json.loads(text)
            json.dumps(data, ensure_ascii=False).encode()  # text that has a UTF-8 form
            schema = str(data.pop("schema"))
        except (ValueError, AttributeError, KeyError, TypeError, RecursionError):
            raise ResultError("This is no result: a JSON object with a 'schema' was expected.") from None
        if schema != SCHEMA:
            found = schema[:80]
            raise ResultError(f"Result of schema {found!r}; this version reads {SCHEMA!r}. Grade again to renew it.")
        data.pop("score", None)
        data.pop("max_score", None)
        try:
            verdicts = tuple(_verdict(v) for v in data.pop("verdicts"))
            result = cls(verdicts=verdicts, notes=tuple(data.pop("notes", ())), fence=tuple(data.pop("fence")), **data)
        except (AttributeError, TypeError, KeyError, ValueError) as error:
            raise ResultError(f"Result of schema {schema!r} with fields that do not fit: {str(error)[:200]}.") from None
        wrong = [name for name, hint in _HINTS[cls].items() if not _fits(getattr(result, name), hint)]
        if wrong:
            raise ResultError(f"Result of schema {schema!r} with fields that do not fit: {', '.join(wrong)}.")
        return result


def _verdict(data: dict[str, Any]) -> Verdict:
    checks = tuple(
        Check(**{**c, "status": Status(c["status"]), "pictures": tuple(Picture(**p) for p in c.get("pictures", ()))})
        for c in data.pop("checks")
    )
    diagnosis = data.pop("diagnosis")
    return Verdict(
        **{**data, "status": Status(data["status"])},
        checks=checks,
        diagnosis=Diagnosis(**diagnosis) if diagnosis else None,
    )


_HINTS: dict[Any, dict[str, Any]] = {
    kind: get_type_hints(kind) for kind in (Picture, Check, Diagnosis, Verdict, Result)
}


def _fits(value: Any, hint: Any) -> bool:
    """Say whether a value read from JSON is what the annotation of its field says."""
    parts = get_args(hint)
    if get_origin(hint) is UnionType:
        return any(_fits(value, part) for part in parts)
    if get_origin(hint) is dict:
        return isinstance(value, dict) and all(_fits(k, parts[0]) and _fits(v, parts[1]) for k, v in value.items())
    if get_origin(hint) in (list, tuple):
        return isinstance(value, get_origin(hint)) and all(_fits(part, parts[0]) for part in value)
    if hint in _HINTS:
        fields = _HINTS[hint].items()
        return isinstance(value, hint) and all(_fits(getattr(value, name), part) for name, part in fields)
    if hint is float:
        return type(value) in (int, float) and math.isfinite(value)
    return _shallow(value, 8) if hint is Any else type(value) is hint


def _shallow(value: Any, levels: int) -> bool:
    """Say whether a part of an output is nested as little as outputs are."""
    if isinstance(value, dict):
        value = list(value.values())
    return not isinstance(value, list) or (levels > 0 and all(_shallow(part, levels - 1) for part in value))
