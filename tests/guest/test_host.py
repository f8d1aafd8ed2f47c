"""A notebook living in a process of its own: cells, outputs, probes, limits, death."""

import os
import sys
import time

import cloudpickle
import numpy as np
import pytest

from gradetape import tree
from gradetape.guest.host import Answer, Host, valid_outputs
from gradetape.guest.process import checked_names
from gradetape.notebook import CellSource
from gradetape.policy import Policy

pytestmark = pytest.mark.guests
QUICK = Policy(cell_seconds=4, probe_seconds=4, grace_seconds=3)
cloudpickle.register_pickle_by_value(sys.modules[__name__])


@pytest.fixture
def live():
    """Start a host for some cells; it ends with the test."""
    hosts = []

    def start(*sources, files=None, policy=QUICK):
        host = Host([CellSource(i, s) for i, s in enumerate(sources)], files or {}, policy)
        hosts.append(host)
        host.run()
        return host

    yield start
    for host in hosts:
        host.close()


def ask(host, function, *inputs, seed=1):
    return host.ask(cloudpickle.dumps(function), tree.encode(list(inputs)), seed)


def value(answer):
    assert answer.ok, answer
    return tree.decode(answer.tree)


def call_f(nb, *inputs):
    return nb.f(*inputs)


def text(host, index):
    return "".join(o.get("text", "") for o in host.outputs[index] if o["output_type"] == "stream")


def test_cells_run_in_order_and_show_what_jupyter_shows(live):
    """Streams, results, errors with tracebacks, pictures and magics, each as nbformat outputs."""
    host = live(
        "x = 2\nprint('hi')\nx + 1",
        "import matplotlib.pyplot as plt\nplt.plot([1, 2]);",
        "1 / 0",
        "import sys\nprint('oh', file=sys.stderr)",
        "!echo from the shell",
        "from IPython.display import HTML, clear_output\nprint('gone'); clear_output(); HTML('<b>bold</b>')",
        "x",
    )
    kinds = [[o["output_type"] for o in host.outputs[i]] for i in range(7)]
    assert kinds == [
        ["stream", "execute_result"],
        ["display_data"],
        ["error"],
        ["stream"],
        ["stream"],
        ["execute_result"],
        ["execute_result"],
    ]
    assert host.outputs[0][1]["data"]["text/plain"] == "3"
    assert host.outputs[1][0]["data"]["image/png"].startswith("iVBOR")
    error = host.outputs[2][0]
    assert (error["ename"], error["evalue"]) == ("ZeroDivisionError", "division by zero")
    assert "1 / 0" in "\n".join(error["traceback"])
    assert host.outputs[3][0]["name"] == "stderr"
    assert "from the shell" in text(host, 4)
    assert host.outputs[5][0]["data"]["text/html"] == "<b>bold</b>"
    assert host.failed_cells == {2: "ZeroDivisionError"}


def test_probes_see_the_notebooks_names_and_return_trees(live):
    """TensorFlow values come back as arrays; inputs may be written to."""
    host = live(
        "import tensorflow as tf\ndef f(x, n):\n    x[0] = 9\n    return {'y': tf.constant(x) * n, 'v': tf.Variable([1]), 's': x.shape}"
    )
    got = value(ask(host, call_f, np.float32([1, 2]), 3))
    assert got["y"].tolist() == [27.0, 6.0]
    assert got["y"].dtype == np.float32
    assert got["v"].tolist() == [1]
    assert got["s"] == (2,)


def test_ragged_sparse_and_keras_values(live):
    """The special tensors of TensorFlow, TensorShape, DType and Keras variables are trees too."""
    host = live(
        "import tensorflow as tf\n"
        "def f():\n"
        "    dense = tf.keras.layers.Dense(1); dense.build((None, 2))\n"
        "    return {'r': tf.ragged.constant([[1], [2, 3]]), 's': tf.sparse.from_dense([[0, 5]]), 'shape': tf.TensorShape([None, 2]),\n"
        "            'd': tf.bfloat16, 'w': dense.kernel, 't': tf.constant(['a'])}"
    )
    got = value(ask(host, call_f))
    assert got["r"].values.tolist() == [1, 2, 3]
    assert got["s"].values.tolist() == [5]
    assert got["shape"] == (None, 2)
    assert got["d"] == "bfloat16"
    assert got["w"].shape == (2, 1)
    assert got["t"].tolist() == [b"a"]


