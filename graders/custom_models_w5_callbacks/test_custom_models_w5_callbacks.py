"""Hidden tests of custom_models_w5_callbacks: writing and driving callbacks.

One small real `fit` shows the order of the events. Everything else is driven with hand-written logs, through
Keras's own list of callbacks, so that the hooks are called as `fit` calls them.
"""

import numpy as np

from gradetape import probe, question

# --- helpers that travel into the guest ------------------------------------------------------------------


def _model(*, normalised=False):
    """A small built model; with a batch normalisation it has weights that are not trained."""
    import tensorflow as tf

    more = [tf.keras.layers.BatchNormalization()] if normalised else []
    return tf.keras.Sequential([tf.keras.Input((2,)), *more, tf.keras.layers.Dense(1)])


def _fill(model, value):
    """Give every variable of the model values of its own, in place."""
    for index, variable in enumerate(model.variables):
        variable.assign(np.full(variable.shape, value + index / 16, "float32"))


def _begin(callbacks, model):
    import tensorflow as tf

    hooks = tf.keras.callbacks.CallbackList(callbacks, model=model)
    model.stop_training = False
    hooks.on_train_begin({})
    return hooks


# --- question 1 ------------------------------------------------------------------------------------------


@probe
def events_of_runs(nb, rows, runs):
    """Events before any run and after each of several runs of `fit` with one recorder."""
    recorder, model = nb.EventRecorder(), _model()
    model.compile(optimizer="sgd", loss="mse", run_eagerly=True)
    x, y = np.ones((rows, 2), "float32"), np.ones((rows, 1), "float32")
    found = [list(recorder.events)]
    for run in runs:
        first, batch_size, valid = run["first epoch"], run["batch size"], run["validation rows"]
        model.fit(
            x,
            y,
            initial_epoch=first,
            epochs=first + run["epochs"],
            batch_size=batch_size,
            validation_data=(x[:valid], y[:valid]) if valid else None,
            callbacks=[recorder],
            verbose=0,
        )
        found.append(list(recorder.events))
    return found


@probe
def events_by_hand(nb, epoch, batches):
    """Number of events after each hook, and the events of two recorders of which the second has no run."""
    first, second = nb.EventRecorder(), nb.EventRecorder()
    model, counts = _model(), []
    hooks = _begin([first], model)
    counts.append(len(first.events))
    calls = [("on_epoch_begin", epoch)]
    for batch in range(batches):
        calls += [("on_train_batch_begin", batch), ("on_train_batch_end", batch)]
    for batch in range(batches):
        calls += [("on_test_batch_begin", batch), ("on_test_batch_end", batch)]
    calls.append(("on_epoch_end", epoch))
    for name, number in calls:
        getattr(hooks, name)(number, {"loss": 1.0})
        counts.append(len(first.events))
    hooks.on_train_end({})
    return {
        "number of events after each hook": counts,
        "events": list(first.events),
        "of another recorder": list(second.events),
    }


@question("event_recorder")
def test_event_order(compare, rng):
    """Two runs of fit give all events in their order; the second run starts afresh."""
    first = {"first epoch": 0, "epochs": 2, "batch size": 4, "validation rows": 12}
    second = {"first epoch": int(rng.integers(2, 6)), "epochs": 1, "batch size": 5, "validation rows": 0}
    compare(events_of_runs, 12, [first, second], label="the list of events")


@question("event_recorder")
def test_event_moments(compare, rng):
    """Batches are noted when they are done, and every recorder has a list of its own."""
    compare(events_by_hand, int(rng.integers(1, 9)), 2, label="the record")


# --- question 2 ------------------------------------------------------------------------------------------


@probe
def overfit_runs(nb, max_ratio, runs, stopped_by_another):
    """Flag after each epoch, and the ratios, for several runs of one callback; and of a second callback."""
    callback, other = nb.StopOnOverfit(max_ratio), nb.StopOnOverfit(1000.0)
    model, found = _model(), []
    found.append({"flags": [], "ratios": list(callback.ratios)})
    for run in runs:
        hooks, flags = _begin([callback], model), []
        for epoch, logs in enumerate(run):
            hooks.on_epoch_begin(epoch, {})
            model.stop_training = stopped_by_another
            hooks.on_epoch_end(epoch, dict(logs))
            flags.append(model.stop_training)
            if model.stop_training and not stopped_by_another:
                break
        hooks.on_train_end({})
        found.append({"flags": flags, "ratios": [float(ratio) for ratio in callback.ratios]})
    return {"runs": found, "ratios of another callback": list(other.ratios)}


