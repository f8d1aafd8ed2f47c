"""Four plain nbgrader assignments and twenty submissions, two of them with data from the account's caches.

`write(root, home)` lays the assignments into source/, and the data into a home; `SUBMISSIONS` says who answers what.
"""

import gzip
import json
import struct
import subprocess
import sys
from pathlib import Path

from nbformat import v4


def _cell(source, name, *, grade=False, solution=False, points=None, kind="code", locked=None):
    mark = {
        "grade": grade, "grade_id": name, "locked": not solution if locked is None else locked, "schema_version": 3,
        "solution": solution, "task": False,
    }  # fmt: skip
    if grade:
        mark["points"] = points
    make = v4.new_code_cell if kind == "code" else v4.new_markdown_cell
    return make(source, metadata={"nbgrader": mark})


def _answer(name, stub_of):
    return _cell(f"### BEGIN SOLUTION\n{stub_of}\n### END SOLUTION", name, solution=True)


def _notebook(*cells):
    spec = {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}}
    return v4.new_notebook(cells=list(cells), metadata=spec)


BASICS = _notebook(
    _cell("import math, sys, warnings", "imports"),
    _answer("area_answer", "def area(r): return math.pi * r * r"),
    _cell("assert abs(area(2) - 12.566) < 1e-2\n### BEGIN HIDDEN TESTS\nassert area(0) == 0\nassert area(3) > 28\n### END HIDDEN TESTS", "area", grade=True, points=2),
    _answer("parts_answer", "def parts(): return 3"),
    _cell("min(4, parts())", "parts", grade=True, points=4),
    _answer("quiet_answer", "def quiet(): return 1"),
    _cell("assert quiet() == 1", "quiet", grade=True, points=1),
    _cell("Why?", "words", grade=True, solution=True, points=3, kind="markdown"),
)  # fmt: skip
STEPS = _notebook(
    _answer("first_answer", "value = 1"),
    _cell("assert value == 1", "first", grade=True, points=1),
    _answer("second_answer", "value = value + 1"),
    _cell("assert value == 2\nvalue", "second", grade=True, points=2),
    _answer("table_answer", "import json\ntable = json.load(open('given.json'))"),
    _cell("print(table)\nassert table['a'] == 3", "table", grade=True, points=1),
    _answer("late_answer", "late = [n * n for n in range(10)]"),
    _cell("assert late[-1] == 81", "late", grade=True, points=1),
)
KERAS = _notebook(
    _cell("import numpy as np\nimport tensorflow as tf", "imports"),
    _answer("data_answer", "(x, y), (a, b) = tf.keras.datasets.fashion_mnist.load_data()"),
    _cell("assert x.shape[1:] == (28, 28) and len(x) == len(y)", "data", grade=True, points=2),
    _answer("scaled_answer", "scaled = tf.cast(x, tf.float32) / 255"),
    _cell("assert float(tf.reduce_max(scaled)) <= 1.0\nassert scaled.dtype == tf.float32", "scaled", grade=True, points=2),
    _answer(
        "model_answer",
        "model = tf.keras.Sequential([tf.keras.Input((28, 28)), tf.keras.layers.Flatten(), tf.keras.layers.Dense(3)])\n"
        "model.compile('adam', 'mse')\nhistory = model.fit(scaled, np.zeros((len(x), 3)), epochs=1, verbose=0)",
    ),
    _cell("assert model(scaled[:2]).shape == (2, 3)\nassert len(history.history['loss']) == 1", "model", grade=True, points=2),
)  # fmt: skip
TFDS = _notebook(
    _cell("import tensorflow as tf\nimport tensorflow_datasets as tfds", "imports"),
    _answer("data_answer", "data = tfds.load('mnist', split='train', as_supervised=True)"),
    _cell("image, label = next(iter(data))\nassert image.shape == (28, 28, 1)", "data", grade=True, points=2),
    _answer("count_answer", "count = int(data.reduce(0, lambda n, _: n + 1))"),
    _cell("assert count == 8", "count", grade=True, points=1),
    _answer("mean_answer", "mean = float(tf.reduce_mean(tf.stack([tf.cast(i, tf.float32) for i, _ in data])))"),
    _cell("assert 0 <= mean <= 255", "mean", grade=True, points=1),
)
ASSIGNMENTS = {"basics": BASICS, "Step-2": STEPS, "keras data": KERAS, "tfds_data": TFDS}
GIVEN = {"Step-2": {"given.json": '{"a": 3}'}}
STUB = "raise NotImplementedError()"