@pytest.mark.parametrize(
    ("cell", "kind", "ename", "said"),
    [
        ("def f(): raise ValueError('shape (2,)')", "raised", "ValueError", "shape (2,)"),
        ("def f(a): return a", "raised", "TypeError", "missing 1 required positional argument"),
        ("g = 1", "missing", "MissingNameError", "f"),
        ("f = 3", "not callable", "TypeError", "'int' object is not callable"),
        ("def f(): return (i for i in ())", "no tree", "", "tree is a 'generator' object"),
        ("import sys\ndef f(): sys.exit('bye')", "raised", "SystemExit", "bye"),
        ("def f():\n    while True: pass", "interrupted", "", "4"),
        ("import os\ndef f(): os._exit(0)", "died", "", ""),
        ("class E(Exception):\n    def __str__(self): raise E\ndef f(): raise E", "raised", "E", "cannot be printed"),
        ("def f():\n    f()", "raised", "RecursionError", "recursion"),
        ("import tensorflow as tf\n@tf.function\ndef g(x):\n    return {'k': [x]}\ndef f():\n    out = []\n    @tf.function\n    def h(x):\n        out.append(x)\n        return x\n    h(tf.constant(1)); return out", "no tree", "", "tree[0] is a symbolic tensor"),
    ],
)  # fmt: skip
def test_what_goes_wrong_in_a_probe_is_told_apart(live, cell, kind, ename, said):
    """Raised, missing, not callable, no tree, too slow, dead: each has its kind and words."""
    answer = ask(live(cell), call_f)
    assert (answer.ok, answer.kind, answer.ename) == (False, kind, ename)
    assert said in answer.evalue + answer.name


def test_the_learners_line_is_named(live):
    """The innermost line of the notebook in a traceback, not the probe's."""
    answer = ask(live("def f():\n    a = 1\n    return undefined + a"), call_f)
    assert answer.line == "return undefined + a"


def test_a_dead_guest_is_replaced(live):
    """After a probe killed the process, the next one finds a fresh guest with the cells run."""
    host = live("import os\nn = 5\ndef f(kill):\n    if kill: os.abort()\n    return n")
    assert ask(host, call_f, True).kind == "died"
    assert value(ask(host, call_f, False)) == 5
    assert host.starts == 2


def test_an_interrupted_probe_keeps_its_guest(live):
    """An endless loop obeys the interrupt: no new process is needed."""
    host = live("def f(loop):\n    while loop: pass\n    return 1")
    assert ask(host, call_f, True).kind == "interrupted"
    assert value(ask(host, call_f, False)) == 1
    assert host.starts == 1


def test_a_cell_that_ignores_the_interrupt_is_left_out(live):
    """It is ended by force, named in its output, and skipped when the guest is replaced."""
    host = live(
        "x = 1",
        "while True:\n    try:\n        while True: pass\n    except KeyboardInterrupt: pass",
        "y = x + 1\ndef f(): return y",
    )
    assert host.failed_cells == {1: "CellTimeoutError"}
    assert "took longer than 4 s" in host.outputs[1][0]["evalue"]
    assert value(ask(host, call_f)) == 2


def test_a_cell_that_ends_the_process_is_left_out(live):
    """os._exit and a crash cost that cell only."""
    host = live("x = 1", "import os; os._exit(7)", "import ctypes; ctypes.string_at(0)", "def f(): return x")
    assert {i: host.failed_cells[i] for i in (1, 2)} == {1: "DeadKernelError", 2: "DeadKernelError"}
    assert value(ask(host, call_f)) == 1
    assert host.starts == 3


