"""One class of simulated learners, of whose every answer is known whether it is right.

The ways to work are those of `gradetape demo`, without the one that hands in no notebook. A learner answers each
question by the reference, by one of its known mistakes, or not at all. No two notebooks are the same: each has a
comment of its own in an answer, so nothing can be graded once for two learners.
"""

import copy
import json
import random
from dataclasses import dataclass

RIGHT, STUB = "right", "not answered"
ENDS = {"exit": "import os\nos._exit(1)", "syntax": "def broken(:\n    pass"}
# what learners do, how probably an answer is right, how probably it is missing, and the last cell
WAYS = (
    ("everything right", 1.0, 0.0, ""),
    ("one or two mistakes", 0.75, 0.0, ""),
    ("a last cell with a syntax error", 0.8, 0.0, "syntax"),
    ("a last cell that ends the process", 0.8, 0.0, "exit"),
    ("many mistakes", 0.25, 0.1, ""),
    ("half done", 0.45, 0.5, ""),
    ("the empty notebook", 0.0, 1.0, ""),
    ("one or two mistakes", 0.8, 0.0, ""),
    ("everything right", 1.0, 0.0, ""),
    ("many mistakes", 0.4, 0.1, ""),
    ("one or two mistakes", 0.7, 0.1, ""),
)


@dataclass(frozen=True)
class Learner:
    """A learner: `answers` says for each question what was done, `cells` holds the text of each answered cell."""

    name: str
    about: str
    answers: dict[str, str]
    cells: dict[str, str]
    end: str = ""

    def notebook(self, released):
        """Return this learner's notebook as text, made from the one that was released."""
        nb = copy.deepcopy(released)
        answers = [cell for cell in nb["cells"] if cell["metadata"].get("nbgrader", {}).get("solution")]
        for cell in answers:
            cell["source"] = self.cells.get(cell["metadata"]["nbgrader"]["grade_id"], "".join(cell["source"]))
        answers[0]["source"] += f"\n# handed in by {self.name}"
        if self.end:
            extra = {"cell_type": "code", "metadata": {}, "source": ENDS[self.end], "outputs": [], "id": "extra"}
            nb["cells"].append({**extra, "execution_count": None})
        return json.dumps(nb)


def different(data, name):
    """Return a notebook like no other: its first answer has a comment of its own."""
    nb = json.loads(data)
    answer = next(c for c in nb["cells"] if c["metadata"].get("nbgrader", {}).get("solution"))
    answer["source"] = f"{''.join(answer['source'])}\n# handed in by {name}"
    return json.dumps(nb).encode()


def solutions(notebook):
    """Return the reference's answer cells by name, without the marks around what learners do not get."""
    found = {}
    for cell in notebook["cells"]:
        mark = cell["metadata"].get("nbgrader", {})
        if mark.get("solution"):
            lines = "".join(cell["source"]).splitlines()
            kept = [line for line in lines if not line.strip().startswith(("### BEGIN", "### END"))]
            found[mark["grade_id"]] = "\n".join(kept)
    return found


def make(assignment, learners, seed=0):
    """Make a class, always the same one for a seed."""
    right = solutions(json.loads(assignment.source))
    return [_learner(assignment, right, number, seed) for number in range(learners)]


def _learner(assignment, right, number, seed):
    about, share, missing, end = WAYS[number % len(WAYS)]
    name = f"learner{number:03}"
    rng = random.Random(f"{seed}/{assignment.id}/{name}")
    answers, cells = {}, {}
    for question in assignment.questions:
        throw = rng.random()
        if throw < share:
            answers[question.name] = RIGHT
            cells |= {cell: right[cell] for cell in question.answers}
        elif throw < share + missing:
            answers[question.name] = STUB
        else:
            mistake = rng.choice([m for m in assignment.mistakes if m.question == question.name])
            answers[question.name] = mistake.name
            cells |= {cell: right[cell] for cell in question.answers} | {mistake.cell: mistake.source}
    return Learner(name, about, answers, cells, end)
