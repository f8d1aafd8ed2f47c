"""Answers that are more alike than answers of this class usually are: a place to look, never a verdict. Pure.

How alike answers are without anybody copying depends on the question. So the class itself is the measure: for a
sample of learners the distance to the nearest classmate is taken, and only pairs that are at most half as far apart as
the nearest third of them stand out. Where a third of the class has a twin, there is one natural way, and nothing does.
"""

from __future__ import annotations

import math
import random
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from gradetape.report.tokens import normalised

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

__all__ = ["FEWEST_ANSWERS", "FEWEST_TOKENS", "Alike", "Group", "alike"]

FEWEST_TOKENS = 40
"""Answers with fewer tokens of their own leave too little room to differ."""
FEWEST_ANSWERS = 5
"""With fewer answers nobody can say what is usual."""
NEVER_BEYOND = 0.15
"""Answers that differ in more than this share of their tokens never stand out, however varied the class."""
CROWD_SHARE, CROWD = 0.05, 3
"""A way that more than this share of the answers takes, and more than this many, is taken for natural."""

_SAMPLE = 100
_ROWS = 50


@dataclass(frozen=True, kw_only=True)
class Group:
    """Learners whose answers are linked by being unusually alike.

    `similarity` is that of the closest two learners, `pair`; `verbatim` says that these two wrote the same to the last
    name and comment.
    """

    learners: tuple[str, ...]
    similarity: float
    pair: tuple[str, str]
    verbatim: bool


@dataclass(frozen=True, kw_only=True)
class Alike:
    """What came of one question.

    `compared` counts the answers long enough to compare, `typical` is the usual similarity to the nearest classmate
    (None where nobody can say), `cutoff` the similarity from which a pair stands out (None where nothing can).
    `crowds` are the sizes of groups that are too large to be anything but a natural way.
    """

    compared: int
    typical: float | None = None
    cutoff: float | None = None
    groups: tuple[Group, ...] = ()
    crowds: tuple[int, ...] = ()


def alike(answers: Mapping[str, str], stub: str = "", known: Iterable[str] = ()) -> Alike:
    """Find answers of one question that are more alike than is usual in this class.

    Args:
        answers: the text of the answer by learner.
        stub: the released answer; what stands in it counts for nobody.
        known: known ways to answer; whoever takes one of them is not compared, since two can do so by themselves.

    Returns:
        The groups, the most alike first.
    """
    ways: dict[tuple[str, ...], list[str]] = defaultdict(list)
    for learner, text in sorted(answers.items()):
        own = normalised(text, stub)
        if len(own) >= FEWEST_TOKENS:
            ways[own].append(learner)
    compared = sum(map(len, ways.values()))
    if compared < FEWEST_ANSWERS:
        return Alike(compared=compared)
    members = list(ways.values())
    codes, known_codes = _encoded(list(ways), [normalised(text, stub) for text in known])
    typical = _typical(codes, members)
    limit = min(NEVER_BEYOND, typical / 2)
    if limit <= 0:
        return Alike(compared=compared, typical=1 - typical)
    pairs = _outliers(codes, known_codes, members, limit)
    most = max(CROWD, math.ceil(CROWD_SHARE * compared))
    groups, crowds = [], []
    for linked in _components(pairs):
        learners = tuple(sorted(name for way in linked for name in members[way]))
        if len(learners) > most:
            crowds.append(len(learners))
        else:
            groups.append(_group(learners, linked, pairs, members, answers))
    return Alike(
        compared=compared,
        typical=1 - typical,
        cutoff=1 - limit,
        groups=tuple(sorted(groups, key=lambda g: (-g.verbatim, -g.similarity, g.learners))),
        crowds=tuple(sorted(crowds, reverse=True)),
    )


def _encoded(*parts: list[tuple[str, ...]]) -> tuple[list[str], ...]:
    """Write each token as one character, which the comparison is fastest on."""
    numbers = {token: n for n, token in enumerate(dict.fromkeys(t for part in parts for way in part for t in way))}
    return tuple(["".join(chr(0x10000 + numbers[token]) for token in way) for way in part] for part in parts)


