# ---
# jupyter:
#   gradetape:
#     datasets:
#     - horses_humans
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
# # Models of your own
#
# Networks for images repeat themselves: a few convolutions, a pooling, a few convolutions, a pooling, … The VGG networks made this pattern famous, and nobody
# writes their sixteen layers down one by one. One writes the repeated part **once**, as a layer of its own, and lets a model put as many of them together as its arguments say.
#
# In Keras both are small classes:
#
# | class | `__init__` | `call` |
# |---|---|---|
# | a block, subclass of `tf.keras.layers.Layer` | makes the inner layers and keeps them | sends the input through them |
# | a network, subclass of `tf.keras.Model` | makes the blocks and the head and keeps them | sends the input through all of them |
#
# A `Model` is a layer that can also `compile`, `fit` and `save`. Both find their weights by **tracking**: whenever you write `self.something = layer`, Keras notes that the layer belongs here. A list of layers is
# fine (`self.convs = [conv, conv]`), and so is `setattr(self, name, layer)`.
#
# > **A silent trap.** What Keras does not see, it does not train. A layer inside an object of your own class, a layer put in place by `vars(self)[...] = layer`, a plain `tf.Variable`: nothing
# > fails, the outputs have the right shape, the loss even falls, because *some* of the weights learn. But the hidden ones stay as they were, and no saved file holds them.
#
# In this assignment you will build
#
# 1. **`ConvStage`**, the repeated block,
# 2. **`StagedConvNet`**, a network with as many stages as you like,
# 3. **configurations**, so that both survive being saved, as whole models and as weights,
# 4. **`train_staged`**, which trains any such network.
#
# In the end it tells drawn horses from drawn humans. Each question is graded by itself: the grader puts its own block in the place of yours when it looks at your network, and so on.

# %% nbgrader={"grade": false, "grade_id": "imports", "locked": true, "schema_version": 3, "solution": false, "task": false}
import os
import tempfile

import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf

from gradetape import datasets

# %% [markdown] nbgrader={"grade": false, "grade_id": "conv_stage_text", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ## Question 1: the repeated block (3 points)
#
# One stage runs its input through $n$ convolutions with a relu each, and then through one max-pooling:
#
# $$ x \;\to\; \underbrace{\operatorname{relu}(K_1 * x + b_1) \;\to\; \cdots \;\to\; \operatorname{relu}(K_n * \cdot + b_n)}_{n \text{ convolutions of their own}} \;\to\; \operatorname{maxpool} $$
#
# **Contract** for the class `ConvStage(filters, kernel_size, repeats, pool_size=2, strides=2)`
#
# - All arguments are ints and mean what they mean in Keras; the given lines keep them as attributes. `repeats` is the number $n \ge 1$ of convolutions.
# - Each convolution is two-dimensional, has `filters` filters of `kernel_size` × `kernel_size`, stride 1, a bias, padding `"same"` and the activation relu. Each repetition has weights of its own.
# - After the last convolution, and only there, follows a max-pooling with the given `pool_size` and `strides` and without padding (`"valid"`, the default).
# - Input: float32 images (B, H, W, C). Output: float32 (B, H', W', filters) with $H' = \lfloor (H - \text{pool size}) / \text{strides} \rfloor + 1$, and $W'$ likewise. The number of channels C is not known before the first call.
# - All weights are trainable and tracked: after the first call `stage.trainable_variables` holds $2n$ variables, kernel and bias of the first convolution, then of the second, and so on. Later calls use the same weights.
# - The stage may be a subclass of `Layer` (as given) or of `Model`; you may make the inner layers in `__init__` or in `build`.
#
# **Example.** `ConvStage(4, 3, 2)` on images with 3 channels has $(3 \cdot 3 \cdot 3 \cdot 4 + 4) + (3 \cdot 3 \cdot 4 \cdot 4 + 4) = 112 + 148 = 260$ parameters and turns (2, 8, 9, 3) into (2, 4, 4, 4).
#
# <details><summary>Hint</summary>
#
# Keep a list of `tf.keras.layers.Conv2D` as an attribute, made with a `for` or a list comprehension: `[layer] * n` would be the *same* layer $n$ times. In `call`, loop over the list.
#
# </details>

