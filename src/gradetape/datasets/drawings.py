"""Drawn and sampled data of the stand-ins: NumPy only, from fixed seeds."""

from __future__ import annotations

from typing import Any

import numpy as np

__all__ = ["WINE_COLUMNS", "flowers", "garments", "horses_humans", "wines"]

Array = np.ndarray[Any, Any]

# column: mean and deviation of white wines, of red wines
WINE_COLUMNS = {
    "alcohol": (10.5, 1.2, 10.4, 1.1),
    "chlorides": (0.046, 0.012, 0.087, 0.02),
    "citric acid": (0.33, 0.1, 0.27, 0.12),
    "density": (0.994, 0.003, 0.997, 0.002),
    "fixed acidity": (6.9, 0.8, 8.3, 1.5),
    "free sulfur dioxide": (35.0, 12.0, 16.0, 7.0),
    "pH": (3.19, 0.15, 3.31, 0.15),
    "residual sugar": (6.4, 2.8, 2.5, 0.9),
    "sulphates": (0.49, 0.1, 0.66, 0.15),
    "total sulfur dioxide": (138.0, 38.0, 46.0, 20.0),
    "volatile acidity": (0.28, 0.08, 0.53, 0.15),
}


def _labels(rng: np.random.Generator, count: int, classes: int) -> Array:
    """Shuffled labels, every class equally often."""
    return rng.permutation(np.arange(count) % classes)


def _grid(size: int) -> tuple[Array, Array]:
    """Return x to the right and y down, from -1 to 1 over the pixel centres."""
    y, x = (2 * np.mgrid[:size, :size] + 1) / size - 1
    return x, y


def _ellipse(x: Array, y: Array, width: Any, height: Any) -> Array:
    inside: Array = (x / width) ** 2 + (y / height) ** 2 < 1
    return inside


def _pixels(rng: np.random.Generator, images: Array, noise: float) -> Array:
    """Add noise and round to 8 bits."""
    noisy = images + rng.normal(scale=noise, size=images.shape)
    return np.clip(np.round(noisy), 0, 255).astype("uint8")


def horses_humans(count: int, *, size: int = 24, seed: int = 260) -> tuple[Array, Array]:
    """Lying ellipses on legs (0) and standing ellipses with a head (1), in two random colours."""
    rng = np.random.default_rng(seed)
    labels = _labels(rng, count, 2)
    shift_x, shift_y, scale, side = rng.uniform(
        [[-0.2], [-0.1], [0.8], [-1.0]], [[0.2], [0.1], [1.1], [1.0]], (4, count)
    )[..., None, None]
    x, y = ((g - s) / scale for g, s in zip(_grid(size), (shift_x, shift_y), strict=True))
    flipped = x * np.sign(side)
    horse = _ellipse(x, y, 0.55, 0.3) | _ellipse(flipped - 0.6, y + 0.38, 0.2, 0.25)
    horse |= (np.abs(np.abs(x) - 0.36) < 0.1) & (y > 0) & (y < 0.75)
    human = _ellipse(x, y - 0.2, 0.25, 0.58) | _ellipse(x, y + 0.58, 0.2, 0.2)
    back = rng.uniform(20, 235, (count, 3))
    fore = back + np.where(back < 128, 1, -1) * rng.uniform(45, 110, (count, 3))
    figure = np.where(labels[:, None, None] == 0, horse, human)[..., None]
    return _pixels(rng, np.where(figure, fore[:, None, None], back[:, None, None]), 16), labels


def garments(count: int, *, seed: int = 600) -> tuple[Array, Array]:
    """Silhouettes of 12 by 12 on black: shirt, trousers, dress, bag, boot; moved by at most one pixel."""
    rng = np.random.default_rng(seed)
    labels = _labels(rng, count, 5)
    x, y = (g - rng.integers(-1, 2, (count, 1, 1)) / 6 for g in _grid(12))
    side, up = np.abs(x), np.abs(y)
    shapes = [
        (up < 0.8) & ((side < 0.45) | (side < 0.9) & (y < -0.3)),
        (up < 0.85) & (side < 0.55) & ((side > 0.15) | (y < -0.4)),
        (up < 0.85) & (side < 0.22 + 0.3 * (y + 0.85)),
        (side < 0.75) & (np.abs(y - 0.3) < 0.45) | _ellipse(x, y + 0.1, 0.5, 0.65) & ~_ellipse(x, y + 0.1, 0.3, 0.45),
        (up < 0.8) & (np.abs(x + 0.25) < 0.3) | (np.abs(y - 0.55) < 0.25) & (np.abs(x - 0.15) < 0.7),
    ]
    images = np.choose(labels[:, None, None], shapes) * rng.uniform(110, 230, (count, 1, 1))
    return _pixels(rng, images[..., None], 18), labels


def flowers(count: int, *, seed: int = 120) -> tuple[Array, Array]:
    """Flowers of 16 by 16 on green: three petals in three colours (0 to 2), six petals likewise (3 to 5)."""
    rng = np.random.default_rng(seed)
    labels = _labels(rng, count, 6)
    x, y = (g - rng.uniform(-0.2, 0.2, (count, 1, 1)) for g in _grid(16))
    radius, angle = np.hypot(x, y), np.arctan2(y, x)
    petals = np.where(labels < 3, 3, 6)[:, None, None]
    size, turn = rng.uniform([[0.7], [0.0]], [[0.95], [2 * np.pi]], (2, count))[..., None, None]
    petal = radius < size * (0.65 + 0.35 * np.cos(petals * angle + turn))
    colours = np.array([[205, 70, 80], [185, 80, 160], [225, 200, 90]])[labels % 3]
    varied = (colours + rng.normal(scale=25, size=(count, 3)))[:, None, None]
    images = np.where(petal[..., None], varied, [60.0, 110.0, 55.0])
    images = np.where((radius < 0.18)[..., None], [235.0, 210.0, 60.0], images)
    return _pixels(rng, images, 20), labels


def wines(count: int, *, red: bool, seed: int = 1000) -> tuple[list[dict[str, float]], Array]:
    """Rows of normal measures, and the quality that they and chance decide."""
    rng = np.random.default_rng([seed, int(red)])
    scores = {name: rng.normal(size=count).clip(-2.2, 2.2) for name in WINE_COLUMNS}
    taste = 0.4 * scores["alcohol"] - 0.3 * scores["volatile acidity"] + 0.25 * scores["sulphates"]
    quality = np.round((5.6 if red else 5.9) + taste + rng.normal(scale=0.45, size=count)).clip(3, 9)
    first = 2 if red else 0
    columns = {
        name: (WINE_COLUMNS[name][first] + WINE_COLUMNS[name][first + 1] * score) for name, score in scores.items()
    }
    rows = [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]
    return rows, quality.astype("int32")
