# ---
# jupyter:
#   jupytext:
#     notebook_metadata_filter: kernelspec,jupytext,gradetape
#     text_representation:
#       extension: .py
#       format_name: percent
#       format_version: '1.3'
#       jupytext_version: 1.19.6
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown] nbgrader={"grade": false, "grade_id": "intro_text", "locked": true, "schema_version": 3, "solution": false, "task": false}
# # Callbacks of your own
#
# `model.fit` runs for minutes or days, and while it runs, your code waits. A **callback** is your foot in the door: an object whose methods
# Keras calls at fixed moments of the training. Early stopping, checkpoints, progress bars, learning rate schedules and log files are all callbacks, and
# you can write your own in a few lines.
#
# A callback is a subclass of `tf.keras.callbacks.Callback`. It overrides the methods (the *hooks*) that it needs:
#
# | hook | Keras calls it |
# |---|---|
# | `on_train_begin(self, logs=None)`, `on_train_end(self, logs=None)` | when a `fit` begins and ends |
# | `on_epoch_begin(self, epoch, logs=None)`, `on_epoch_end(self, epoch, logs=None)` | around every epoch; at its end `logs` holds its numbers, such as `{"loss": 0.31, "val_loss": 0.42}` |
# | `on_train_batch_begin(self, batch, logs=None)`, `on_train_batch_end(self, batch, logs=None)` | around every update of the weights |
# | `on_test_batch_begin(self, batch, logs=None)`, `on_test_batch_end(self, batch, logs=None)` | around every batch of the validation |
#
# Three things are good to know beforehand:
#
# - Sign the hooks as in the table. Keras passes the last argument **by its name** `logs` to some of them.
# - `self.model` is the model in training: a callback may read and set its weights, and `self.model.stop_training = True` ends the training after the current epoch.
# - **One callback object may serve several runs.** Whatever it counts or remembers has to start afresh in `on_train_begin`. Nothing fails when you forget
#   this: the second run simply stops too early, or ends with the weights of the first.
#
# In this assignment you will build
#
# 1. **`EventRecorder`**, which writes down what happens when,
# 2. **`StopOnOverfit`**, which ends a training that has begun to learn by heart,
# 3. **`step_decay`**, a schedule for the learning rate,
# 4. **`KeepBestWeights`**, early stopping with a memory,
# 5. **`standard_callbacks`**, a useful set of those that Keras brings along.
#
# Write each answer so that it stands alone. A slip in one question costs no points in the next.

# %% nbgrader={"grade": false, "grade_id": "imports", "locked": true, "schema_version": 3, "solution": false, "task": false}
import os
import tempfile

import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf

# %% [markdown] nbgrader={"grade": false, "grade_id": "event_recorder_text", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ## Question 1: what happens when? (2 points)
#
# The best way to learn the order of the hooks is to record it. A run of $E$ epochs with $B$ training and $V$ validation batches per epoch makes
# $2 + E\,(2 + B + V)$ events.
#
# **Contract** for the class `EventRecorder()`
#
# - `recorder.events` is a list of strings. It exists from the beginning: before the first run it is empty.
# - During a `fit` these events are appended, in the order in which they happen:
#
# | moment | event |
# |---|---|
# | the run begins | `"train_begin"` |
# | epoch 0, 1, … begins | `"epoch_begin_0"`, `"epoch_begin_1"`, … |
# | training batch 0, 1, … of the epoch is **done** | `"train_batch_0"`, `"train_batch_1"`, … |
# | validation batch 0, 1, … of the epoch is **done** | `"test_batch_0"`, `"test_batch_1"`, … |
# | epoch 0, 1, … ends | `"epoch_end_0"`, `"epoch_end_1"`, … |
# | the run ends | `"train_end"` |
#
# - The numbers are those that Keras gives to the hooks: epochs go on from `initial_epoch`, batches start at 0 in every epoch.
# - A second `fit` with the same recorder starts afresh: afterwards `events` holds the events of the second run only. After a run the list stays as it is until the next one. (Only `fit` counts: what `model.evaluate` would add is left open.)
# - Every recorder has a list of its own.
#
# **Example.** One epoch with two training batches and one validation batch:
#
# `["train_begin", "epoch_begin_0", "train_batch_0", "train_batch_1", "test_batch_0", "epoch_end_0", "train_end"]`
#
# <details><summary>Hint</summary>
#
# You need an `__init__` (call `super().__init__()` first) and six hooks. Which of the two hooks around a batch tells you that the batch is done? An f-string such as
# `f"epoch_begin_{epoch}"` makes the text.
#
# </details>

