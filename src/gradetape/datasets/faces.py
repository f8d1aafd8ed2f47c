"""Drawn faces: an oval, hair, two eyes, and a mouth that smiles or does not."""

from __future__ import annotations

from typing import Any

import numpy as np

__all__ = ["SIZE", "draw_faces"]

Array = np.ndarray[Any, Any]
SIZE = 16
_FINE = 3  # every pixel is the mean of 3 by 3 points, so that edges are soft


def draw_faces(count: int, seed: int) -> tuple[Array, Array]:
    """Return (images uint8 (count, 16, 16, 3), smiling bool (count,)); every second face smiles, in random order."""
    rng = np.random.default_rng(seed)

    def per_face(low: float, high: float) -> Array:
        return rng.uniform(low, high, size=(count, 1, 1))

    def colours(dark: tuple[float, ...], light: tuple[float, ...]) -> Array:
        share = per_face(0, 1)[..., None]
        mixed: Array = (1 - share) * np.array(dark) + share * np.array(light)
        return mixed

    smiling = rng.permutation(np.arange(count) % 2 == 0)
    places = (np.arange(_FINE * SIZE) + 0.5) / _FINE
    x = places[None, None, :] - per_face(7.3, 8.7)
    y = places[None, :, None] - per_face(8.0, 9.0)
    wide, high = per_face(4.2, 5.4), per_face(5.4, 6.6)
    eye_gap, mouth_half = 0.45 * wide, per_face(0.42, 0.6) * wide
    bend = np.where(smiling[:, None, None], -1.0, 1.0) * per_face(0.8, 1.6)
    arc = 0.5 * high + bend * ((x / mouth_half) ** 2 - 0.5)

    image = np.empty((count, _FINE * SIZE, _FINE * SIZE, 3))
    image[:] = colours((0.35, 0.45, 0.55), (0.7, 0.85, 0.95))
    hair, skin = colours((0.1, 0.08, 0.05), (0.75, 0.5, 0.25)), colours((0.5, 0.35, 0.25), (0.98, 0.82, 0.72))
    for where, colour in (
        ((x / (wide + 1)) ** 2 + ((y + 1) / (high + 0.6)) ** 2 < 1, hair),
        ((x / wide) ** 2 + (y / high) ** 2 < 1, skin),
        (((x / wide) ** 2 + (y / high) ** 2 < 1) & (y < -per_face(0.45, 0.65) * high), hair),
        ((np.abs(x) - eye_gap) ** 2 + (y + 0.2 * high) ** 2 < per_face(0.8, 1.1) ** 2, np.full((1, 1, 1, 3), 0.08)),
        ((np.abs(y - arc) < 0.65) & (np.abs(x) < mouth_half), colours((0.55, 0.05, 0.08), (0.8, 0.2, 0.25))),
    ):
        image = np.where(where[..., None], colour, image)
    image = image.reshape(count, SIZE, _FINE, SIZE, _FINE, 3).mean(axis=(2, 4))
    image += rng.normal(scale=0.01, size=image.shape)
    return np.round(255 * np.clip(image, 0, 1)).astype("uint8"), smiling
