"""Right answers to custom_models_w5_callbacks that look different from the reference."""

# %% question="event_recorder" name="ok-clear"
class EventRecorder(tf.keras.callbacks.Callback):
    def __init__(self):
        super().__init__()
        self.events = []

    def note(self, *parts):
        self.events += ["_".join(str(part) for part in parts)]

    def on_train_begin(self, logs=None):
        self.events.clear()
        self.note("train_begin")

    def on_epoch_begin(self, epoch, logs=None):
        self.note(f"epoch_begin_{epoch}")

    def on_train_batch_end(self, batch, logs=None):
        self.note(f"train_batch_{batch}")

    def on_test_batch_end(self, batch, logs=None):
        self.note(f"test_batch_{batch}")

    def on_epoch_end(self, epoch, logs=None):
        self.note(f"epoch_end_{epoch}")

    def on_train_end(self, logs=None):
        self.events.append("train_end")


# %% question="event_recorder" name="ok-old-batch-hook"
class EventRecorder(tf.keras.callbacks.Callback):
    def __init__(self):
        super().__init__()
        self.events = []

    def on_train_begin(self, logs=None):
        self.events = ["train_begin"]

    def on_epoch_begin(self, epoch, logs=None):
        self.events.append(f"epoch_begin_{epoch}")

    def on_batch_end(self, batch, logs=None):
        self.events.append(f"train_batch_{batch}")

    def on_test_batch_end(self, batch, logs=None):
        self.events.append(f"test_batch_{batch}")

    def on_epoch_end(self, epoch, logs=None):
        self.events.append(f"epoch_end_{epoch}")

    def on_train_end(self, logs=None):
        self.events.append("train_end")


# %% question="event_recorder" name="ok-lambda-callback"
class EventRecorder(tf.keras.callbacks.LambdaCallback):
    def __init__(self):
        self.events = []
        super().__init__(
            on_train_begin=lambda logs: self.events.__setitem__(slice(None), ["train_begin"]),
            on_epoch_begin=lambda epoch, logs: self.events.append("epoch_begin_" + str(epoch)),
            on_epoch_end=lambda epoch, logs: self.events.append("epoch_end_" + str(epoch)),
            on_train_batch_end=lambda batch, logs: self.events.append("train_batch_" + str(batch)),
            on_train_end=lambda logs: self.events.append("train_end"),
        )

    def on_test_batch_end(self, batch, logs=None):
        self.events.append("test_batch_%d" % batch)


# %% question="stop_on_overfit" name="ok-get"
class StopOnOverfit(tf.keras.callbacks.Callback):
    ratios = ()

    def __init__(self, max_ratio):
        super().__init__()
        self.bound = max_ratio

    def on_train_begin(self, logs=None):
        self.ratios = []

    def on_epoch_end(self, epoch, logs=None):
        val_loss = (logs or {}).get("val_loss")
        if val_loss is None:
            return
        ratio = np.divide(val_loss, logs["loss"])
        self.ratios.append(ratio)
        if not ratio <= self.bound:
            self.model.stop_training = True


# %% question="stop_on_overfit" name="ok-product"
class StopOnOverfit(tf.keras.callbacks.Callback):
    def __init__(self, max_ratio):
        super().__init__()
        self.max_ratio = float(max_ratio)
        self.ratios = []

    def on_train_begin(self, logs=None):
        del self.ratios[:]

    def on_epoch_end(self, epoch, logs=None):
        try:
            loss, other = logs["loss"], logs["val_loss"]
        except KeyError:
            return
        self.ratios = [*self.ratios, other / loss]
        self.model.stop_training = self.model.stop_training or other > self.max_ratio * loss


# %% question="step_decay" name="ok-lambda"
def step_decay(initial, factor, every):
    return lambda epoch, rate=None: float(initial * np.power(factor, np.floor(epoch / every)))


# %% question="step_decay" name="ok-loop"
def step_decay(initial, factor, every):
    def schedule(epoch, rate):
        result = initial
        for _ in range(every, epoch + 1, every):
            result *= factor
        return result

    return schedule