# %% nbgrader={"grade": false, "grade_id": "event_recorder_answer", "locked": false, "schema_version": 3, "solution": true, "task": false}
class EventRecorder(tf.keras.callbacks.Callback):
    """Record the events of a run as strings in the list `events`; every run starts afresh."""

    ### BEGIN SOLUTION
    def __init__(self):
        super().__init__()
        self.events = []

    def on_train_begin(self, logs=None):
        self.events = ["train_begin"]

    def on_epoch_begin(self, epoch, logs=None):
        self.events.append(f"epoch_begin_{epoch}")

    def on_train_batch_end(self, batch, logs=None):
        self.events.append(f"train_batch_{batch}")

    def on_test_batch_end(self, batch, logs=None):
        self.events.append(f"test_batch_{batch}")

    def on_epoch_end(self, epoch, logs=None):
        self.events.append(f"epoch_end_{epoch}")

    def on_train_end(self, logs=None):
        self.events.append("train_end")
    ### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "event_recorder", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
def _see_event_recorder():
    recorder = EventRecorder()
    assert recorder.events == [], f"before the first run `events` has to be an empty list, yours is {recorder.events!r}"
    model = tf.keras.Sequential([tf.keras.Input((1,)), tf.keras.layers.Dense(1)])
    model.compile(optimizer="sgd", loss="mse", run_eagerly=True)
    x = np.arange(4.0)[:, None]
    model.fit(x, 2 * x, epochs=1, batch_size=2, validation_data=(x[:1], x[:1]), callbacks=[recorder], verbose=0)
    expected = ["train_begin", "epoch_begin_0", "train_batch_0", "train_batch_1", "test_batch_0", "epoch_end_0", "train_end"]
    assert recorder.events == expected, f"the example has to give {expected}, yours gives {recorder.events}"


_see_event_recorder()

# %% [markdown] nbgrader={"grade": false, "grade_id": "event_recorder_demo_text", "locked": true, "schema_version": 3, "solution": false, "task": false}
# The next cell draws the events of a short run: time goes from left to right. Note where the validation stands: *inside* the epoch, after the last training
# batch. That is why `on_epoch_end` knows `val_loss`.

# %% active="ipynb" tags=["demo"] nbgrader={"grade": false, "grade_id": "event_recorder_demo", "locked": true, "schema_version": 3, "solution": false, "task": false}
# x = np.linspace(0, 1, 12)[:, None].astype("float32")
# model = tf.keras.Sequential([tf.keras.Input((1,)), tf.keras.layers.Dense(1)])
# model.compile(optimizer="sgd", loss="mse")
# recorder = EventRecorder()
# model.fit(x, 3 * x + 2, epochs=2, batch_size=4, validation_data=(x[:9], 3 * x[:9] + 2), callbacks=[recorder], verbose=0)
#
# kinds = ["train", "epoch", "train_batch", "test_batch"]
# plt.figure(figsize=(10, 2.5))
# for moment, event in enumerate(recorder.events):
#     kind = next(k for k in ("train_batch", "test_batch", "epoch", "train") if event.startswith(k))
#     plt.plot(moment, kinds.index(kind), "o", color=f"C{kinds.index(kind)}")
#     plt.text(moment, kinds.index(kind) + 0.25, event.removeprefix(kind + "_"), ha="center", fontsize=8)
# plt.yticks(range(4), kinds); plt.ylim(-0.5, 3.8); plt.xlabel("moment"); plt.title("two epochs, three training and three validation batches"); plt.show()