# %% nbgrader={"grade": false, "grade_id": "conv_stage_answer", "locked": false, "schema_version": 3, "solution": true, "task": false}
class ConvStage(tf.keras.layers.Layer):
    """A number of convolutions with relu, then one max-pooling.

    Args:
        filters: filters of each convolution, an int.
        kernel_size: width and height of the kernels, an int.
        repeats: the number of convolutions, an int.
        pool_size: width and height of the pooling, an int.
        strides: stride of the pooling, an int.
    """

    def __init__(self, filters, kernel_size, repeats, pool_size=2, strides=2, **kwargs):
        super().__init__(**kwargs)
        self.filters = filters
        self.kernel_size = kernel_size
        self.repeats = repeats
        self.pool_size = pool_size
        self.strides = strides
        ### BEGIN SOLUTION
        self.convs = [
            tf.keras.layers.Conv2D(filters, kernel_size, padding="same", activation="relu") for _ in range(repeats)
        ]
        self.pool = tf.keras.layers.MaxPooling2D(pool_size, strides)
        ### END SOLUTION

    def call(self, inputs):
        """Return the pooled features (B, H', W', filters) of images (B, H, W, C)."""
        ### BEGIN SOLUTION
        for conv in self.convs:
            inputs = conv(inputs)
        return self.pool(inputs)
        ### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "conv_stage", "locked": true, "points": 3, "schema_version": 3, "solution": false, "task": false}
def _see_conv_stage():
    stage = ConvStage(4, 3, 2)
    result = stage(tf.ones((2, 8, 9, 3)))
    assert result.shape == (2, 4, 4, 4), f"(2, 8, 9, 3) has to give (2, 4, 4, 4), yours gives {tuple(result.shape)}"
    count = sum(int(np.prod(v.shape)) for v in stage.trainable_variables)
    assert count == 260, f"the example has 260 trainable parameters, yours has {count}: are all convolutions there, and tracked?"


_see_conv_stage()

# %% [markdown] nbgrader={"grade": false, "grade_id": "staged_conv_net_text", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ## Question 2: a network of stages (3 points)
#
# Now the network. With stages $S_1, \dots, S_m$ it computes
#
# $$ p = \operatorname{softmax}\big( W_2 \operatorname{relu}( W_1 \operatorname{flatten}(S_m(\cdots S_1(x))) + b_1 ) + b_2 \big). $$
#
# **Contract** for the class `StagedConvNet(num_classes, stages=((4, 1), (8, 2)), hidden=16)`, a subclass of `tf.keras.Model`
#
# - `stages` is a sequence of pairs `(filters, repeats)`, of any length from 1. Each pair makes one `ConvStage` (your class of question 1) with kernels of 3 × 3 and the default pooling. They are applied one after the other, in the given order, **every one of them**.
# - Then follow `Flatten`, a `Dense` layer with `hidden` units and relu, and a `Dense` layer with `num_classes` units and softmax.
# - Input: float32 images (B, H, W, C) of any size for which the poolings work. Output: float32 probabilities (B, num_classes); each row sums to 1.
# - The model is built at its first call. Then all weights are trainable and tracked (`net.trainable_variables`), and later calls use the same ones.
# - The given lines keep the arguments as `self.num_classes`, `self.plan` (the stages) and `self.hidden`. Choose other names for your layers.
#
# **Example.** `StagedConvNet(2)` on images (24, 24, 3): the first stage has 112 parameters, the second $296 + 584 = 880$, then $6 \cdot 6 \cdot 8 = 288$ features meet 16 hidden units ($4624$) and 2 classes ($34$): 5650 in all.
#
# <details><summary>Hint</summary>
#
# A list comprehension over the pairs, `for filters, repeats in stages`, makes the list of blocks. In `call`, carry one variable through everything: the output of one block is the input of the next.
#
# </details>

