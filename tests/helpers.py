"""Helpers that tests import: where things are, and notebooks made from others."""

import json
import subprocess
import sys
from pathlib import Path

COURSES = Path(__file__).parent / "courses"
ROOT = Path(__file__).parent.parent


def write_answer(data, changes=None, *, extra=None, drop=()):
    """Return notebook bytes with cells replaced by grade_id, dropped, or added at the end."""
    nb = json.loads(data)
    nb["cells"] = [c for c in nb["cells"] if c["metadata"].get("nbgrader", {}).get("grade_id") not in drop]
    left = dict(changes or {})
    for cell in nb["cells"]:
        name = cell["metadata"].get("nbgrader", {}).get("grade_id")
        if name in left:
            cell["source"] = left.pop(name)
    assert not left, f"no cells {sorted(left)}"
    for number, source in enumerate(extra or ()):
        nb["cells"].append(
            {
                "cell_type": "code",
                "id": f"extra{number}",
                "metadata": {},
                "source": source,
                "outputs": [],
                "execution_count": None,
            }
        )
    return json.dumps(nb).encode()


def probe_bytes(function, *inputs):
    """Return a probe and its inputs as they travel to a guest."""
    import cloudpickle

    from gradetape import tree

    cloudpickle.register_pickle_by_value(sys.modules[function.__module__])
    return cloudpickle.dumps(function), tree.encode(list(inputs))


def end(process):
    """End a server that a test has started: asked first, then killed."""
    process.terminate()
    try:
        process.wait(20)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
