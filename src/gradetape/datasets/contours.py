"""Pictures of a curved density in the plane: Gaussian points, bent to a parabola, turned, squeezed into a square."""

from __future__ import annotations

from typing import Any

import numpy as np

__all__ = ["SIZE", "contour_pictures", "draw_contours"]

Array = np.ndarray[Any, Any]
SIZE = 16
_DEVIATION = 0.3


def draw_contours(count: int, seed: int) -> tuple[Array, Array, Array]:
    """Return (images float32 (count, 16, 16, 1), bends a ~ N(3, 1), angles theta ~ U[0, 2 pi))."""
    rng = np.random.default_rng(seed)
    a, theta = rng.normal(3, 1, size=count), rng.uniform(0, 2 * np.pi, size=count)
    return contour_pictures(a, theta, SIZE), a.astype("float32"), theta.astype("float32")


def contour_pictures(a: Array, theta: Array, size: int) -> Array:
    """Return p / (1 + p) at the centres of size by size cells of the square from -1 to 1, float32 (N, size, size, 1).

    p is the density of tanh(R(theta) B(z1, (z2 - 2) / 2)) with B(u, v) = (u, v + a u²) and z1, z2 ~ N(0, 0.3²): all
    maps are undone one after the other; halving doubles the density, tanh divides it by its derivative, B and R
    preserve area. The first coordinate grows to the right, the second one upwards.
    """
    centres = (2 * np.arange(size) + 1) / size - 1
    right, up = np.arctanh(centres)[None, None, :], np.arctanh(centres[::-1])[None, :, None]
    cosine, sine, bend = np.cos(theta)[:, None, None], np.sin(theta)[:, None, None], a[:, None, None]
    first = cosine * right + sine * up
    second = 2 * (cosine * up - sine * right - bend * first**2) + 2
    log_p = -(first**2 + second**2) / (2 * _DEVIATION**2) - np.log(2 * np.pi * _DEVIATION**2) + np.log(2)
    p = np.exp(log_p) / ((1 - centres[None, None, :] ** 2) * (1 - centres[::-1][None, :, None] ** 2))
    pictures: Array = (p / (1 + p)).astype("float32")[..., None]
    return pictures