# %% nbgrader={"grade": false, "grade_id": "staged_conv_net_answer", "locked": false, "schema_version": 3, "solution": true, "task": false}
class StagedConvNet(tf.keras.Model):
    """A classifier of images: convolution stages, a hidden layer, softmax.

    Args:
        num_classes: the number of classes, an int.
        stages: pairs (filters, repeats), one per stage; kept as `self.plan`.
        hidden: units of the hidden layer, an int.
    """

    def __init__(self, num_classes, stages=((4, 1), (8, 2)), hidden=16, **kwargs):
        super().__init__(**kwargs)
        self.num_classes = num_classes
        self.plan = stages
        self.hidden = hidden
        ### BEGIN SOLUTION
        self.blocks = [ConvStage(filters, 3, repeats) for filters, repeats in stages]
        self.flatten = tf.keras.layers.Flatten()
        self.middle = tf.keras.layers.Dense(hidden, activation="relu")
        self.head = tf.keras.layers.Dense(num_classes, activation="softmax")
        ### END SOLUTION

    def call(self, inputs):
        """Return probabilities (B, num_classes) for images (B, H, W, C)."""
        ### BEGIN SOLUTION
        for block in self.blocks:
            inputs = block(inputs)
        return self.head(self.middle(self.flatten(inputs)))
        ### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "staged_conv_net", "locked": true, "points": 3, "schema_version": 3, "solution": false, "task": false}
def _see_staged_conv_net():
    net = StagedConvNet(2)
    result = np.asarray(net(tf.ones((3, 24, 24, 3))))
    assert result.shape == (3, 2), f"three images and two classes have to give (3, 2), yours gives {result.shape}"
    assert np.allclose(result.sum(axis=1), 1), "the outputs have to be probabilities: every row sums to 1"
    count = sum(int(np.prod(v.shape)) for v in net.trainable_variables)
    assert count == 5650, f"the example has 5650 trainable parameters, yours has {count}: are all stages there, and tracked?"


_see_staged_conv_net()

# %% [markdown] nbgrader={"grade": false, "grade_id": "staged_conv_net_demo_text", "locked": true, "schema_version": 3, "solution": false, "task": false}
# What do the stages see? The next cell draws a horse and the output of each stage of an untrained network: the images shrink, the number of channels grows.

# %% active="ipynb" tags=["demo"] nbgrader={"grade": false, "grade_id": "staged_conv_net_demo", "locked": true, "schema_version": 3, "solution": false, "task": false}
# train = datasets.load("horses_humans", split="train", batch_size=-1)
# x_train, y_train = np.asarray(train["image"]).astype("float32") / 255, np.asarray(train["label"])
# horse = x_train[y_train == 0][:1]
#
# tf.keras.utils.set_random_seed(3)
# features = [("input", horse)]
# for filters, repeats in ((4, 1), (8, 2)):
#     features.append((f"after ConvStage({filters}, 3, {repeats})", np.asarray(ConvStage(filters, 3, repeats)(features[-1][1]))))
# figure, axes = plt.subplots(1, 3, figsize=(10, 3.2), width_ratios=(1, 1.6, 3))
# axes[0].imshow(horse[0])
# for ax, (title, values) in zip(axes[1:], features[1:]):
#     ax.imshow(np.concatenate([np.concatenate(np.moveaxis(values[0], -1, 0)[row::2], axis=1) for row in (0, 1)]), cmap="viridis")
# for ax, (title, values) in zip(axes, features):
#     ax.set_title(f"{title}\n{values.shape[1:]}", fontsize=9); ax.axis("off")
# plt.show()

