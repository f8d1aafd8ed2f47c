"""Known mistakes of custom_models_w5_callbacks."""

# %% question="event_recorder" name="state-survives" hint="Start from fresh state in every run: a recorder may serve several of them."
class EventRecorder(tf.keras.callbacks.Callback):
    def __init__(self):
        super().__init__()
        self.events = []

    def on_train_begin(self, logs=None):
        self.events.append("train_begin")

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


# %% question="event_recorder" name="no-test-batches" hint="The batches of the validation are events too."
class EventRecorder(tf.keras.callbacks.Callback):
    def __init__(self):
        super().__init__()
        self.events = []

    def on_train_begin(self, logs=None):
        self.events = ["train_begin"]

    def on_epoch_begin(self, epoch, logs=None):
        self.events.append(f"epoch_begin_{epoch}")

    def on_train_batch_end(self, batch, logs=None):
        self.events.append(f"train_batch_{batch}")

    def on_epoch_end(self, epoch, logs=None):
        self.events.append(f"epoch_end_{epoch}")

    def on_train_end(self, logs=None):
        self.events.append("train_end")


# %% question="event_recorder" name="positional-hook" hint="Keras passes the last argument of a hook by its name: call it `logs`, with the default None."
class EventRecorder(tf.keras.callbacks.Callback):
    def __init__(self):
        super().__init__()
        self.events = []

    def on_train_begin(self, logs=None):
        self.events = ["train_begin"]

    def on_epoch_begin(self, epoch, logs=None):
        self.events.append(f"epoch_begin_{epoch}")

    def on_train_batch_end(self, batch, numbers):
        self.events.append(f"train_batch_{batch}")

    def on_test_batch_end(self, batch, numbers):
        self.events.append(f"test_batch_{batch}")

    def on_epoch_end(self, epoch, logs=None):
        self.events.append(f"epoch_end_{epoch}")

    def on_train_end(self, logs=None):
        self.events.append("train_end")


# %% question="event_recorder" name="noted-too-early" hint="A batch is an event when it is done, not when it begins."
class EventRecorder(tf.keras.callbacks.Callback):
    def __init__(self):
        super().__init__()
        self.events = []

    def on_train_begin(self, logs=None):
        self.events = ["train_begin"]

    def on_epoch_begin(self, epoch, logs=None):
        self.events.append(f"epoch_begin_{epoch}")

    def on_train_batch_begin(self, batch, logs=None):
        self.events.append(f"train_batch_{batch}")

    def on_test_batch_begin(self, batch, logs=None):
        self.events.append(f"test_batch_{batch}")

    def on_epoch_end(self, epoch, logs=None):
        self.events.append(f"epoch_end_{epoch}")

    def on_train_end(self, logs=None):
        self.events.append("train_end")


# %% question="event_recorder" name="emptied-at-the-end" hint="The list is read after the run: make it empty at the beginning of the next one, not at the end."
class EventRecorder(tf.keras.callbacks.Callback):
    def __init__(self):
        super().__init__()
        self.events = []

    def on_train_begin(self, logs=None):
        self.events.append("train_begin")

    def on_epoch_begin(self, epoch, logs=None):
        self.events.append(f"epoch_begin_{epoch}")

    def on_train_batch_end(self, batch, logs=None):
        self.events.append(f"train_batch_{batch}")

    def on_test_batch_end(self, batch, logs=None):
        self.events.append(f"test_batch_{batch}")

    def on_epoch_end(self, epoch, logs=None):
        self.events.append(f"epoch_end_{epoch}")

    def on_train_end(self, logs=None):
        self.events = []


# %% question="event_recorder" name="shared-list" hint="Every recorder needs a list of its own: a list in the class body belongs to all of them."
class EventRecorder(tf.keras.callbacks.Callback):
    events = []

    def on_train_begin(self, logs=None):
        self.events.clear()
        self.events.append("train_begin")

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


# %% question="event_recorder" name="no-list-before-the-run" hint="The list exists from the beginning: somebody may look at it before the first run."
class EventRecorder(tf.keras.callbacks.Callback):
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


