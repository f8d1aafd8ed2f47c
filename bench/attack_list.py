"""Writes docs/attacks.md: every attack with its sentence, and what it did to other graders as far as that was measured.

`python bench/attack_list.py` takes the sentences from tests/attacks and the other graders' column from
bench/out/attacks.json, as `python bench/attack_peers.py` left it; an attack that was not run there has a dash.
"""

import json
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "tests"), str(ROOT / "tests" / "attacks")]

import attacks  # noqa: E402
import handed_in  # noqa: E402

AIMS = {
    "read": "Get at a secret",
    "forge": "Points without an answer",
    "harm": "Change, reach or break something outside",
    "flood": "Use up memory, processes, disk, output, time",
    "linger": "Outlive the grading",
    "inject": "Script on somebody's page",
}
HEAD = """# The attacks

Every line is a notebook or a submission in `tests/attacks/` that is graded by the real thing with each run of the tests, as root and as an
unprivileged user (submissions: through nbgrader's own commands). With Gradetape none of them succeeds: no points, no secret, nothing
outside touched, nobody reached, nothing left running, the next learner's result unchanged.

The columns say what the same notebook does to other graders, each as its documentation tells instructors to use it
(`python bench/attack_peers.py`; installed from `bench/requirements-*.txt`): ✗ it succeeds, ✓ it does not, – not measured or not applicable
(otter-grader has no feedback page). What counts as success is the same for all.

"""


def main() -> None:
    """Write the page."""
    measured = ROOT / "bench" / "out" / "attacks.json"
    peers = json.loads(measured.read_text())["peers"] if measured.exists() else {}
    columns = {name: found["attacks"] for name, found in peers.items()}
    titles = [f"{name} {peers[name]['version']}" for name in columns]
    text = HEAD
    found = attacks.load()
    for aim, title in AIMS.items():
        ours = [a for a in found if a.aim == aim]
        text += f"## {title} ({len(ours)})\n\n| attack | what it tries |{''.join(f' {t} |' for t in titles)}\n"
        text += f"|---|---|{':-:|' * len(titles)}\n"
        for attack in ours:
            marks = "".join(f" {mark(column.get(attack.name))} |" for column in columns.values())
            text += f"| `{attack.name}` | {attack.about.replace('|', chr(92) + '|')} |{marks}\n"
        text += "\n"
    files = handed_in.load()
    text += f"## In the files that are handed in ({len(files)})\n\n| attack | what it tries |\n|---|---|\n"
    for attack in files:
        about = (attack.__doc__ or "").splitlines()[0].replace("|", "\\|")
        text += f"| `{attack.__name__}` | {about} |\n"
    (ROOT / "docs" / "attacks.md").write_text(text)
    for name, column in columns.items():
        done = [entry for entry in column.values() if entry["succeeded"] is not None]
        print(f"{name}: {sum(entry['succeeded'] for entry in done)} of {len(done)} measured attacks succeed")


def mark(entry: dict | None) -> str:
    """Say in one sign what an attack did to a grader."""
    if entry is None or entry["succeeded"] is None:
        return "–"
    return "✗" if entry["succeeded"] else "✓"


if __name__ == "__main__":
    main()