SUBMISSIONS = {
    "basics": {
        "right": {},
        "stub": None,
        "wrong": {"area_answer": "def area(r): return 12.566", "parts_answer": "def parts(): return 1.5"},
        "noisy": {
            "quiet_answer": "def quiet():\n    warnings.warn('loud')\n    return 1",
            "area_answer": "def area(r):\n    print('said', file=sys.stderr)\n    return math.pi * r * r",
            "parts_answer": "def parts():\n    sys.stdout.write('said')\n    return 4",
        },
        "mute": {
            "area_answer": "get_ipython().showtraceback = lambda *_, **__: None\ndef area(r): return 0",
            "quiet_answer": "def quiet(): return 2",
        },
        "below": {
            "quiet_answer": "import os\ndef quiet():\n    os.write(1, b'to descriptor 1')\n    return 1",
            "parts_answer": "def parts(): return 'many'",
        },
    },
    "Step-2": {
        "right": {},
        "stub": None,
        "syntax": {"first_answer": "value = = 1", "late_answer": "late = ["},
        "magics": {
            "first_answer": "%%time\nvalue = 1", "second_answer": "!true\nvalue += 1",
            "table_answer": "%%writefile mine.py\nx = 1", "late_answer": "import mine\nlate = [81]",
        },
        "slow": {"late_answer": "import time\nlate = [81]\ntime.sleep(30)"},
    },
    "keras data": {
        "right": {},
        "stub": None,
        "wrong": {"scaled_answer": "scaled = x / 255"},
        "loud": {"model_answer": "tf.get_logger().warning('retracing')\nimport logging\nlogging.warning('said')\nmodel = tf.keras.Sequential([tf.keras.Input((28, 28)), tf.keras.layers.Flatten(), tf.keras.layers.Dense(3)])\nclass H: history = {'loss': [0]}\nhistory = H"},
        "legacy": {"scaled_answer": "scaled = tf.constant(x / 255.0, tf.float32)\ntf.random.get_global_generator().normal([2])"},
    },
    "tfds_data": {
        "right": {},
        "stub": None,
        "wrong": {"count_answer": "count = len(list(data.take(3)))"},
        "other": {"data_answer": "builder = tfds.builder('mnist')\ndata = builder.as_dataset(split='train', as_supervised=True)"},
        "absent": {"mean_answer": "tfds.load('cifar10', split='train')"},
    },
}  # fmt: skip
"""By assignment and learner: changed answers; None is the released notebook, {} the right one."""


def write(root: Path, home: Path) -> None:
    """Lay assignments into root/source and data into home."""
    for name, nb in ASSIGNMENTS.items():
        folder = root / "source" / name
        folder.mkdir(parents=True)
        (folder / f"{name}.ipynb").write_text(json.dumps(nb))
        for file, text in GIVEN.get(name, {}).items():
            (folder / file).write_text(text)
    _fashion(home / ".keras" / "datasets" / "fashion-mnist")
    _mnist(home / "tensorflow_datasets")


def hand_in(root: Path) -> None:
    """Write submitted/, once everything is released."""
    for name, learners in SUBMISSIONS.items():
        for learner, changes in learners.items():
            nb = json.loads(json.dumps(ASSIGNMENTS[name]))
            released = json.loads((root / "release" / name / f"{name}.ipynb").read_text())
            stubs = {c["metadata"]["nbgrader"]["grade_id"]: c["source"] for c in released["cells"]}
            for cell in nb["cells"]:
                key = cell["metadata"]["nbgrader"]["grade_id"]
                if changes is None or cell["metadata"]["nbgrader"]["locked"]:
                    cell["source"] = stubs[key]
                else:
                    cell["source"] = changes.get(key, cell["source"])
            folder = root / "submitted" / learner / name
            folder.mkdir(parents=True)
            (folder / f"{name}.ipynb").write_text(json.dumps(nb))


def _fashion(folder: Path) -> None:
    """Four files in the form of the real ones, with a few drawn pictures."""
    folder.mkdir(parents=True)
    for kind, number in (("train", 12), ("t10k", 4)):
        pictures = bytes((7 * n) % 256 for n in range(number * 784))
        with gzip.open(folder / f"{kind}-images-idx3-ubyte.gz", "wb") as file:
            file.write(struct.pack(">IIII", 2051, number, 28, 28) + pictures)
        with gzip.open(folder / f"{kind}-labels-idx1-ubyte.gz", "wb") as file:
            file.write(struct.pack(">II", 2049, number) + bytes(n % 10 for n in range(number)))


_BUILD = """
import sys
import numpy as np
import tensorflow_datasets as tfds
real = tfds.builder_cls("mnist")
with tfds.core.registered.skip_registration():
    class Mnist(tfds.core.GeneratorBasedBuilder):
        VERSION = real.VERSION
        def _info(self):
            features = tfds.features.FeaturesDict({"image": tfds.features.Image(shape=(28, 28, 1)),
                                                   "label": tfds.features.ClassLabel(num_classes=10)})
            return tfds.core.DatasetInfo(builder=self, features=features, supervised_keys=("image", "label"))
        def _split_generators(self, dl):
            return {"train": self._generate_examples(8), "test": self._generate_examples(2)}
        def _generate_examples(self, number):
            for n in range(number):
                yield n, {"image": np.full((28, 28, 1), n, np.uint8), "label": n % 10}
Mnist(data_dir=sys.argv[1]).download_and_prepare()
"""


def _mnist(folder: Path) -> None:
    """A small `mnist` where TensorFlow Datasets would have put the real one."""
    command = [sys.executable, "-c", _BUILD, str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
