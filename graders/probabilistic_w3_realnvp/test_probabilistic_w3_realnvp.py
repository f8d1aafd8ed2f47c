"""Hidden tests of probabilistic_w3_realnvp: affine couplings, masks, bijectors, a flow block."""

import numpy as np

from gradetape import probe, question

# ---------------------------------------------------------------------------------------------- probes


def by_shape(groups):
    """Sort the weights of layers by their shapes: models list them in different orders, which nobody is asked for."""
    return sorted(groups, key=lambda group: [list(w.shape) for w in group])


@probe
def network_facts(nb, input_shape, filters, weights, x):
    """Return counts and weight shapes of the network, and its outputs with the given weights, a list for each layer."""
    import numpy as np
    import tf_keras

    def inner(module):
        return [m for m in module.submodules if isinstance(m, tf_keras.layers.Layer)]

    model = nb.coupling_network(input_shape, filters)
    layers = {tuple(map(id, m.weights)): m for m in inner(model) if m.weights and not inner(m)}
    own = by_shape([layer.weights for layer in layers.values()])
    facts = {
        "number of parameters": int(model.count_params()),
        "number of trainable parameters": int(sum(np.prod(tuple(w.shape)) for w in model.trainable_weights)),
        "shapes of the layers' weights": [[list(w.shape) for w in group] for group in own],
    }
    if facts["shapes of the layers' weights"] == [[list(w.shape) for w in group] for group in weights]:
        for variables, values in zip(own, weights, strict=True):
            for variable, value in zip(variables, values, strict=True):
                variable.assign(value)
        shift, log_scale = model(x, training=False)
        facts |= {"shift": shift, "log-scale": log_scale}
    return facts


@probe
def masks(nb, height, width, channels):
    """Return both kinds of masks in both orientations."""
    return {
        "checker_mask": [nb.checker_mask(height, width, orientation) for orientation in (0, 1)],
        "half_mask": [nb.half_mask(channels, orientation) for orientation in (0, 1)],
    }


def mixing_net(matrices, seen=None):
    """Return a net whose every output depends on every number of the picture (a helper of the probes).

    matrices: (2, n, n) and n = H · W · C. seen: a list to which the net appends what it is given.
    """
    import tensorflow as tf

    def net(x):
        x = tf.convert_to_tensor(x)
        if seen is not None:
            seen.append(x)
        flat = tf.reshape(x, tf.concat([tf.shape(x)[:-3], [matrices.shape[-1]]], axis=0)) + 0.3
        shift = tf.linalg.matvec(matrices[0], flat)
        log_scale = tf.tanh(tf.linalg.matvec(matrices[1], flat))
        return tf.reshape(shift, tf.shape(x)), tf.reshape(log_scale, tf.shape(x))

    return net


@probe
def coupled(nb, name, x, mask, matrices):
    """Return the result of `couple` or `uncouple`, what the net saw first, and the argument after the call."""
    seen = []
    result = getattr(nb, name)(x, mask, mixing_net(matrices, seen))
    return {"result": result, "what the net saw": seen[0], "the argument after the call": x}


@probe
def coupled_tensors(nb, name, x, mask, matrices):
    """Return the same for arguments that are tensors."""
    import tensorflow as tf

    return coupled(nb, name, tf.constant(x), tf.constant(mask), matrices)


@probe
def there_and_back(nb, x, mask, matrices):
    """Return y = couple(x) and uncouple(y)."""
    import tensorflow as tf

    net = mixing_net(matrices)
    y = tf.convert_to_tensor(nb.couple(tf.constant(x), tf.constant(mask), net))
    return {"y": y, "x again": nb.uncouple(tf.identity(y), tf.constant(mask), net)}


@probe
def log_det(nb, x, mask, matrices, as_tensor):
    """Return the log-determinants of the coupling at x."""
    import tensorflow as tf

    if as_tensor:
        x, mask = tf.constant(x), tf.constant(mask)
    return nb.coupling_log_det(x, mask, mixing_net(matrices))