# %% question="event_recorder" name="counts-on" hint="Batches are counted anew in every epoch: take the number that Keras passes."
class EventRecorder(tf.keras.callbacks.Callback):
    def __init__(self):
        super().__init__()
        self.events = []

    def on_train_begin(self, logs=None):
        self.events = ["train_begin"]
        self.batches = 0

    def on_epoch_begin(self, epoch, logs=None):
        self.events.append(f"epoch_begin_{epoch}")

    def on_train_batch_end(self, batch, logs=None):
        self.events.append(f"train_batch_{self.batches}")
        self.batches += 1

    def on_test_batch_end(self, batch, logs=None):
        self.events.append(f"test_batch_{batch}")

    def on_epoch_end(self, epoch, logs=None):
        self.events.append(f"epoch_end_{epoch}")

    def on_train_end(self, logs=None):
        self.events.append("train_end")


# %% question="event_recorder" name="own-epochs" hint="Take the number of the epoch from the hook: a run need not begin with epoch zero."
class EventRecorder(tf.keras.callbacks.Callback):
    def __init__(self):
        super().__init__()
        self.events = []

    def on_train_begin(self, logs=None):
        self.events = ["train_begin"]
        self.epoch = -1

    def on_epoch_begin(self, epoch, logs=None):
        self.epoch += 1
        self.events.append(f"epoch_begin_{self.epoch}")

    def on_train_batch_end(self, batch, logs=None):
        self.events.append(f"train_batch_{batch}")

    def on_test_batch_end(self, batch, logs=None):
        self.events.append(f"test_batch_{batch}")

    def on_epoch_end(self, epoch, logs=None):
        self.events.append(f"epoch_end_{self.epoch}")

    def on_train_end(self, logs=None):
        self.events.append("train_end")


# %% question="stop_on_overfit" name="stops-on-equal" hint="Try a ratio exactly on the bound: it does not stop the run."
class StopOnOverfit(tf.keras.callbacks.Callback):
    def __init__(self, max_ratio):
        super().__init__()
        self.max_ratio = max_ratio
        self.ratios = []

    def on_train_begin(self, logs=None):
        self.ratios = []

    def on_epoch_end(self, epoch, logs=None):
        if "val_loss" in logs:
            self.ratios.append(logs["val_loss"] / logs["loss"])
            if self.ratios[-1] >= self.max_ratio:
                self.model.stop_training = True


# %% question="stop_on_overfit" name="state-survives" hint="Start from fresh state in every run: the list holds the ratios of this run only."
class StopOnOverfit(tf.keras.callbacks.Callback):
    def __init__(self, max_ratio):
        super().__init__()
        self.max_ratio = max_ratio
        self.ratios = []

    def on_epoch_end(self, epoch, logs=None):
        if "val_loss" in logs:
            self.ratios.append(logs["val_loss"] / logs["loss"])
            if self.ratios[-1] > self.max_ratio:
                self.model.stop_training = True


# %% question="stop_on_overfit" name="inverted" hint="Overfitting raises the validation loss against the training loss, not the reverse: look at the ratio again."
class StopOnOverfit(tf.keras.callbacks.Callback):
    def __init__(self, max_ratio):
        super().__init__()
        self.max_ratio = max_ratio
        self.ratios = []

    def on_train_begin(self, logs=None):
        self.ratios = []

    def on_epoch_end(self, epoch, logs=None):
        if "val_loss" in logs:
            self.ratios.append(logs["loss"] / logs["val_loss"])
            if self.ratios[-1] > self.max_ratio:
                self.model.stop_training = True


# %% question="stop_on_overfit" name="missing-key" hint="Not every epoch has validation logs: look before you read them."
class StopOnOverfit(tf.keras.callbacks.Callback):
    def __init__(self, max_ratio):
        super().__init__()
        self.max_ratio = max_ratio
        self.ratios = []

    def on_train_begin(self, logs=None):
        self.ratios = []

    def on_epoch_end(self, epoch, logs=None):
        self.ratios.append(logs["val_loss"] / logs["loss"])
        if self.ratios[-1] > self.max_ratio:
            self.model.stop_training = True


# %% question="stop_on_overfit" name="zero-for-missing" hint="An epoch without validation is ignored altogether: it gets no entry in the list."
class StopOnOverfit(tf.keras.callbacks.Callback):
    def __init__(self, max_ratio):
        super().__init__()
        self.max_ratio = max_ratio
        self.ratios = []

    def on_train_begin(self, logs=None):
        self.ratios = []

    def on_epoch_end(self, epoch, logs=None):
        self.ratios.append(logs.get("val_loss", 0.0) / logs["loss"])
        if self.ratios[-1] > self.max_ratio:
            self.model.stop_training = True