# %% [markdown] nbgrader={"grade": false, "grade_id": "saved_net_text", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ## Question 3: saved, and back again (2 points)
#
# A file `net.keras` holds a model's configuration and its weights; a file `net.weights.h5` holds the weights alone. The first needs a configuration from which Keras can make the object again,
#
# $$ N \;\xrightarrow{\;\texttt{get\_config()}\;}\; \text{dict of plain data} \;\xrightarrow{\;\texttt{from\_config(dict)}\;}\; N' \quad\text{with the same arguments as } N, $$
#
# the second needs a model that has its weights already, because a file of weights is poured into existing variables. A subclassed model has none before its first call.
#
# > **A silent trap.** `net.build(shape)` helps only where the class (or Keras) defines how to build. For a network like yours it merely *marks* it as built (with a warning that is easy to miss), and a `load_weights` after it finds no variables to fill and says nothing. The
# > first real call then makes fresh, random ones. Call the network once, on zeros say, before you load.
#
# In daily work `get_config` stands right in the two classes. Here it stands in two small subclasses, so that this question can be graded by itself. (The grader puts its own classes in the place of those of questions 1 and 2 while it looks at this one.)
#
# **Contract**
#
# - `SavedStage(ConvStage)` and `SavedNet(StagedConvNet)` behave like the classes they extend. Their `get_config()` returns a dict of plain data (`json.dumps` can write it) from which `from_config` makes an equal object: for **every** argument of the
#   constructor the value that the object was made with, under the argument's name (on its way through a file a tuple becomes a list), and what the base class keeps (`name`, `trainable`, …), so that a stage made with `trainable=False` stays frozen. Read the arguments from the attributes, `self.filters` … `self.strides` and `self.num_classes`, `self.plan`, `self.hidden`.
# - `reload_model(path)` takes the path (a `str`) of a `.keras` file with a `SavedNet`, or with a model that contains `SavedStage` layers, and returns the `tf.keras.Model`: same architecture, same weights, equal predictions.
# - `net_from_weights(config, image_shape, path)` makes a new `SavedNet` from a configuration (a dict as `get_config` gives it), builds it for images of shape `image_shape`, a tuple (H, W, C), loads the weights from `path` (a `str` that ends in
#   `.weights.h5`) and returns it. The dict is left unchanged.
#
# **Example.** `SavedNet(5, stages=((4, 2), (8, 1)), hidden=12).get_config()` holds `"num_classes": 5`, the stages under `"stages"` and `"hidden": 12` beside the entries of the base class.
#
# <details><summary>Hint</summary>
#
# `{**super().get_config(), "num_classes": self.num_classes, ...}`. Loading needs to find your classes: `custom_objects={"SavedNet": SavedNet, ...}`. For the weights: `SavedNet.from_config(config)`, then a first call, then `load_weights`.
#
# </details>

# %% nbgrader={"grade": false, "grade_id": "saved_net_answer", "locked": false, "schema_version": 3, "solution": true, "task": false}
class SavedStage(ConvStage):
    """ConvStage with a configuration."""

    def get_config(self):
        """Return the base configuration and all five arguments."""
        ### BEGIN SOLUTION
        names = ("filters", "kernel_size", "repeats", "pool_size", "strides")
        return {**super().get_config(), **{name: getattr(self, name) for name in names}}
        ### END SOLUTION


class SavedNet(StagedConvNet):
    """StagedConvNet with a configuration."""

    def get_config(self):
        """Return the base configuration, `num_classes`, `stages` and `hidden`."""
        ### BEGIN SOLUTION
        own = {"num_classes": self.num_classes, "stages": self.plan, "hidden": self.hidden}
        return {**super().get_config(), **own}
        ### END SOLUTION


def reload_model(path):
    """Load a model with these classes that was saved at `path` (a str ending in .keras).

    Returns:
        The tf.keras.Model with its weights.
    """
    ### BEGIN SOLUTION
    return tf.keras.models.load_model(path, custom_objects={"SavedStage": SavedStage, "SavedNet": SavedNet})
    ### END SOLUTION