# %% [markdown] nbgrader={"grade": false, "grade_id": "stop_on_overfit_text", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ## Question 2: stop when it learns by heart (2 points)
#
# A model that learns by heart still improves on the training data, while the validation loss stays behind or rises. One number shows it: the ratio
#
# $$ r_e = \frac{\text{validation loss of epoch } e}{\text{training loss of epoch } e} . $$
#
# **Contract** for the class `StopOnOverfit(max_ratio)`
#
# - At the end of every epoch whose logs hold `val_loss`, the callback appends $r_e$, a number, to its list `ratios`, and if $r_e$ is **greater than** `max_ratio` it sets
#   `self.model.stop_training = True`. A ratio that equals `max_ratio` does not stop the run. The ratio that stops the run is in the list, too.
# - Epochs without validation (their logs have no `val_loss`; `validation_freq=2` in `fit` makes such epochs) are ignored: no entry in the list, no stop, no error. (`logs` itself is always a dict here.)
# - The callback only ever sets `stop_training` to `True`, never to `False`: another callback may have asked for the stop.
# - `ratios` exists from the beginning, empty before the first run. Each run starts with an empty list, so that after a run it holds the ratios of this run only.
# - The training loss is positive; you need not care for a division by zero.
#
# **Example.** With `max_ratio=1.5` and the losses
#
# | epoch | `loss` | `val_loss` | ratio | |
# |---|---|---|---|---|
# | 0 | 0.8 | 0.8 | 1.0 | goes on |
# | 1 | 0.4 | 0.6 | 1.5 | goes on: equal is not greater |
# | 2 | 0.2 | 0.4 | 2.0 | stops |
#
# the list ends as `[1.0, 1.5, 2.0]` (up to rounding).
#
# <details><summary>Hint</summary>
#
# `logs` is a dict: `"val_loss" in logs` tells whether there is an entry. Use `if ...: self.model.stop_training = True` and leave the flag alone otherwise.
#
# </details>

# %% nbgrader={"grade": false, "grade_id": "stop_on_overfit_answer", "locked": false, "schema_version": 3, "solution": true, "task": false}
class StopOnOverfit(tf.keras.callbacks.Callback):
    """Stop the training when val_loss / loss exceeds a bound.

    Args:
        max_ratio: the largest ratio that is still fine, a number.

    The list `ratios` holds the ratios of the run, one per epoch with validation.
    """

    ### BEGIN SOLUTION
    def __init__(self, max_ratio):
        super().__init__()
        self.max_ratio = max_ratio
        self.ratios = []

    def on_train_begin(self, logs=None):
        self.ratios = []

    def on_epoch_end(self, epoch, logs=None):
        if "val_loss" in logs:
            self.ratios.append(logs["val_loss"] / logs["loss"])
            if self.ratios[-1] > self.max_ratio:
                self.model.stop_training = True
    ### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "stop_on_overfit", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
def _see_stop_on_overfit():
    callback = StopOnOverfit(1.5)
    model = tf.keras.Sequential([tf.keras.Input((1,)), tf.keras.layers.Dense(1)])
    model.stop_training = False
    callback.set_model(model)
    callback.on_train_begin(logs={})
    for epoch, (loss, val_loss, stops) in enumerate([(0.75, 0.75, False), (0.5, 0.75, False), (0.25, 0.5, True)]):
        callback.on_epoch_end(epoch, logs={"loss": loss, "val_loss": val_loss})
        assert model.stop_training == stops, f"after a ratio of {val_loss / loss} stop_training has to be {stops}"
    assert np.allclose(callback.ratios, [1.0, 1.5, 2.0]), f"the ratios have to be [1.0, 1.5, 2.0], yours are {callback.ratios}"


_see_stop_on_overfit()

# %% [markdown] nbgrader={"grade": false, "grade_id": "step_decay_text", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ## Question 3: a staircase for the learning rate (2 points)
#
# Large steps at first, small steps later: a *step decay* multiplies the rate by a factor $q$ after every $k$ epochs. In epoch $e$ (counted from 0) the rate is
#
# $$ \eta_e = \eta_0 \; q^{\lfloor e / k \rfloor} . $$
#
# Keras brings the callback for this, `tf.keras.callbacks.LearningRateScheduler(schedule)`. It calls your function `schedule(epoch, rate)` at the beginning of every
# epoch, hands over the number of the epoch and the optimizer's present rate, and sets the rate to what the function returns.
#
# **Contract** for `step_decay(initial, factor, every)`
#
# - `initial` ($\eta_0$) and `factor` ($q$) are positive floats, `every` ($k$) is a positive int.
# - The result is a function `schedule(epoch, rate)` that returns $\eta_e$ as a **Python float** (Keras refuses a tensor).
# - The result depends on the epoch alone. The present `rate` is ignored: whoever multiplies *it* instead gets another rate when the training is continued in epoch 7, or when
#   another callback has changed it. The function may be called for any epochs in any order, several times for the same one.
# - Several schedules with other arguments can live side by side.
#
# **Example.** `step_decay(0.1, 0.5, 2)` gives 0.1, 0.1, 0.05, 0.05, 0.025, 0.025 for the epochs 0 to 5.
#
# <details><summary>Hint</summary>
#
# Define a function inside the function and return it: it remembers `initial`, `factor` and `every`. `//` divides integers and rounds down.
#
# </details>