# %% question="stop_on_overfit" name="overwrites-flag" hint="Only ever set the flag to True: another callback may have asked for the stop."
class StopOnOverfit(tf.keras.callbacks.Callback):
    def __init__(self, max_ratio):
        super().__init__()
        self.max_ratio = max_ratio
        self.ratios = []

    def on_train_begin(self, logs=None):
        self.ratios = []

    def on_epoch_end(self, epoch, logs=None):
        if "val_loss" in logs:
            self.ratios.append(logs["val_loss"] / logs["loss"])
            self.model.stop_training = self.ratios[-1] > self.max_ratio


# %% question="stop_on_overfit" name="difference" hint="Compare the ratio of the two losses with the bound, not their difference."
class StopOnOverfit(tf.keras.callbacks.Callback):
    def __init__(self, max_ratio):
        super().__init__()
        self.max_ratio = max_ratio
        self.ratios = []

    def on_train_begin(self, logs=None):
        self.ratios = []

    def on_epoch_end(self, epoch, logs=None):
        if "val_loss" in logs:
            self.ratios.append(logs["val_loss"] - logs["loss"])
            if self.ratios[-1] > self.max_ratio:
                self.model.stop_training = True


# %% question="stop_on_overfit" name="fixed-bound" hint="Honour the argument: callbacks with other bounds are made."
class StopOnOverfit(tf.keras.callbacks.Callback):
    def __init__(self, max_ratio):
        super().__init__()
        self.max_ratio = max_ratio
        self.ratios = []

    def on_train_begin(self, logs=None):
        self.ratios = []

    def on_epoch_end(self, epoch, logs=None):
        if "val_loss" in logs:
            self.ratios.append(logs["val_loss"] / logs["loss"])
            if self.ratios[-1] > 1.5:
                self.model.stop_training = True


# %% question="stop_on_overfit" name="shared-list" hint="Every callback needs a list of its own: a list in the class body belongs to all of them."
class StopOnOverfit(tf.keras.callbacks.Callback):
    def __init__(self, max_ratio):
        super().__init__()
        self.max_ratio = max_ratio

    ratios = []

    def on_train_begin(self, logs=None):
        self.ratios.clear()

    def on_epoch_end(self, epoch, logs=None):
        if "val_loss" in logs:
            self.ratios.append(logs["val_loss"] / logs["loss"])
            if self.ratios[-1] > self.max_ratio:
                self.model.stop_training = True


# %% question="stop_on_overfit" name="stop-not-noted" hint="The ratio that stops the run belongs in the list, too."
class StopOnOverfit(tf.keras.callbacks.Callback):
    def __init__(self, max_ratio):
        super().__init__()
        self.max_ratio = max_ratio
        self.ratios = []

    def on_train_begin(self, logs=None):
        self.ratios = []

    def on_epoch_end(self, epoch, logs=None):
        if "val_loss" in logs:
            ratio = logs["val_loss"] / logs["loss"]
            if ratio > self.max_ratio:
                self.model.stop_training = True
            else:
                self.ratios.append(ratio)


# %% question="stop_on_overfit" name="own-flag" hint="It is the model that has to be told: an attribute of the callback stops nothing."
class StopOnOverfit(tf.keras.callbacks.Callback):
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
                self.stop_training = True


# %% question="step_decay" name="compounds" hint="Compute the rate from the epoch, not from the last rate."
def step_decay(initial, factor, every):
    def schedule(epoch, rate):
        return rate * factor if epoch and epoch % every == 0 else rate

    return schedule