def net_from_weights(config, image_shape, path):
    """Make a SavedNet from its configuration and load its weights.

    Args:
        config: what `SavedNet.get_config` returned, a dict.
        image_shape: (H, W, C) of the images, a tuple of ints.
        path: the file of the weights, a str ending in .weights.h5.

    Returns:
        The SavedNet, built, with the weights of the file.
    """
    ### BEGIN SOLUTION
    net = SavedNet.from_config(config)
    net(tf.zeros((1, *image_shape)))
    net.load_weights(path)
    return net
    ### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "saved_net", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
def _see_saved_net():
    net = SavedNet(3, stages=((2, 1), (3, 2)), hidden=5)
    config = net.get_config()
    assert config.get("num_classes") == 3, "the configuration has to hold the number of classes under 'num_classes'"
    assert config.get("hidden") == 5, "the configuration has to hold the hidden units under 'hidden'"
    assert SavedStage.from_config(SavedStage(4, 3, 2, pool_size=3).get_config()).pool_size == 3, "the pool size has to survive the round trip"
    x = np.random.default_rng(1).normal(size=(2, 8, 8, 1)).astype("float32")
    expected = np.asarray(net(x))
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "net.keras")
        net.save(path)
        again = reload_model(path)
        assert isinstance(again, tf.keras.Model), "reload_model has to return the model"
        assert np.allclose(again(x), expected), "the reloaded model has to predict what the saved one predicts"
        path = os.path.join(folder, "net.weights.h5")
        net.save_weights(path)
        again = net_from_weights(config, (8, 8, 1), path)
        assert isinstance(again, SavedNet), "net_from_weights has to return a SavedNet"
        assert np.allclose(again(x), expected), "the net with the loaded weights has to predict what the saved one predicts"


_see_saved_net()

# %% [markdown] nbgrader={"grade": false, "grade_id": "train_staged_text", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ## Question 4: train any such network (2 points)
#
# The last piece trains a network. Its loss is the mean cross-entropy of a batch,
#
# $$ L = -\frac{1}{B} \sum_{i=1}^{B} \log p_{i, y_i}, $$
#
# where $p_{i, y_i}$ is the **probability** that the model gives to the right class of image $i$.
#
# **Contract** for `train_staged(model, images, labels, epochs, batch_size, learning_rate)`
#
# - `model` is any `tf.keras.Model` that turns images into probabilities (B, K), such as a `StagedConvNet`; perhaps it is not built yet: that is no error. `images` is a float32 array (N, H, W, C), `labels` an int64 array (N,) with classes 0 … K − 1.
# - The function compiles the model with a **new** Adam optimizer of the given `learning_rate`, the sparse categorical cross-entropy above and the metric `"accuracy"`, trains it for `epochs` epochs in batches of `batch_size` rows, and returns the `History` object that `fit` returns.
# - Batches are taken **in the given order**: no shuffling. The last batch holds what is left. All given rows are training data.
# - The function may be called again: with another model, with other arguments, or with the same model, whose training then goes on from the weights it has, with a new optimizer.
#
# **Example.** 200 images in batches of 32 make 7 steps per epoch: six of 32 rows and one of 8.
#
# > **Two more silent traps.** The model gives probabilities, so the loss must not apply another softmax to them: with `from_logits=True` nothing fails, the training is just worse. And one optimizer object serves one model: an
# > optimizer that is made once outside the function works for the first model and fails for the second.
#
# <details><summary>Hint</summary>
#
# `model.compile(optimizer=..., loss="sparse_categorical_crossentropy", metrics=["accuracy"])`, then `model.fit(...)`. One of the arguments of `fit` says whether the rows are shuffled; by default they are.
#
# </details>