def _typical(codes: Sequence[str], members: Sequence[Sequence[str]]) -> float:
    """Return how far a learner usually is from the nearest classmate: the lower third of a sample of them."""
    everybody = [way for way, learners in enumerate(members) for _ in learners]
    sample = random.Random(0).sample(everybody, min(_SAMPLE, len(everybody)))  # noqa: S311 - the same report each time
    distances = _distances([codes[way] for way in sample], codes)
    for row, way in enumerate(sample):
        if len(members[way]) == 1:
            distances[row, way] = 1.0
    return float(np.quantile(distances.min(axis=1), 1 / 3))


def _outliers(
    codes: Sequence[str], known: Sequence[str], members: Sequence[Sequence[str]], limit: float
) -> dict[tuple[int, int], float]:
    """Return the distance of every pair of ways (or of a way with itself) within the limit, known ways left out."""
    taken = set(np.nonzero(_close(codes, known, limit).any(axis=1))[0].tolist()) if known else set()
    free = sorted((way for way in range(len(codes)) if way not in taken), key=lambda way: len(codes[way]))
    pairs = {(way, way): 0.0 for way in free if len(members[way]) > 1}
    for start in range(0, len(free), _ROWS):
        rows = free[start : start + _ROWS]
        longest = len(codes[rows[-1]]) * (1 + limit) / (1 - limit)  # what is longer differs by more than the limit
        columns = [way for way in free[start:] if len(codes[way]) <= longest]
        distances = _distances([codes[w] for w in rows], [codes[w] for w in columns], limit)
        for i, j in np.argwhere(distances <= limit):
            if i < j:
                pairs[rows[i], columns[j]] = float(distances[i, j])
    return pairs


def _distances(rows: Sequence[str], columns: Sequence[str], limit: float = 1.0) -> np.ndarray:
    """Return the share of tokens in which each row differs from each column; 1 beyond the limit."""
    from rapidfuzz import process
    from rapidfuzz.distance import Indel

    return process.cdist(
        rows, columns, scorer=Indel.normalized_distance, score_cutoff=limit, dtype=np.float32, workers=-1
    )


def _close(codes: Sequence[str], known: Sequence[str], limit: float) -> np.ndarray:
    return _distances(codes, known, limit) <= limit


def _components(pairs: Mapping[tuple[int, int], float]) -> Iterator[list[int]]:
    """Yield sets of ways that are linked by pairs."""
    neighbours: dict[int, set[int]] = defaultdict(set)
    for one, other in pairs:
        neighbours[one].add(other)
        neighbours[other].add(one)
    seen: set[int] = set()
    for start in sorted(neighbours):
        if start in seen:
            continue
        found, todo = {start}, [start]
        while todo:
            new = neighbours[todo.pop()] - found
            found |= new
            todo += new
        seen |= found
        yield sorted(found)


def _group(
    learners: tuple[str, ...],
    linked: Sequence[int],
    pairs: Mapping[tuple[int, int], float],
    members: Sequence[Sequence[str]],
    answers: Mapping[str, str],
) -> Group:
    inside = {pair: distance for pair, distance in pairs.items() if pair[0] in set(linked)}
    (one, other), distance = min(inside.items(), key=lambda item: (item[1], item[0]))
    pair = _closest(members[one], answers) if one == other else (members[one][0], members[other][0])
    words = [answers[name].split() for name in pair]
    return Group(learners=learners, similarity=1 - distance, pair=pair, verbatim=words[0] == words[1])


def _closest(learners: Sequence[str], answers: Mapping[str, str]) -> tuple[str, str]:
    """Return two of those with the same code; two with the same text if there are."""
    seen: dict[tuple[str, ...], str] = {}
    for name in learners:
        words = tuple(answers[name].split())
        if words in seen:
            return seen[words], name
        seen[words] = name
    return learners[0], learners[1]
