"""The page: what was found, as one self-contained HTML file without script. Everything shown is escaped."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import TYPE_CHECKING, Any

from gradetape import feedback
from gradetape.report import charts, similarity, statistics
from gradetape.report.results import GAPS
from gradetape.verdict import Status

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from gradetape.report.analysis import Analysis
    from gradetape.report.data import Learner
    from gradetape.report.similarity import Group
    from gradetape.report.statistics import QuestionStatistics

__all__ = ["SHOWN", "render", "side_by_side"]

SHOWN = {"names": 12, "who": 60, "mistakes": 40, "rows": 50, "folded": 200, "groups": 20, "lines": 120}
"""How much of a list the page shows; the tables hold all of it."""

_TO_DO = {"pruned": "run", "old": "force", "kept back": "force", "foreign": "force"}


@dataclass(frozen=True, kw_only=True)
class Texts:
    """The texts of the two closest of a group on one question: name, and lines with whether the other lacks them."""

    question: str
    group: Group
    sides: tuple[tuple[str, list[tuple[str, bool]]], ...]


@dataclass(frozen=True, kw_only=True)
class Set:
    """Learners whose answers are alike, and where."""

    members: tuple[Learner, ...]
    texts: tuple[Texts, ...]


def render(found: Sequence[Analysis], *, made: datetime) -> str:
    """Return the page."""
    import jinja2

    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("gradetape.report", "."), autoescape=True, undefined=jinja2.StrictUndefined,
        trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
    environment.filters |= {"points": _points, "percent": _percent, "duration": _duration, "plain": _plain}
    sections = [_section(number, one) for number, one in enumerate(found, start=1)]
    template = environment.get_template("report.html.j2")
    text = template.render(
        sections=sections, made=made, shown=SHOWN, statuses=list(Status), limits=similarity,
        weak=statistics.WEAK, fewest=statistics.FEWEST,
    )  # fmt: skip
    return text.lstrip()


def _section(number: int, one: Analysis) -> dict[str, Any]:
    """Return what the template shows of one assignment."""
    spread = ", ".join(
        f"{count} with {10 * tenth} to {10 * tenth + 10} %" for tenth, count in enumerate(one.spread) if count
    )
    checked = [q for q in one.questions if sum(q.outcomes.values())]
    outcomes = "; ".join(f"{q.name}: {_counted(q)}" for q in checked)
    prefix = f"a{number}"
    groups = _groups(one)
    by_name = {learner.name: learner for learner in one.data.learners}
    return {
        "id": prefix,
        "one": one,
        "data": one.data,
        "spread": charts.spread(one.spread, prefix=f"{prefix}s-", label=f"Learners by score: {spread}.")
        if one.data.graded
        else "",
        "outcomes": charts.outcomes(checked, prefix=f"{prefix}o-", label=f"Verdicts by question. {outcomes}.")
        if checked
        else "",
        "remarks": {question.name: _remark(question) for question in one.questions},
        "gaps": [(GAPS[kind], _TO_DO.get(kind, ""), learners) for kind, learners in sorted(one.gaps.items())],
        "sets": [_set(learners, where, by_name) for learners, where in list(groups.items())[: SHOWN["groups"]]],
        "groups": len(groups),
        "compared": [(name, result) for name, result in one.alike.items()],
    }


def _counted(question: QuestionStatistics) -> str:
    return ", ".join(f"{count} {status.value}" for status, count in question.outcomes.items() if count)


def _remark(question: QuestionStatistics) -> str:
    """Say what an instructor would want to look at; '' when nothing stands out."""
    if not question.graded:
        return ""
    if question.success >= 1:
        return "everybody has all points"
    if question.mean <= 0:
        return "nobody has any points"
    if question.discrimination is not None and question.discrimination < 0:
        return "the strong fail it more often than the weak"
    if question.discrimination is not None and question.discrimination < statistics.WEAK:
        return "hardly tells strong from weak"
    return ""


def _groups(one: Analysis) -> dict[tuple[str, ...], list[tuple[str, Group]]]:
    """Return questions and groups by who is in them: those first who are alike in several questions."""
    found: dict[tuple[str, ...], list[tuple[str, Group]]] = {}
    for question, result in one.alike.items():
        for group in result.groups:
            found.setdefault(group.learners, []).append((question, group))

    def rank(item: tuple[tuple[str, ...], list[tuple[str, Group]]]) -> tuple[object, ...]:
        groups = [group for _, group in item[1]]
        return -len(groups), -sum(g.verbatim for g in groups), -max(g.similarity for g in groups), item[0]

    return dict(sorted(found.items(), key=rank))


def _set(learners: tuple[str, ...], where: Sequence[tuple[str, Group]], by_name: Mapping[str, Learner]) -> Set:
    texts = []
    for question, group in where:
        left, right = (by_name[name].answers[question] for name in group.pair)
        sides = tuple(zip(group.pair, side_by_side(left, right), strict=True))
        texts.append(Texts(question=question, group=group, sides=sides))
    return Set(members=tuple(by_name[name] for name in learners), texts=tuple(texts))


def side_by_side(left: str, right: str) -> tuple[list[tuple[str, bool]], list[tuple[str, bool]]]:
    """Return the lines of two texts, each with whether it differs from the other; very long ones are cut."""
    a, b = (text.splitlines()[: SHOWN["lines"]] for text in (left, right))
    same_a: set[int] = set()
    same_b: set[int] = set()
    for block in SequenceMatcher(None, a, b, autojunk=False).get_matching_blocks():
        same_a |= set(range(block.a, block.a + block.size))
        same_b |= set(range(block.b, block.b + block.size))
    return (
        [(line, n not in same_a) for n, line in enumerate(a)],
        [(line, n not in same_b) for n, line in enumerate(b)],
    )


def _points(value: float | None) -> str:
    return "–" if value is None else feedback.points(value)  # noqa: RUF001


def _percent(value: float | None) -> str:
    return "–" if value is None else f"{100 * value:.0f} %"  # noqa: RUF001


def _duration(seconds: float | None) -> str:
    """Write a duration in its two largest units."""
    if seconds is None:
        return "–"  # noqa: RUF001
    if seconds < 60:
        return f"{seconds:.2g} s" if seconds < 1 else f"{seconds:.0f} s"
    minutes, hours = round(seconds / 60), round(seconds / 3600)
    if minutes < 60:
        return f"{minutes} min"
    return f"{minutes // 60} h {minutes % 60} min" if hours < 48 else f"{hours // 24} d {hours % 24} h"


def _plain(text: str) -> str:
    """Replace what is not seen, or changes the order of what is seen, by a sign that is."""
    return "".join("\ufffd" if unicodedata.category(c) in ("Cc", "Cf", "Cs") and c not in "\n\t" else c for c in text)