def test_a_slow_cell_is_interrupted_and_the_rest_runs(live):
    """The time limit of a cell ends it; later cells still run in the same guest."""
    host = live("import time; time.sleep(60)", "def f(): return 1")
    assert host.failed_cells == {0: "CellTimeoutError"}
    assert value(ask(host, call_f)) == 1
    assert host.starts == 1


def test_the_submissions_time_is_shared(live):
    """When all of it is used, the next probe is not asked any more."""
    host = live("import time\ndef f(): time.sleep(60)", policy=Policy(submission_seconds=1.5, grace_seconds=0.5))
    assert ask(host, call_f).kind == "interrupted"
    host.close()
    assert ask(host, call_f) == Answer(kind="no time", evalue="1.5")


def test_output_has_a_limit(live):
    """Fifty megabytes of text become one, and a line that says so."""
    host = live("print('x' * 50_000_000)\nraise ValueError('still here')")
    assert len(text(host, 0)) < 1_001_000
    assert "49,000,001 more characters of output were dropped" in text(host, 0)
    assert host.outputs[0][-2]["ename"] == "ValueError"


def test_all_outputs_together_have_a_limit(live):
    """Twenty cells of a megabyte each keep five together, in the guest and here; a cell that runs again counts once."""
    policy = Policy(outputs_bytes=5_000_000)
    host = live(*["print('x' * 999_000)"] * 20, policy=policy)
    assert sum(len(str(outputs)) for outputs in host.outputs.values()) < 5_100_000
    assert "more characters of output were dropped: a cell may show 1,000,000, all cells" in text(host, 19)
    host.close()
    host.run()
    assert len(text(host, 0)) == 999_001


def test_a_guest_that_counts_nothing_is_counted(live):
    """What comes after the total is dropped by the host, whatever the guest's own recorder says."""
    forge = "import sys\nr = get_ipython().recorder\nr._total = 10**12"
    host = live(forge, *["r._total = 10**12\nprint('x' * 999_000)"] * 9, policy=Policy(outputs_bytes=3_000_000))
    assert sum(len(str(outputs)) for outputs in host.outputs.values()) < 3_100_000
    assert "all cells together may show 3,000,000 characters" in text(host, 9)


def test_attached_files_come_along(live):
    """Companions lie in the working directory, which is private and gone afterwards."""
    host = live(
        "import os\ndef f(): return [open('data/a.txt').read(), os.getcwd(), sorted(os.environ)]",
        files={"data/a.txt": b"hello"},
    )
    content, folder, names = value(ask(host, call_f))
    assert content == "hello"
    assert set(names) - {"GRADETAPE_DATA_DIR", "LD_LIBRARY_PATH", "TZ", "LC_ALL"} <= {
        "CUDA_VISIBLE_DEVICES", "HOME", "IPYTHONDIR", "LANG", "MPLBACKEND", "MPLCONFIGDIR", "NBGRADER_EXECUTION", "PATH",
        "TF_CPP_MIN_LOG_LEVEL", "TF_ENABLE_ONEDNN_OPTS", "TMPDIR", "USER",
        "PAGER", "GIT_PAGER", "CLICOLOR", "TERM", "TF2_BEHAVIOR", "TPU_ML_PLATFORM", "KMP_DUPLICATE_LIB_OK", "KMP_INIT_AT_FORK",
    }  # fmt: skip
    host.close()
    assert not os.path.exists(folder)


@pytest.mark.parametrize("name", ["/etc/x", "../x", "a/../../x", ""])
def test_names_of_attached_files_stay_inside(name):
    """A path that leads out of the folder is refused."""
    with pytest.raises(ValueError, match="has to stay inside the assignment's folder"):
        checked_names({name: b""})