# %% nbgrader={"grade": false, "grade_id": "train_staged_answer", "locked": false, "schema_version": 3, "solution": true, "task": false}
def train_staged(model, images, labels, epochs, batch_size, learning_rate):
    """Compile and train a classifier, in the given order of the rows.

    Args:
        model: a tf.keras.Model that gives probabilities (B, K).
        images: float32 array (N, H, W, C).
        labels: int64 array (N,).
        epochs, batch_size: ints.
        learning_rate: Adam's learning rate, a float.

    Returns:
        The History of the training.
    """
    ### BEGIN SOLUTION
    optimizer = tf.keras.optimizers.Adam(learning_rate=learning_rate)
    model.compile(optimizer=optimizer, loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    return model.fit(images, labels, epochs=epochs, batch_size=batch_size, shuffle=False)
    ### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "train_staged", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
def _see_train_staged():
    model = tf.keras.Sequential([tf.keras.Input((2, 2, 1)), tf.keras.layers.Flatten(), tf.keras.layers.Dense(2, activation="softmax")])
    images = np.arange(40, dtype="float32").reshape(10, 2, 2, 1) / 40
    history = train_staged(model, images, np.arange(10) % 2, epochs=2, batch_size=4, learning_rate=0.01)
    assert isinstance(history, tf.keras.callbacks.History), f"the History of fit has to be returned, yours is {history!r}"
    assert sorted(history.history) == ["accuracy", "loss"], f"the history has to hold accuracy and loss, yours holds {sorted(history.history)}"
    assert len(history.history["loss"]) == 2, "two epochs have to give two losses"
    assert int(np.asarray(model.optimizer.iterations)) == 6, "ten rows in batches of 4 make 3 steps per epoch"


_see_train_staged()

# %% [markdown] nbgrader={"grade": false, "grade_id": "together_text", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ## Horses and humans
#
# All pieces together: a network of two stages learns to tell drawn horses (0) from drawn humans (1), on 200 images of 24 × 24 pixels in random colours. Ten epochs take a few seconds. Below the curves you see the test images about
# which it is least sure.

# %% active="ipynb" tags=["demo"] nbgrader={"grade": false, "grade_id": "together_demo", "locked": true, "schema_version": 3, "solution": false, "task": false}
# test = datasets.load("horses_humans", split="test", batch_size=-1)
# x_test, y_test = np.asarray(test["image"]).astype("float32") / 255, np.asarray(test["label"])
#
# tf.keras.utils.set_random_seed(1)
# net = StagedConvNet(2)
# log = train_staged(net, x_train, y_train, epochs=10, batch_size=20, learning_rate=0.005).history
# probabilities = net.predict(x_test, verbose=0)
# print(f"test accuracy {np.mean(probabilities.argmax(axis=1) == y_test):.3f}")
#
# figure, (left, right) = plt.subplots(1, 2, figsize=(9, 3))
# left.plot(log["loss"]); left.set_xlabel("epoch"); left.set_ylabel("loss")
# right.plot(log["accuracy"]); right.set_xlabel("epoch"); right.set_ylabel("accuracy"); plt.show()
#
# own = probabilities[np.arange(len(y_test)), y_test]
# figure, axes = plt.subplots(1, 8, figsize=(10, 1.8))
# for ax, index in zip(axes, np.argsort(own)):
#     ax.imshow(x_test[index]); ax.axis("off"); ax.set_title(f"{('horse', 'human')[y_test[index]]}: {own[index]:.2f}", fontsize=8)
# figure.suptitle("probability of the right class, least sure first"); plt.show()

# %% [markdown] nbgrader={"grade": false, "grade_id": "next_step_text", "locked": true, "schema_version": 3, "solution": false, "task": false}
# ## Next step
#
# Things to try: three stages, `stages=((4, 1), (8, 2), (16, 2))`; a `ConvStage` with a batch normalisation after every convolution (then `call` needs an argument `training`); a network whose head is a second argument, so that
# the same stages serve a regression.
#
# In the next assignment, *Callbacks of your own* (`custom_models_w5_callbacks`), you look over `fit`'s shoulder while it trains.