def _logs(rng, ratio):
    """Logs of an epoch with this ratio of the losses; exact for powers of two."""
    loss = float(2.0 ** rng.integers(-3, 3))
    return {"accuracy": 0.5, "loss": loss, "val_accuracy": 0.25, "val_loss": loss * ratio}


@question("stop_on_overfit")
def test_overfit_stop(compare, rng):
    """The run stops when the ratio is greater than the bound, not when it equals it."""
    for bound in (1.5, 0.75, 4.0):
        ratios = [bound / 2, bound / 1.125, bound, bound * 1.125, bound * 3]
        compare(overfit_runs, bound, [[_logs(rng, ratio) for ratio in ratios]], False, label="the run")


@question("stop_on_overfit")
def test_overfit_without_validation(compare, rng):
    """Epochs without validation are ignored, and a stop that another callback asked for is left alone."""
    run = [_logs(rng, ratio) for ratio in (1.0, 1.25, 0.5, 2.5, 2.5)]
    for epoch in (0, 3):
        run[epoch] = {"loss": run[epoch]["loss"], "accuracy": 0.5}
    compare(overfit_runs, 2.0, [run], False, label="the run with gaps")
    compare(overfit_runs, 2.0, [run[:3]], True, label="the run that another callback stops")


@question("stop_on_overfit")
def test_overfit_second_run(compare, rng):
    """A second run with the same callback starts with an empty list."""
    runs = [[_logs(rng, ratio) for ratio in ratios] for ratios in ((1.0, 1.5, 3.5), (0.5, 1.75), (4.0,))]
    compare(overfit_runs, 3.0, runs, False, label="each run")


# --- question 3 ------------------------------------------------------------------------------------------


def _describe(rate):
    """The rate, when Keras would take it, else what it is."""
    return float(rate) if isinstance(rate, (float, np.floating)) else f"of type {type(rate).__name__}"


@probe
def rates(nb, settings, epochs, present):
    """Rates of several schedules that live side by side, epoch by epoch, for other present rates."""
    schedules = [nb.step_decay(*setting) for setting in settings]
    return [
        [_describe(schedule(epoch, rate)) for schedule in schedules]
        for epoch, rate in zip(epochs, present, strict=True)
    ]


@probe
def rates_in_keras(nb, initial, factor, every, epochs):
    """Rates that Keras's scheduler gives an optimizer; halfway another callback changes the rate."""
    import tensorflow as tf

    model = _model()
    model.compile(optimizer=tf.keras.optimizers.SGD(learning_rate=0.7))
    scheduler = tf.keras.callbacks.LearningRateScheduler(nb.step_decay(initial=initial, factor=factor, every=every))
    hooks, found = _begin([scheduler], model), []
    for epoch in range(epochs):
        hooks.on_epoch_begin(epoch, {})
        found.append(float(model.optimizer.learning_rate.numpy()))
        if epoch == epochs // 2:
            model.optimizer.learning_rate = 0.9
        hooks.on_epoch_end(epoch, {"loss": 1.0})
    return found


@question("step_decay")
def test_rates(compare, rng):
    """The rate depends on the epoch alone, for any arguments, in any order of the epochs, as a float."""
    settings = [
        (0.1, 0.5, 2),
        (float(rng.uniform(0.2, 2)), float(rng.uniform(0.3, 0.9)), 3),
        (0.01, 1.5, 1),
        (1.0, 0.1, 5),
    ]
    epochs = [0, 1, 2, 3, 4, 5, 6, 9, 10, 12, 2, 2, 0, 7, 30]
    present = rng.uniform(0.01, 3.0, size=len(epochs)).tolist()
    compare(rates, settings, epochs, present, label="the rates", rtol=1e-5)


@question("step_decay")
def test_rates_in_keras(compare, rng):
    """Keras's LearningRateScheduler sets the optimizer's rate by the schedule."""
    inputs = (float(rng.uniform(0.2, 2)), float(rng.uniform(0.3, 0.9)), 2, 6)
    compare(rates_in_keras, *inputs, label="the optimizer's rates", rtol=1e-5)


# --- question 4 ------------------------------------------------------------------------------------------


@probe
def kept(nb, patience, runs):
    """Flags after each epoch, and the weights after each run, for several runs of one callback."""
    callback, model, found = nb.KeepBestWeights(patience), _model(normalised=True), []
    for number, run in enumerate(runs):
        hooks, flags = _begin([callback], model), []
        for epoch, logs in enumerate(run):
            hooks.on_epoch_begin(epoch, {})
            _fill(model, 100 * number + epoch)
            hooks.on_epoch_end(epoch, dict(logs))
            flags.append(model.stop_training)
            if model.stop_training:
                break
        hooks.on_train_end({})
        found.append({"stop_training after each epoch": flags, "weights in the end": model.get_weights()})
    return found


