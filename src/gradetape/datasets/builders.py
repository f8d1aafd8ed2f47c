"""The stand-ins as TensorFlow Datasets builders; importing this module imports TensorFlow Datasets."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import tensorflow_datasets as tfds

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["GradetapeBreastCancer", "GradetapeDigits", "GradetapeIris", "GradetapeRooms"]

Array = np.ndarray[Any, Any]


def _examples(columns: dict[str, Array]) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yield numbered examples from columns of equal length."""
    for index in range(len(next(iter(columns.values())))):
        yield index, {name: column[index] for name, column in columns.items()}


class _StandIn(tfds.core.GeneratorBasedBuilder):  # type: ignore[misc]
    """What the stand-ins share: no downloads, splits from columns."""

    VERSION = tfds.core.Version("1.0.0")
    RELEASE_NOTES = {"1.0.0": "First version."}  # noqa: RUF012 - as TFDS wants it

    def _features(self) -> dict[str, Any]:
        raise NotImplementedError

    def _columns(self) -> dict[str, dict[str, Array]]:
        raise NotImplementedError

    def _info(self) -> Any:
        """Called by TFDS for the declared features."""
        features = self._features()
        first = next(name for name in features if name not in ("id", "label"))
        return tfds.core.DatasetInfo(
            builder=self,
            description=type(self).__doc__,
            features=tfds.features.FeaturesDict(features),
            supervised_keys=(first, "label") if "label" in features else None,
            disable_shuffling=True,
        )

    def _split_generators(self, dl_manager: Any) -> dict[str, Any]:
        """Called by TFDS when the data are prepared; nothing is downloaded."""
        del dl_manager
        return {split: _examples(columns) for split, columns in self._columns().items()}

    def _generate_examples(self, **_: Any) -> Any:
        """Required by TFDS; the splits already bring their examples."""
        raise NotImplementedError


class GradetapeIris(_StandIn):
    """Fisher's iris flowers, the real table: four lengths in cm, three species."""

    def _features(self) -> dict[str, Any]:
        return {
            "features": tfds.features.Tensor(shape=(4,), dtype=np.float32),
            "label": tfds.features.ClassLabel(names=["Iris-setosa", "Iris-versicolor", "Iris-virginica"]),
        }

    def _columns(self) -> dict[str, dict[str, Array]]:
        from sklearn.datasets import load_iris

        table = load_iris()
        return {"train": {"features": table.data.astype("float32"), "label": table.target}}


class GradetapeDigits(_StandIn):
    """Real handwritten digits of 8 by 8 pixels, values 0 to 16; the test part is by other writers."""

    def _features(self) -> dict[str, Any]:
        return {
            "image": tfds.features.Image(shape=(8, 8, 1)),
            "label": tfds.features.ClassLabel(num_classes=10),
        }

    def _columns(self) -> dict[str, dict[str, Array]]:
        from sklearn.datasets import load_digits

        table = load_digits()
        images, labels = table.images.astype("uint8")[..., None], table.target
        return {
            "train": {"image": images[:1400], "label": labels[:1400]},
            "test": {"image": images[1400:], "label": labels[1400:]},
        }


class GradetapeBreastCancer(_StandIn):
    """Breast cancer (Wisconsin, diagnostic), the real table: 30 measures, 0 malignant, 1 benign."""

    def _features(self) -> dict[str, Any]:
        return {
            "features": tfds.features.Tensor(shape=(30,), dtype=np.float32),
            "label": tfds.features.ClassLabel(names=["malignant", "benign"]),
        }

    def _columns(self) -> dict[str, dict[str, Array]]:
        from sklearn.datasets import load_breast_cancer

        table = load_breast_cancer()
        x, y = table.data.astype("float32"), table.target
        return {"train": {"features": x[:400], "label": y[:400]}, "test": {"features": x[400:], "label": y[400:]}}


class GradetapeRooms(_StandIn):
    """Drawn bedrooms of 8 by 8 pixels: a wall, a floor, a bed, a little noise."""

    def _features(self) -> dict[str, Any]:
        return {"id": tfds.features.Text(), "image": tfds.features.Image(shape=(8, 8, 3))}

    def _columns(self) -> dict[str, dict[str, Array]]:
        rng = np.random.default_rng(20240)
        images = np.stack([_room(rng) for _ in range(64)])
        return {"train": {"id": np.array([f"room_{n:02}" for n in range(64)]), "image": images}}


def _room(rng: np.random.Generator) -> Array:
    """Draw one room: float colours, then 8-bit."""
    image = np.empty((8, 8, 3))
    horizon = int(rng.integers(4, 6))
    image[:horizon] = rng.uniform(0.6, 0.9, size=3)
    image[horizon:] = rng.uniform(0.25, 0.5) * np.array([1.0, 0.8, 0.6])
    left, width = int(rng.integers(1, 4)), int(rng.integers(3, 5))
    image[horizon - 1 : horizon + 2, left : left + width] = rng.uniform(0.1, 1.0, size=3)
    noisy = image + rng.normal(scale=0.02, size=image.shape)
    return np.round(255 * np.clip(noisy, 0, 1)).astype("uint8")