def test_every_probe_is_seeded(live):
    """The same seed gives the same draws in Python, NumPy, TensorFlow and Keras; another seed others."""
    host = live(
        "import random, numpy as np, tensorflow as tf\n"
        "def f(): return [random.random(), np.random.rand(), tf.random.normal([2]), tf.keras.initializers.GlorotUniform()((2, 2))]"
    )
    one, two, other = (host.ask(cloudpickle.dumps(call_f), tree.encode([]), s).tree for s in (5, 5, 6))
    assert one == two
    assert one != other


def test_guests_do_not_share_state(live):
    """What one notebook changes is unchanged for the next."""
    live("import numpy as np\nnp.mean = None")
    assert value(ask(live("import numpy as np\ndef f(): return np.mean([1.0, 2.0])"), call_f)) == 1.5


def test_the_graders_main_module_stays_out(live):
    """The guest does not import the program that started it, nor the judge."""
    host = live(
        "import sys\ndef f(): return sorted(m for m in sys.modules if m.split('.')[0] in ('pytest', '_pytest', 'nbgrader') or 'judge' in m)"
    )
    assert value(ask(host, call_f)) == []


def test_two_logical_devices_on_request(live):
    """An assignment may ask for replicas."""
    host = live(
        "import tensorflow as tf\ndef f(): return len(tf.config.list_logical_devices('CPU'))",
        policy=Policy(logical_cpus=2),
    )
    assert value(ask(host, call_f)) == 2


def test_guests_start_fast_after_the_first(live):
    """A further guest with TensorFlow costs a small part of importing it: under a quarter, in one run."""
    live("1")
    began = time.monotonic()
    live("import tensorflow as tf")
    further = time.monotonic() - began
    began = time.monotonic()
    os.system(f"{sys.executable} -c 'import tensorflow' >/dev/null 2>&1")
    assert further < 0.25 * (time.monotonic() - began)


@pytest.mark.parametrize(
    "forged",
    [
        None,
        3,
        [3],
        [{"output_type": "stream"}],
        [{"output_type": "stream", "text": 3}],
        [{"output_type": "display_data", "data": []}],
        [{"output_type": "x"}],
    ],
)
def test_forged_outputs_are_left_out(forged):
    """What is no nbformat output does not get into a notebook."""
    assert valid_outputs(forged, 1000) == []


def test_outputs_are_rebuilt():
    """Only known keys with the right types survive."""
    forged = [
        {"output_type": "stream", "name": "evil", "text": "a", "more": 1},
        {
            "output_type": "execute_result",
            "data": {"text/plain": "b", "x": 3},
            "execution_count": "no",
            "metadata": {"y": 1},
        },
        {"output_type": "error", "ename": 3, "evalue": "v", "traceback": ["t", 4]},
    ]
    assert valid_outputs(forged, 1000) == [
        {"output_type": "stream", "name": "stdout", "text": "a"},
        {"output_type": "execute_result", "data": {"text/plain": "b"}, "metadata": {}, "execution_count": None},
        {"output_type": "error", "ename": "", "evalue": "v", "traceback": ["t"]},
    ]


def test_many_small_outputs_do_not_end_a_guest(live):
    """A loop that prints to both streams in turn: what is too much is counted and dropped, and the cell goes on."""
    host = live("import sys\nfor i in range(40_000):\n    print(i)\n    print(i, file=sys.stderr)\nx = 1", "x")
    assert host.failed_cells == {}
    assert host.starts == 1
    assert "more characters of output were dropped" in host.outputs[0][-1]["text"]
    assert len(host.outputs[0]) <= 1000


def test_a_reply_with_an_array_for_its_number_is_no_reply(live):
    """It cannot be compared with one number; the guest is ended, the grader is not."""
    forge = (
        "import os, socket, struct\nimport numpy as np\nfrom gradetape import tree\n"
        "def f():\n"
        "    data = tree.encode({'number': np.arange(3), 'ok': True, 'tree': b''})\n"
        "    socket.socket(fileno=os.dup(3)).sendall(struct.pack('<Q', len(data)) + data)\n"
        "    return 1"
    )
    assert ask(live(forge), call_f).kind == "died"