def _run(*losses, training=None):
    """Logs with these validation losses, None for an epoch without; the training loss falls unless given."""
    training = training or [1.0 / (1 + epoch) for epoch in range(len(losses))]
    logs = [{"accuracy": 0.5, "loss": float(loss)} for loss in training]
    return [log if loss is None else {**log, "val_loss": float(loss)} for log, loss in zip(logs, losses, strict=True)]


@question("keep_best_weights", weight=2)
def test_kept_stop(compare):
    """The run stops after `patience` epochs in a row without improvement, and ends with the best weights."""
    compare(kept, 2, [_run(1.0, 0.6, 0.7, 0.65, 0.1)], label="the run with patience 2")
    compare(kept, 3, [_run(0.5, 0.6, 0.4, 0.45, 0.41, 0.3, 0.9, 0.8, 0.7, 0.6, 0.2)], label="the run with patience 3")
    compare(kept, 1, [_run(2.0, 1.5, 1.6, 1.0)], label="the run with patience 1")
    compare(kept, 2, [_run(1.0, 0.5, 0.5, 0.5, 0.25)], label="the run with equal losses")


@question("keep_best_weights")
def test_kept_without_stop(compare):
    """The best weights come back also when the run was not stopped, and epochs without validation are ignored."""
    compare(kept, 4, [_run(30.0, 12.0, 14.0, 13.0)], label="the run that is not stopped")
    run = _run(None, 1.0, None, 0.5, 0.7, None, None, 0.6, 0.1)
    compare(kept, 2, [run], label="the run with gaps")
    compare(kept, 1, [_run(None, None, None)], label="the run without validation")


@question("keep_best_weights")
def test_kept_second_run(compare):
    """Every run of the same callback starts with fresh state."""
    runs = [_run(0.2, 0.1, 0.3, 0.4), _run(0.9, 0.8, 0.7, 0.75), _run(0.5, 0.6, 0.7), _run(None, None)]
    compare(kept, 2, runs, label="each run")


# --- question 5 ------------------------------------------------------------------------------------------


@probe
def usual_three(nb, patience, runs):
    """Kinds of the callbacks, and files, flags and weights after each of several runs with hand-written logs."""
    import os
    import tempfile

    import tensorflow as tf

    kinds, found = (
        [tf.keras.callbacks.CSVLogger, tf.keras.callbacks.ModelCheckpoint, tf.keras.callbacks.EarlyStopping],
        [],
    )
    with tempfile.TemporaryDirectory() as folder:
        for number, run in enumerate(runs):
            callbacks, model = nb.standard_callbacks(folder, patience), _model()
            names = [next((k.__name__ for k in kinds if isinstance(c, k)), type(c).__name__) for c in callbacks]
            hooks, flags, written = _begin(callbacks, model), [], []
            for epoch, logs in enumerate(run):
                hooks.on_epoch_begin(epoch, {})
                _fill(model, 100 * number + epoch)
                hooks.on_epoch_end(epoch, dict(logs))
                flags.append(model.stop_training)
                if model.stop_training:
                    break
            hooks.on_train_end({})
            after = {"kinds": names, "stop_training after each epoch": flags, "files": sorted(os.listdir(folder))}
            after["weights of the model"] = model.get_weights()
            if "log.csv" in after["files"]:
                with open(os.path.join(folder, "log.csv")) as log:
                    written = log.read().split("\n")
            after["log"] = written
            after["weights in the file"] = None
            if "best.weights.h5" in after["files"]:
                model.load_weights(os.path.join(folder, "best.weights.h5"))
                after["weights in the file"] = model.get_weights()
            found.append(after)
    return found


@question("standard_callbacks")
def test_usual_three(compare):
    """Kinds and order are right; log, best weights and the stop follow the logs of the epochs."""
    run = _run(1.0, 0.5, 0.75, 0.625, 0.25, training=(0.9, 0.8, 0.6, 0.7, 0.8))
    compare(usual_three, 2, [run], label="the result")
    compare(usual_three, 3, [_run(4.0, 2.0, 3.0, 5.0, 2.5, 1.0)], label="the result with patience 3")


@question("standard_callbacks")
def test_usual_three_again(compare):
    """A second run with new callbacks in the same folder starts its files anew."""
    compare(usual_three, 4, [_run(1.0, 0.5), _run(3.0, 4.0)], label="the second result")