@probe
def jacobian(nb, x, mask, matrices):
    """Return the matrix of derivatives of `couple` at one picture (asked of the reference only)."""
    import tensorflow as tf

    x = tf.constant(x)
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(x)
        y = nb.couple(x, mask, mixing_net(matrices))
    size = x.shape.num_elements()
    return tf.reshape(tape.jacobian(y, x, experimental_use_pfor=False), (size, size))


@probe
def maps(nb, mask, matrices, x, y):
    """Return forward and inverse of a bijector at arrays that do not know of each other."""
    import tensorflow as tf

    kind, orientation = mask
    bijector = nb.MaskedCoupling(kind, orientation, mixing_net(matrices))
    forward = bijector.forward(tf.constant(x))
    return {
        "forward": forward,
        "inverse": bijector.inverse(tf.constant(y)),
        "inverse of forward": bijector.inverse(tf.constant(forward.numpy())),
    }


@probe
def volumes(nb, mask, matrices, x, y):
    """Return all log-determinants of a bijector, for events of three and of four axes."""
    import tensorflow as tf

    kind, orientation = mask

    def fresh():
        return nb.MaskedCoupling(kind=kind, orientation=orientation, net=mixing_net(matrices))

    return {
        "forward_min_event_ndims": int(fresh().forward_min_event_ndims),
        "forward, 3 event axes": fresh().forward_log_det_jacobian(tf.constant(x), event_ndims=3),
        "forward, 4 event axes": fresh().forward_log_det_jacobian(tf.constant(x), event_ndims=4),
        "inverse, 3 event axes": fresh().inverse_log_det_jacobian(tf.constant(y), event_ndims=3),
        "inverse, 4 event axes": fresh().inverse_log_det_jacobian(tf.constant(y), event_ndims=4),
    }


@probe
def two_instances(nb, x, other_size, shift, log_scale):
    """Return what two bijectors give in turn, also for pictures of another size, and count their trainable variables.

    shift, log_scale: (2,), the answers of the two nets everywhere.
    """
    import tensorflow as tf

    class Answer(tf.Module):
        def __init__(self, shift, log_scale):
            super().__init__()
            self.answers = tf.Variable([shift, log_scale])

        def __call__(self, x):
            return self.answers[0] * tf.ones_like(x), self.answers[1] * tf.ones_like(x)

    first = nb.MaskedCoupling("checker", 1, Answer(shift[0], log_scale[0]))
    before = first.forward(tf.constant(x))
    second = nb.MaskedCoupling("half", 0, Answer(shift[1], log_scale[1]))
    return {
        "first instance alone": before,
        "second instance": second.forward(tf.constant(x)),
        "first instance again": first.forward(tf.constant(2 * x)),
        "first instance, pictures of another size": first.forward(tf.constant(other_size)),
        "numbers of trainable variables": [len(bijector.trainable_variables) for bijector in (first, second)],
    }


def sensitive_net(amounts):
    """Return a net whose answer depends on the position and on the size of what it sees (a helper of the probes)."""
    import tensorflow as tf

    def net(x):
        x = tf.convert_to_tensor(x)
        positions = tf.range(1, tf.reduce_prod(tf.shape(x)[-3:]) + 1)
        pattern = tf.reshape(tf.sin(amounts[0] * tf.cast(positions, tf.float32)), tf.shape(x)[-3:])
        answer = pattern * (1 + tf.reduce_mean(x**2, axis=(-3, -2, -1), keepdims=True))
        return amounts[1] * answer, tf.tanh(amounts[2] * answer)

    return net


@probe
def block_forward(nb, image_shape, amounts, x):
    """Return what the block makes of pictures when every coupling has a net of its own."""
    import tensorflow as tf

    return nb.flow_block([sensitive_net(row) for row in amounts], image_shape).forward(tf.constant(x))