# %% nbgrader={"grade": false, "grade_id": "step_decay_answer", "locked": false, "schema_version": 3, "solution": true, "task": false}
def step_decay(initial, factor, every):
    """Make a learning rate schedule that multiplies by `factor` after every `every` epochs.

    Args:
        initial: the rate of the first epochs, a float.
        factor: what one step multiplies with, a float.
        every: epochs per step, an int.

    Returns:
        A function of (epoch, rate) that returns the rate of the epoch, a float; it ignores `rate`.
    """
    ### BEGIN SOLUTION
    def schedule(epoch, rate):
        return initial * factor ** (epoch // every)

    return schedule
    ### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "step_decay", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
def _see_step_decay():
    schedule = step_decay(0.1, 0.5, 2)
    rates = [schedule(epoch, 0.1) for epoch in range(6)]
    assert all(isinstance(rate, float) for rate in rates), "the schedule has to return floats"
    assert np.allclose(rates, [0.1, 0.1, 0.05, 0.05, 0.025, 0.025]), f"the example has to give 0.1, 0.1, 0.05, 0.05, 0.025, 0.025, yours gives {rates}"


_see_step_decay()

# %% active="ipynb" tags=["demo"] nbgrader={"grade": false, "grade_id": "step_decay_demo", "locked": true, "schema_version": 3, "solution": false, "task": false}
# model = tf.keras.Sequential([tf.keras.Input((1,)), tf.keras.layers.Dense(1)])
# model.compile(optimizer=tf.keras.optimizers.SGD(learning_rate=0.3), loss="mse")
# scheduler = tf.keras.callbacks.LearningRateScheduler(step_decay(0.3, 0.5, 4))
# log = model.fit(x, 3 * x + 2, epochs=16, batch_size=4, callbacks=[scheduler], verbose=0).history
#
# figure, (left, right) = plt.subplots(1, 2, figsize=(9, 3))
# left.step(range(16), log["learning_rate"], where="post"); left.set_xlabel("epoch"); left.set_ylabel("learning rate")
# right.semilogy(log["loss"]); right.set_xlabel("epoch"); right.set_ylabel("loss"); plt.tight_layout(); plt.show()

# %% [markdown] nbgrader={"grade": false, "grade_id": "keep_best_weights_text", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ## Question 4: early stopping with a memory (2 points)
#
# The last weights of a run are rarely its best. Write a callback that watches the validation loss, stops when it no longer improves, and gives the model the
# weights of the best epoch:
#
# $$ e^{*} = \min \Big\{ e : v_e = \min_{j} v_j \Big\}, \qquad v_e = \text{validation loss of epoch } e . $$
#
# **Contract** for the class `KeepBestWeights(patience)`
#
# - The callback looks at `logs["val_loss"]` at the end of every epoch. An epoch **improves** if its value is strictly smaller than every earlier one of the run; the first one with a value always does. Equal is no improvement.
# - When `patience` (an int, at least 1) epochs in a row have not improved, it sets `self.model.stop_training = True`. An improvement sets the count back to 0.
# - At the end of the run it puts back the weights that the model had at the end of the best epoch: **all** weights, also those that are not trained (the moving averages of a
#   batch normalisation, say). It does so whether the run was stopped or went through to its last epoch.
# - Epochs without `val_loss` are ignored: they neither improve nor count, and they do not interrupt the row. A validation loss is never NaN here. If no epoch of the run had one, the model keeps the weights it has at the end.
# - The same callback object may serve several runs; each starts with a fresh state.
#
# **Example.** `patience=2`, validation losses 1.0, 0.6, 0.7, 0.65: the run stops after the fourth epoch and the model gets back the weights of the second.
#
# > **A silent trap.** `self.best = self.model.weights` keeps no weights. It keeps a list of *variables*, and these go on changing. Nothing fails: at the end the callback "restores" what is there anyway.
#
# <details><summary>Hint</summary>
#
# `self.model.get_weights()` returns copies as NumPy arrays, and there is a method for the way back. What does the callback have to remember from one epoch to the next, and in which hook does a run begin?
#
# </details>

# %% nbgrader={"grade": false, "grade_id": "keep_best_weights_answer", "locked": false, "schema_version": 3, "solution": true, "task": false}
class KeepBestWeights(tf.keras.callbacks.Callback):
    """Stop when val_loss no longer improves; at the end of the run restore the best weights.

    Args:
        patience: epochs in a row without improvement that stop the run, an int.
    """

    ### BEGIN SOLUTION
    def __init__(self, patience):
        super().__init__()
        self.patience = patience

    def on_train_begin(self, logs=None):
        self.smallest = float("inf")
        self.best = None

    def on_epoch_end(self, epoch, logs=None):
        if "val_loss" not in logs:
            return
        if logs["val_loss"] < self.smallest:
            self.smallest = logs["val_loss"]
            self.best = self.model.get_weights()
            self.waited = 0
        else:
            self.waited += 1
            if self.waited == self.patience:
                self.model.stop_training = True

    def on_train_end(self, logs=None):
        if self.best is not None:
            self.model.set_weights(self.best)
    ### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "keep_best_weights", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
def _see_keep_best_weights():
    callback = KeepBestWeights(2)
    model = tf.keras.Sequential([tf.keras.Input((1,)), tf.keras.layers.Dense(1)])
    model.stop_training = False
    callback.set_model(model)
    callback.on_train_begin(logs={})
    for epoch, (val_loss, stops) in enumerate([(1.0, False), (0.6, False), (0.7, False), (0.65, True)]):
        model.set_weights([np.full((1, 1), epoch), np.full((1,), epoch)])
        callback.on_epoch_end(epoch, logs={"loss": 0.5, "val_loss": val_loss})
        assert model.stop_training == stops, f"in the example, after epoch {epoch}, stop_training has to be {stops}"
    callback.on_train_end(logs={})
    found = float(model.get_weights()[1][0])
    assert found == 1, f"in the example the weights of epoch 1 have to come back, yours are those of epoch {found:g}"


_see_keep_best_weights()

# %% [markdown] nbgrader={"grade": false, "grade_id": "standard_callbacks_text", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ## Question 5: the usual three (2 points)
#
# Much of what one needs is there already. Three callbacks of Keras go with nearly every longer training: a log file, a file with the best weights, early stopping.
#
# **Contract** for `standard_callbacks(directory, patience)`
#
# - `directory` is the path of an existing folder, a `str`; `patience` is an int. All files go **into that folder**, and the function itself trains nothing and writes nothing.
# - The result is a list of three new callbacks of `tf.keras.callbacks`, **in this order**:
#   1. a `CSVLogger` that writes `log.csv`: a header and one line per epoch. A new run with new callbacks starts the file anew.
#   2. a `ModelCheckpoint` that writes `best.weights.h5`: the weights (only the weights) of the epoch with the smallest validation loss so far, and of no other epoch;
#   3. an `EarlyStopping` that stops the run when the validation loss has not improved for `patience` epochs. It leaves the model's weights alone at the end: the best ones are in the file.
#
# **Example.** In `standard_callbacks("runs", 3)` the log is `runs/log.csv`, the weights are in `runs/best.weights.h5`, and three epochs without improvement stop the run.
#
# > **File names matter.** Keras 3 tells by the ending what is to be written: weights end in `.weights.h5`, whole models in `.keras`; anything else is refused.
#
# <details><summary>Hint</summary>
#
# `os.path.join(directory, "log.csv")` makes the path. `ModelCheckpoint` writes after *every* epoch, and writes whole models, unless two of its arguments say otherwise. `val_loss` is what both watch by default.
#
# </details>

# %% nbgrader={"grade": false, "grade_id": "standard_callbacks_answer", "locked": false, "schema_version": 3, "solution": true, "task": false}
def standard_callbacks(directory, patience):
    """Make the usual three callbacks.

    Args:
        directory: the folder for log.csv and best.weights.h5, a str; it exists.
        patience: epochs without improvement of val_loss that stop the run, an int.

    Returns:
        A list: CSVLogger, ModelCheckpoint (best weights only), EarlyStopping.
    """
    ### BEGIN SOLUTION
    weights = os.path.join(directory, "best.weights.h5")
    return [
        tf.keras.callbacks.CSVLogger(os.path.join(directory, "log.csv")),
        tf.keras.callbacks.ModelCheckpoint(weights, save_best_only=True, save_weights_only=True),
        tf.keras.callbacks.EarlyStopping(patience=patience),
    ]
    ### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "standard_callbacks", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
def _see_standard_callbacks():
    with tempfile.TemporaryDirectory() as folder:
        callbacks = standard_callbacks(folder, 3)
        assert os.listdir(folder) == [], "making the callbacks has to write nothing yet"
        kinds = [tf.keras.callbacks.CSVLogger, tf.keras.callbacks.ModelCheckpoint, tf.keras.callbacks.EarlyStopping]
        assert len(callbacks) == 3, f"three callbacks are asked, yours are {len(callbacks)}"
        for callback, kind in zip(callbacks, kinds):
            assert isinstance(callback, kind), f"a {kind.__name__} has to stand where you have a {type(callback).__name__}"
        model = tf.keras.Sequential([tf.keras.Input((1,)), tf.keras.layers.Dense(1)])
        model.compile(optimizer="sgd", loss="mse", run_eagerly=True)
        x = np.arange(4.0)[:, None]
        model.fit(x, x, epochs=2, validation_data=(x, x), callbacks=callbacks, verbose=0)
        assert sorted(os.listdir(folder)) == ["best.weights.h5", "log.csv"], f"two files are asked, yours are {sorted(os.listdir(folder))}"
        with open(os.path.join(folder, "log.csv")) as log:
            assert len(log.readlines()) == 3, "after two epochs log.csv has to hold a header and two lines"


_see_standard_callbacks()

# %% [markdown] nbgrader={"grade": false, "grade_id": "together_text", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ## All of them at work
#
# Twelve noisy points of a line, and a network with far more weights than points: it will learn them by heart. Your callbacks watch over the run. The picture shows both losses, where the run was
# stopped, and which epoch's weights the model has in the end.

# %% active="ipynb" tags=["demo"] nbgrader={"grade": false, "grade_id": "together_demo", "locked": true, "schema_version": 3, "solution": false, "task": false}
# tf.keras.utils.set_random_seed(4)
# points = np.linspace(-1, 1, 12)[:, None].astype("float32")
# targets = 3 * points + 2 + np.random.normal(scale=1.0, size=points.shape).astype("float32")
# others = np.linspace(-0.95, 0.95, 40)[:, None].astype("float32")
# their_targets = 3 * others + 2 + np.random.normal(scale=1.0, size=others.shape).astype("float32")
#
# model = tf.keras.Sequential([
#     tf.keras.Input((1,)), tf.keras.layers.Dense(128, activation="tanh"), tf.keras.layers.Dense(128, activation="tanh"), tf.keras.layers.Dense(1),
# ])
# model.compile(optimizer=tf.keras.optimizers.Adam(0.01), loss="mse")
# keeper, watcher = KeepBestWeights(patience=40), StopOnOverfit(max_ratio=8)
# scheduler = tf.keras.callbacks.LearningRateScheduler(step_decay(0.01, 0.9, 40))
# with tempfile.TemporaryDirectory() as folder:
#     logger = standard_callbacks(folder, 100)[0]
#     log = model.fit(points, targets, epochs=120, batch_size=12, validation_data=(others, their_targets), verbose=0,
#                     callbacks=[keeper, watcher, scheduler, logger]).history
#     print(open(os.path.join(folder, "log.csv")).read()[:200], "...")
#
# figure, (left, right) = plt.subplots(1, 2, figsize=(10, 3.5))
# left.semilogy(log["loss"], label="training"); left.semilogy(log["val_loss"], label="validation")
# left.axvline(np.argmin(log["val_loss"]), color="gray", ls=":", label="best epoch"); left.set_xlabel("epoch"); left.set_ylabel("loss"); left.legend()
# right.plot(points, targets, "o", label="12 points"); right.plot(others, model.predict(others, verbose=0), label="best weights")
# right.plot(others, 3 * others + 2, ":", label="the line behind them"); right.legend(); plt.show()
# print(f"{len(log['loss'])} epochs, last ratio {watcher.ratios[-1]:.1f}, best validation loss {min(log['val_loss']):.2f}")

# %% [markdown] nbgrader={"grade": false, "grade_id": "next_step_text", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ## Next step
#
# Things to try: let `EventRecorder` write the running loss of every batch (mind that batch logs hold the *mean since the beginning of the epoch*, not the loss of that batch); give
# `KeepBestWeights` an argument for the name of the number it watches; write a callback that draws the fit after every tenth epoch.
#
# Now you know everything that happens inside `fit`, except the step itself. Your next step is to write that, too: in *Custom training loops*, beginning with `custom_training_w1_gradients`.