# %% question="step_decay" name="ok-object"
class _Staircase:
    def __init__(self, initial, factor, every):
        self.initial, self.factor, self.every = initial, factor, every

    def __call__(self, epoch, rate):
        return np.exp(np.log(self.initial) + (epoch - epoch % self.every) / self.every * np.log(self.factor))


def step_decay(initial, factor, every):
    return _Staircase(initial, factor, every)


# %% question="step_decay" name="ok-keras-schedule"
def step_decay(initial, factor, every):
    stairs = tf.keras.optimizers.schedules.ExponentialDecay(initial, every, factor, staircase=True)

    def schedule(epoch, rate):
        return float(stairs(epoch))

    return schedule


# %% question="keep_best_weights" name="ok-early-stopping"
class KeepBestWeights(tf.keras.callbacks.EarlyStopping):
    def __init__(self, patience):
        super().__init__(monitor="val_loss", patience=patience, restore_best_weights=True)


# %% question="keep_best_weights" name="ok-variables"
class KeepBestWeights(tf.keras.callbacks.Callback):
    def __init__(self, patience):
        super().__init__()
        self.patience = patience

    def on_train_begin(self, logs=None):
        self.history = []
        self.copies = {}

    def on_epoch_end(self, epoch, logs=None):
        value = (logs or {}).get("val_loss")
        if value is None:
            return
        self.history.append(value)
        best = int(np.argmin(self.history))
        if best == len(self.history) - 1:
            self.copies = {id(v): v.numpy().copy() for v in self.model.variables}
        self.model.stop_training |= len(self.history) - 1 - best >= self.patience

    def on_train_end(self, logs=None):
        for variable in self.model.variables:
            if id(variable) in self.copies:
                variable.assign(self.copies[id(variable)])


# %% question="keep_best_weights" name="ok-countdown"
class KeepBestWeights(tf.keras.callbacks.Callback):
    def __init__(self, patience):
        super().__init__()
        self.patience = patience

    def on_train_begin(self, logs=None):
        self.smallest = np.inf
        self.best = None

    def on_epoch_end(self, epoch, logs=None):
        if "val_loss" not in logs:
            return
        if logs["val_loss"] < self.smallest:
            self.smallest = logs["val_loss"]
            self.best = [np.array(w) for w in self.model.weights]
            self.left = self.patience
        else:
            self.left -= 1
            if self.left <= 0:
                self.model.stop_training = True

    def on_train_end(self, logs=None):
        if self.best is not None:
            self.model.set_weights(self.best)


# %% question="standard_callbacks" name="ok-pathlib"
def standard_callbacks(directory, patience):
    from pathlib import Path

    folder = Path(directory)
    log = tf.keras.callbacks.CSVLogger(folder / "log.csv", separator=",", append=False)
    best = tf.keras.callbacks.ModelCheckpoint(
        filepath=folder / "best.weights.h5", monitor="val_loss", mode="min", save_best_only=True, save_weights_only=True, verbose=0
    )
    stop = tf.keras.callbacks.EarlyStopping(monitor="val_loss", patience=patience, mode="min", restore_best_weights=False)
    return [log, best, stop]


# %% question="standard_callbacks" name="ok-strings"
def standard_callbacks(directory, patience):
    from tensorflow.keras.callbacks import CSVLogger, EarlyStopping, ModelCheckpoint

    result = [CSVLogger(f"{directory}/log.csv")]
    result.append(ModelCheckpoint(f"{directory}/best.weights.h5", "val_loss", 0, True, True))
    result.append(EarlyStopping("val_loss", 0, patience))
    return result


# %% question="standard_callbacks" name="ok-subclasses"
class _BestWeights(tf.keras.callbacks.ModelCheckpoint):
    def __init__(self, directory):
        super().__init__(os.path.join(directory, "best.weights.h5"), save_best_only=True, save_weights_only=True)


def standard_callbacks(directory, patience):
    stop = tf.keras.callbacks.EarlyStopping()
    stop.patience = patience
    return (tf.keras.callbacks.CSVLogger(os.path.join(directory, "log.csv")), _BestWeights(directory), stop)