@probe
def block_shapes(nb, image_shape, x, y):
    """Return shapes, inverse and log-determinant of the block when no coupling changes anything."""
    import tensorflow as tf

    def idle(x):
        return tf.zeros_like(x), tf.zeros_like(x)

    block = nb.flow_block([idle] * 4, image_shape)
    return {
        "forward_event_shape": tuple(block.forward_event_shape(image_shape)),
        "inverse_event_shape": tuple(block.inverse_event_shape(y.shape[-3:])),
        "inverse": block.inverse(tf.constant(y)),
        "log-determinant": block.forward_log_det_jacobian(tf.constant(x), event_ndims=3),
    }


@probe
def logit_facts(nb, alpha, x, y):
    """Return forward, inverse and log-derivatives of the logit map."""
    import tensorflow as tf

    bijector = nb.logit_bijector(alpha)
    return {
        "forward": bijector.forward(tf.constant(x)),
        "inverse": bijector.inverse(tf.constant(y)),
        "logarithm of the derivative": bijector.forward_log_det_jacobian(tf.constant(x), event_ndims=0),
        "log-determinant of a picture": bijector.forward_log_det_jacobian(tf.constant(x), event_ndims=3),
    }


# ---------------------------------------------------------------------------------------------- inputs


def network_weights(rng, channels, filters):
    """Draw weights of the network in the order of its layers; all of them matter to the output."""

    def convolution(before, after):
        kernel = rng.normal(size=(3, 3, before, after)) / np.sqrt(4 * before)
        return [kernel, rng.normal(size=after) * 0.5]

    def normalisation(size):
        return [rng.uniform(0.5, 1.5, size), rng.normal(size=size), rng.normal(size=size), rng.uniform(0.5, 2, size)]

    drawn = [convolution(channels, filters), normalisation(filters), convolution(filters, channels)]
    drawn += [normalisation(channels), convolution(channels, 2 * channels)]
    return by_shape([[weight.astype("float32") for weight in layer] for layer in drawn])


def checker(height, width, orientation):
    """Return a checkerboard mask (height, width, 1)."""
    return ((np.add.outer(np.arange(height), np.arange(width)) + orientation) % 2).astype("float32")[..., None]


