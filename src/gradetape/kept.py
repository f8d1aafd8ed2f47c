"""Grade with the store: what was graded stays graded, whatever happens to the process that does it.

A submission is claimed while it is being graded. Claims are locks, so that two graders do not do the same
work; one whose process died leaves a mark. A submission that has taken several processes with it is not tried
for ever: its result says so, and a person looks at it.
"""

from __future__ import annotations

import contextlib
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gradetape import claims
from gradetape.grading import grade
from gradetape.policy import exposed
from gradetape.store import MOST_DEATHS, claim_path
from gradetape.submissions import digest, unchecked

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from gradetape.course import Assignment
    from gradetape.store import Store
    from gradetape.submissions import Submission
    from gradetape.verdict import Result

__all__ = ["Kept", "kept"]


@dataclass(frozen=True)
class Kept:
    """A result, whether it came from the store, and why it could not be put there."""

    result: Result
    from_store: bool = False
    not_stored: str = ""


def kept(
    assignment: Assignment,
    submission: Submission,
    store: Store,
    *,
    seed: int | None = None,
    fresh: bool = False,
    trust_learners: bool = False,
    on_progress: Callable[[str], None] | None = None,
) -> Kept:
    """Return the stored result of a submission, or grade it and store the result.

    Args:
        assignment: the assignment as plain data.
        submission: the learner's notebook and files.
        store: where results are kept.
        seed: as for `grade`.
        fresh: grade even when there is a stored result.
        trust_learners: as for `grade`; without it a result that was graded without isolation is no use.
        on_progress: as for `grade`.

    Raises:
        DataError, CourseError, ExposedError: as `grade`.
    """
    name = digest(assignment, submission)
    with _claimed(claim_path(store, name)) as deaths:
        found = None if fresh else store.get(name)
        if found is not None and (trust_learners or not exposed(found.fence)):
            return Kept(found, from_store=True)
        if deaths >= MOST_DEATHS:
            reason = f"The grader's process ended {deaths} times while it graded this; is a hidden test to blame?"
            return Kept(unchecked(assignment, submission, reason))
        result = grade(assignment, submission, seed=seed, trust_learners=trust_learners, on_progress=on_progress)
        if result.starved:  # what a limit ended may have been somebody else's doing: once more, before it counts
            result = grade(assignment, submission, seed=seed, trust_learners=trust_learners, on_progress=on_progress)
        try:
            store.put(result)
        except OSError as error:
            return Kept(result, not_stored=str(error))
        except Exception as error:  # noqa: BLE001 - it is graded, whatever the result holds
            return Kept(result, not_stored=f"{type(error).__name__}: {error}")
    return Kept(result)


@contextlib.contextmanager
def _claimed(path: Path) -> Iterator[int]:
    """Hold the claim on a digest, waiting for another holder; give the number of holders that died before.

    Where no claim can be written (a full disk, a read-only course) there is none.
    """
    try:
        descriptor = claims.claim(path)
    except OSError:
        yield 0
        return
    try:
        deaths = os.fstat(descriptor).st_size
        with contextlib.suppress(OSError):
            os.write(descriptor, b"x")  # stays there if this process dies
        yield deaths
    finally:
        claims.release(path, descriptor)