# %% question="step_decay" name="one-epoch-early" hint="Try the epochs right before and right after a step: epochs are counted from zero."
def step_decay(initial, factor, every):
    def schedule(epoch, rate):
        return initial * factor ** ((epoch + 1) // every)

    return schedule


# %% question="step_decay" name="one-epoch-late" hint="The step is taken after so many epochs, not one epoch later: epochs are counted from zero."
def step_decay(initial, factor, every):
    def schedule(epoch, rate):
        return initial * factor ** (max(epoch - 1, 0) // every)

    return schedule


# %% question="step_decay" name="smooth" hint="A staircase is asked: between two steps the rate stays as it is."
def step_decay(initial, factor, every):
    def schedule(epoch, rate):
        return initial * factor ** (epoch / every)

    return schedule


# %% question="step_decay" name="every-epoch" hint="Honour the number of epochs per step."
def step_decay(initial, factor, every):
    def schedule(epoch, rate):
        return initial * factor ** (epoch)

    return schedule


# %% question="step_decay" name="once-only" hint="After every so many epochs the rate is multiplied again, not only the first time."
def step_decay(initial, factor, every):
    def schedule(epoch, rate):
        return initial if epoch < every else initial * factor

    return schedule


# %% question="step_decay" name="linear" hint="Every step multiplies by the factor; the factors add up to a power."
def step_decay(initial, factor, every):
    def schedule(epoch, rate):
        return initial * (1 - (1 - factor) * (epoch // every))

    return schedule


# %% question="step_decay" name="fixed-factor" hint="Honour the factor: it need not be one half."
def step_decay(initial, factor, every):
    def schedule(epoch, rate):
        return initial * 0.5 ** (epoch // every)

    return schedule


# %% question="step_decay" name="tensor" hint="Keras refuses a tensor as the rate: return a Python float."
def step_decay(initial, factor, every):
    def schedule(epoch, rate):
        return tf.constant(initial) * factor ** (epoch // every)

    return schedule


# %% question="step_decay" name="counts-calls" hint="The epoch decides, not how often the function was called."
def step_decay(initial, factor, every):
    calls = 0

    def schedule(epoch, rate):
        nonlocal calls
        calls += 1
        return initial * factor ** ((calls - 1) // every)

    return schedule


# %% question="step_decay" name="value-not-function" hint="The result is a function of the epoch, not the rate itself."
def step_decay(initial, factor, every):
    return initial * factor ** (10 // every)


# %% question="keep_best_weights" name="reference-not-copy" hint="The weights of the best epoch have to come back: copy them when they are best, for variables go on changing."
class KeepBestWeights(tf.keras.callbacks.Callback):
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
            self.best = self.model.weights
            self.waited = 0
        else:
            self.waited += 1
            if self.waited == self.patience:
                self.model.stop_training = True

    def on_train_end(self, logs=None):
        if self.best is not None:
            self.model.set_weights(self.best)


# %% question="keep_best_weights" name="resets-on-equal" hint="Equal is no improvement."
class KeepBestWeights(tf.keras.callbacks.Callback):
    def __init__(self, patience):
        super().__init__()
        self.patience = patience

    def on_train_begin(self, logs=None):
        self.smallest = float("inf")
        self.best = None

    def on_epoch_end(self, epoch, logs=None):
        if "val_loss" not in logs:
            return
        if logs["val_loss"] <= self.smallest:
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


# %% question="keep_best_weights" name="restores-only-on-stop" hint="The best weights are wanted either way, also when the run went through to its last epoch."
class KeepBestWeights(tf.keras.callbacks.Callback):
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
                self.model.set_weights(self.best)


# %% question="keep_best_weights" name="state-survives" hint="Start from fresh state in every run: forget the losses and weights of the last one."
class KeepBestWeights(tf.keras.callbacks.Callback):
    def __init__(self, patience):
        super().__init__()
        self.patience = patience
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


# %% question="keep_best_weights" name="weights-survive" hint="A run without validation keeps its own weights: forget those of the last run."
class KeepBestWeights(tf.keras.callbacks.Callback):
    def __init__(self, patience):
        super().__init__()
        self.patience = patience
        self.best = None

    def on_train_begin(self, logs=None):
        self.smallest = float("inf")

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


# %% question="keep_best_weights" name="one-epoch-late" hint="Count again how many epochs without improvement there are when the run has to stop."
class KeepBestWeights(tf.keras.callbacks.Callback):
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
            if self.waited > self.patience:
                self.model.stop_training = True

    def on_train_end(self, logs=None):
        if self.best is not None:
            self.model.set_weights(self.best)


# %% question="keep_best_weights" name="count-never-reset" hint="An improvement sets the count of waiting epochs back."
class KeepBestWeights(tf.keras.callbacks.Callback):
    def __init__(self, patience):
        super().__init__()
        self.patience = patience

    def on_train_begin(self, logs=None):
        self.smallest = float("inf")
        self.best = None
        self.waited = 0

    def on_epoch_end(self, epoch, logs=None):
        if "val_loss" not in logs:
            return
        if logs["val_loss"] < self.smallest:
            self.smallest = logs["val_loss"]
            self.best = self.model.get_weights()
        else:
            self.waited += 1
            if self.waited == self.patience:
                self.model.stop_training = True

    def on_train_end(self, logs=None):
        if self.best is not None:
            self.model.set_weights(self.best)


# %% question="keep_best_weights" name="last-not-best" hint="Compare with the best loss so far, not with that of the epoch before."
class KeepBestWeights(tf.keras.callbacks.Callback):
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
            self.smallest = logs["val_loss"]
            self.waited += 1
            if self.waited == self.patience:
                self.model.stop_training = True

    def on_train_end(self, logs=None):
        if self.best is not None:
            self.model.set_weights(self.best)


# %% question="keep_best_weights" name="fixed-patience" hint="Honour the argument: callbacks with other patience are made."
class KeepBestWeights(tf.keras.callbacks.Callback):
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
            if self.waited == 2:
                self.model.stop_training = True

    def on_train_end(self, logs=None):
        if self.best is not None:
            self.model.set_weights(self.best)


# %% question="keep_best_weights" name="watches-loss" hint="The validation loss decides, not the training loss."
class KeepBestWeights(tf.keras.callbacks.Callback):
    def __init__(self, patience):
        super().__init__()
        self.patience = patience

    def on_train_begin(self, logs=None):
        self.smallest = float("inf")
        self.best = None

    def on_epoch_end(self, epoch, logs=None):
        if logs["loss"] < self.smallest:
            self.smallest = logs["loss"]
            self.best = self.model.get_weights()
            self.waited = 0
        else:
            self.waited += 1
            if self.waited == self.patience:
                self.model.stop_training = True

    def on_train_end(self, logs=None):
        if self.best is not None:
            self.model.set_weights(self.best)


# %% question="keep_best_weights" name="missing-key" hint="Not every epoch has validation logs: look before you read them."
class KeepBestWeights(tf.keras.callbacks.Callback):
    def __init__(self, patience):
        super().__init__()
        self.patience = patience

    def on_train_begin(self, logs=None):
        self.smallest = float("inf")
        self.best = None

    def on_epoch_end(self, epoch, logs=None):
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


# %% question="keep_best_weights" name="missing-counts" hint="An epoch without validation neither improves nor counts."
class KeepBestWeights(tf.keras.callbacks.Callback):
    def __init__(self, patience):
        super().__init__()
        self.patience = patience

    def on_train_begin(self, logs=None):
        self.smallest = float("inf")
        self.best = None

    def on_epoch_end(self, epoch, logs=None):
        if logs.get("val_loss", float("inf")) < self.smallest:
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


# %% question="keep_best_weights" name="trainable-only" hint="All weights come back, also those that are not trained."
class KeepBestWeights(tf.keras.callbacks.Callback):
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
            self.best = [v.numpy() for v in self.model.trainable_variables]
            self.waited = 0
        else:
            self.waited += 1
            if self.waited == self.patience:
                self.model.stop_training = True

    def on_train_end(self, logs=None):
        if self.best is not None:
            for variable, value in zip(self.model.trainable_variables, self.best):
                variable.assign(value)


# %% question="standard_callbacks" name="other-order" hint="Return the three callbacks in the stated order."
def standard_callbacks(directory, patience):
    return [
        tf.keras.callbacks.EarlyStopping(patience=patience),
        tf.keras.callbacks.ModelCheckpoint(os.path.join(directory, "best.weights.h5"), save_best_only=True, save_weights_only=True),
        tf.keras.callbacks.CSVLogger(os.path.join(directory, "log.csv")),
    ]


# %% question="standard_callbacks" name="default-patience" hint="Honour the patience: without it the first epoch that does not improve ends the run."
def standard_callbacks(directory, patience):
    weights = os.path.join(directory, "best.weights.h5")
    return [
        tf.keras.callbacks.CSVLogger(os.path.join(directory, "log.csv")),
        tf.keras.callbacks.ModelCheckpoint(weights, save_best_only=True, save_weights_only=True),
        tf.keras.callbacks.EarlyStopping(),
    ]


# %% question="standard_callbacks" name="fixed-patience" hint="Honour the argument: the function is also called with other patience."
def standard_callbacks(directory, patience):
    weights = os.path.join(directory, "best.weights.h5")
    return [
        tf.keras.callbacks.CSVLogger(os.path.join(directory, "log.csv")),
        tf.keras.callbacks.ModelCheckpoint(weights, save_best_only=True, save_weights_only=True),
        tf.keras.callbacks.EarlyStopping(patience=3),
    ]


# %% question="standard_callbacks" name="no-extension" hint="Files of weights have a fixed ending."
def standard_callbacks(directory, patience):
    weights = os.path.join(directory, "best")
    return [
        tf.keras.callbacks.CSVLogger(os.path.join(directory, "log.csv")),
        tf.keras.callbacks.ModelCheckpoint(weights, save_best_only=True, save_weights_only=True),
        tf.keras.callbacks.EarlyStopping(patience=patience),
    ]


# %% question="standard_callbacks" name="whole-model" hint="Only the weights are asked; a whole model is another file with another ending."
def standard_callbacks(directory, patience):
    weights = os.path.join(directory, "best.keras")
    return [
        tf.keras.callbacks.CSVLogger(os.path.join(directory, "log.csv")),
        tf.keras.callbacks.ModelCheckpoint(weights, save_best_only=True),
        tf.keras.callbacks.EarlyStopping(patience=patience),
    ]


# %% question="standard_callbacks" name="every-epoch" hint="Only the best epoch belongs in the file, not the last one."
def standard_callbacks(directory, patience):
    weights = os.path.join(directory, "best.weights.h5")
    return [
        tf.keras.callbacks.CSVLogger(os.path.join(directory, "log.csv")),
        tf.keras.callbacks.ModelCheckpoint(weights, save_weights_only=True),
        tf.keras.callbacks.EarlyStopping(patience=patience),
    ]


# %% question="standard_callbacks" name="watches-loss" hint="The validation loss tells which epoch is best, not the training loss."
def standard_callbacks(directory, patience):
    weights = os.path.join(directory, "best.weights.h5")
    return [
        tf.keras.callbacks.CSVLogger(os.path.join(directory, "log.csv")),
        tf.keras.callbacks.ModelCheckpoint(weights, monitor="loss", save_best_only=True, save_weights_only=True),
        tf.keras.callbacks.EarlyStopping(patience=patience),
    ]


# %% question="standard_callbacks" name="stops-by-loss" hint="The validation loss decides when to stop, not the training loss."
def standard_callbacks(directory, patience):
    weights = os.path.join(directory, "best.weights.h5")
    return [
        tf.keras.callbacks.CSVLogger(os.path.join(directory, "log.csv")),
        tf.keras.callbacks.ModelCheckpoint(weights, save_best_only=True, save_weights_only=True),
        tf.keras.callbacks.EarlyStopping(monitor="loss", patience=patience),
    ]


# %% question="standard_callbacks" name="largest-loss" hint="The best epoch is the one with the smallest validation loss."
def standard_callbacks(directory, patience):
    weights = os.path.join(directory, "best.weights.h5")
    return [
        tf.keras.callbacks.CSVLogger(os.path.join(directory, "log.csv")),
        tf.keras.callbacks.ModelCheckpoint(weights, mode="max", save_best_only=True, save_weights_only=True),
        tf.keras.callbacks.EarlyStopping(patience=patience),
    ]


# %% question="standard_callbacks" name="restores-weights" hint="The stop leaves the weights of the model alone: the best ones are in the file."
def standard_callbacks(directory, patience):
    weights = os.path.join(directory, "best.weights.h5")
    return [
        tf.keras.callbacks.CSVLogger(os.path.join(directory, "log.csv")),
        tf.keras.callbacks.ModelCheckpoint(weights, save_best_only=True, save_weights_only=True),
        tf.keras.callbacks.EarlyStopping(patience=patience, restore_best_weights=True),
    ]


# %% question="standard_callbacks" name="appends" hint="A new run starts the log anew."
def standard_callbacks(directory, patience):
    weights = os.path.join(directory, "best.weights.h5")
    return [
        tf.keras.callbacks.CSVLogger(os.path.join(directory, "log.csv"), append=True),
        tf.keras.callbacks.ModelCheckpoint(weights, save_best_only=True, save_weights_only=True),
        tf.keras.callbacks.EarlyStopping(patience=patience),
    ]


# %% question="standard_callbacks" name="other-folder" hint="All files go into the folder that is given, not one below it."
def standard_callbacks(directory, patience):
    directory = os.path.join(directory, "run")
    os.makedirs(directory, exist_ok=True)
    weights = os.path.join(directory, "best.weights.h5")
    return [
        tf.keras.callbacks.CSVLogger(os.path.join(directory, "log.csv")),
        tf.keras.callbacks.ModelCheckpoint(weights, save_best_only=True, save_weights_only=True),
        tf.keras.callbacks.EarlyStopping(patience=patience),
    ]


# %% question="standard_callbacks" name="other-file-name" hint="Compare the names of the files with the task."
def standard_callbacks(directory, patience):
    weights = os.path.join(directory, "best.weights.h5")
    return [
        tf.keras.callbacks.CSVLogger(os.path.join(directory, "training.csv")),
        tf.keras.callbacks.ModelCheckpoint(weights, save_best_only=True, save_weights_only=True),
        tf.keras.callbacks.EarlyStopping(patience=patience),
    ]