def half(channels, orientation):
    """Return a mask (1, 1, channels) of half of the channels."""
    return ((np.arange(channels) // (channels // 2) + orientation) % 2).astype("float32")[None, None]


def mixing_matrices(rng, shape):
    """Draw the two matrices of `mixing_net` for pictures of the given shape."""
    size = int(np.prod(shape))
    return (rng.normal(size=(2, size, size)) / np.sqrt(size)).astype("float32")


def pictures(rng, *shape):
    """Draw standard-normal pictures."""
    return rng.normal(size=shape).astype("float32")


# ---------------------------------------------------------------------------------------------- coupling_network


@question("coupling_network")
def test_network_has_the_stated_layers(compare, rng):
    """The network has the stated layers, for any picture shape and number of filters."""
    for shape, filters in (((8, 8, 3), 8), ((4, 4, 12), 8)):
        weights = network_weights(rng, shape[-1], filters)
        compare(
            network_facts, shape, filters, weights, pictures(rng, 2, *shape),
            rtol=1e-4, atol=1e-4, label=f"the network for {shape[-1]} channels and {filters} filters",
        )  # fmt: skip


@question("coupling_network")
def test_network_computes_shift_and_log_scale(compare, rng):
    """With the same weights the network gives the same shift and log-scale, also for flat and tall pictures."""
    for shape, filters in (((5, 6, 2), 5), ((7, 4, 1), 5)):
        weights = network_weights(rng, shape[-1], filters)
        compare(
            network_facts, shape, filters, weights, pictures(rng, 3, *shape),
            rtol=1e-4, atol=1e-4, label=f"the network for pictures with {shape[-1]} channels, H unequal to W",
        )  # fmt: skip


# ---------------------------------------------------------------------------------------------- masks


@question("masks", show="errors")
def test_masks_of_any_size(compare, rng):
    """Both kinds of masks have the stated pattern, shape and dtype in both orientations."""
    height, width = int(rng.choice([3, 5, 7])), int(rng.choice([4, 6]))
    for sizes in ((height, width, 6), (width, height, 2), (1, 5, 12)):
        compare(masks, *sizes, label="the masks (checker, half) in the orientations 0 and 1")


# ---------------------------------------------------------------------------------------------- coupling


@question("coupling")
def test_couple(compare, rng):
    """`couple` stretches, then shifts where the mask is 0, and its net sees the masked input only."""
    shape = (3, 4, 2)
    matrices = mixing_matrices(rng, shape)
    for leading, mask, ask in (((5,), checker(3, 4, 0), coupled_tensors), ((2, 3), half(2, 1), coupled)):
        compare(
            ask, "couple", pictures(rng, *leading, *shape), mask, matrices,
            rtol=1e-4, atol=1e-5, label=f"couple (number of batch axes: {len(leading)})",
        )  # fmt: skip


@question("coupling")
def test_uncouple(compare, rng):
    """`uncouple` undoes the coupling on inputs that it has never seen."""
    shape = (4, 3, 2)
    matrices = mixing_matrices(rng, shape)
    for leading, mask, ask in (((5,), half(2, 0), coupled_tensors), ((2, 3), checker(4, 3, 1), coupled)):
        compare(
            ask, "uncouple", pictures(rng, *leading, *shape), mask, matrices,
            rtol=1e-4, atol=1e-5, label=f"uncouple (number of batch axes: {len(leading)})",
        )  # fmt: skip


@question("coupling")
def test_there_and_back(compare, check, rng):
    """There and back gives the input again, and the masked part never changes by a bit."""
    shape = (5, 4, 2)
    x, mask = pictures(rng, 6, *shape), checker(5, 4, 1)
    matrices = mixing_matrices(rng, shape)
    found = compare(there_and_back, x, mask, matrices, rtol=1e-4, atol=1e-4, label="y = couple(x) and uncouple(y)")
    check(np.allclose(found["x again"], x, rtol=0, atol=1e-4), "Coupling and uncoupling does not give the input again.")
    stays = np.broadcast_to(mask == 1, x.shape)
    check(np.array_equal(found["y"][stays], x[stays]), "Where the mask is 1, the input has to come out exactly.")


# ---------------------------------------------------------------------------------------------- coupling_log_det


@question("coupling_log_det")
def test_one_number_per_picture(compare, rng):
    """Every picture has a log-determinant of its own, with any leading axes or none."""
    shape = (3, 4, 2)
    matrices = mixing_matrices(rng, shape)
    cases = (((5,), checker(3, 4, 0), True), ((2, 3), half(2, 1), False), ((), checker(3, 4, 1), True))
    for leading, mask, as_tensor in cases:
        compare(
            log_det, pictures(rng, *leading, *shape), mask, matrices, as_tensor,
            rtol=1e-4, atol=1e-5, label=f"the log-determinant (number of batch axes: {len(leading)})",
        )  # fmt: skip


@question("coupling_log_det")
def test_equals_the_jacobian(learner, reference, check, rng):
    """The result is the log-determinant of the matrix of all derivatives of the coupling."""
    shape = (4, 4, 2)
    matrices = mixing_matrices(rng, shape)
    for mask in (checker(4, 4, 1), half(2, 0)):
        x = pictures(rng, *shape)
        found = learner(log_det, x, mask, matrices, True)
        check(np.shape(found) == (), "A single picture has a single log-determinant, of shape ().")
        _, expected = np.linalg.slogdet(reference(jacobian, x, mask, matrices).astype("float64"))
        check(
            np.allclose(found, expected, rtol=0, atol=1e-4),
            "The result differs from the log-determinant of the matrix of derivatives.",
        )


# ---------------------------------------------------------------------------------------------- masked_coupling

ALL_MASKS = (("checker", 0), ("half", 1), ("checker", 1), ("half", 0))


@question("masked_coupling")
def test_forward_and_inverse(compare, rng):
    """`forward` and `inverse` are the coupling and its inverse for every mask, with any leading axes."""
    shape = (3, 4, 2)
    for (kind, orientation), leading in zip(ALL_MASKS, ((4,), (2, 3), (2, 1), (3,)), strict=True):
        x, y = pictures(rng, *leading, *shape), pictures(rng, *leading, *shape)
        compare(
            maps, (kind, orientation), mixing_matrices(rng, shape), x, y,
            rtol=1e-4, atol=1e-4, label=f"the bijector with a {kind} mask of orientation {orientation}",
        )  # fmt: skip


@question("masked_coupling")
def test_log_determinants(compare, rng):
    """One event is one picture, and the inverse shrinks what the forward map stretched."""
    shape = (4, 3, 2)
    for kind, orientation in ALL_MASKS[:2]:
        x, y = pictures(rng, 2, 3, *shape), pictures(rng, 2, 3, *shape)
        compare(
            volumes, (kind, orientation), mixing_matrices(rng, shape), x, y,
            rtol=1e-4, atol=1e-4, label=f"the log-determinants with a {kind} mask",
        )  # fmt: skip


@question("masked_coupling")
def test_instances_are_independent(compare, rng):
    """Bijectors share neither masks nor nets, take sizes from what comes in, and TFP finds the weights of each net."""
    shift, log_scale = rng.normal(size=2).astype("float32"), rng.uniform(0.2, 1, size=2).astype("float32")
    compare(
        two_instances, pictures(rng, 2, 2, 5, 4), pictures(rng, 3, 4, 3, 2), shift, log_scale,
        rtol=1e-4, atol=1e-5, label="two bijectors side by side",
    )  # fmt: skip


# ---------------------------------------------------------------------------------------------- flow_block


@question("flow_block", weight=3)
def test_block_applies_five_steps(compare, rng):
    """`forward` applies the five steps in the stated order, and every coupling has its own network."""
    for image_shape in ((8, 8, 3), (4, 6, 2)):
        amounts = np.stack([rng.uniform(1, 3, 4), rng.uniform(0.3, 1, 4), rng.uniform(0.2, 0.5, 4)], axis=1)
        label = "the block" if image_shape[0] == image_shape[1] else "the block for pictures with H unequal to W"
        compare(
            block_forward, image_shape, amounts.astype("float32"), pictures(rng, 5, *image_shape),
            rtol=1e-4, atol=1e-4, label=label,
        )  # fmt: skip


@question("flow_block")
def test_block_has_shapes_and_inverse(compare, rng):
    """The block tells its event shapes, can be inverted, and gives one log-determinant per picture."""
    height, width, channels = image_shape = (6, 4, 3)
    y = pictures(rng, 5, height // 2, width // 2, 4 * channels)
    x = pictures(rng, 5, *image_shape)
    compare(block_shapes, image_shape, x, y, label="the block with couplings that change nothing")


# ---------------------------------------------------------------------------------------------- logit_bijector


@question("logit_bijector")
def test_logit_of_shrunk_pixels(compare, rng):
    """The map, its inverse and its derivative fit the formula for any alpha."""
    for alpha in (float(rng.uniform(0.1, 0.3)), 0.05, float(rng.uniform(0.01, 0.03))):
        x = rng.uniform(size=(2, 3, 2, 4)).astype("float32")
        x[0, 0, 0], x[1, 2, 1] = 0, 1
        compare(
            logit_facts, alpha, x, pictures(rng, 2, 3, 2, 4),
            rtol=1e-4, atol=1e-4, label="the logit map of pixels between 0 and 1",
        )  # fmt: skip
