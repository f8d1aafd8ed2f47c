"""The stand-ins as TensorFlow Datasets builders; importing this module imports TensorFlow Datasets."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import tensorflow_datasets as tfds

from gradetape.datasets import drawings
from gradetape.datasets.contours import draw_contours
from gradetape.datasets.faces import draw_faces

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = [
    "GradetapeBreastCancer", "GradetapeContours", "GradetapeDigits", "GradetapeDigitsSpatter", "GradetapeFaces",
    "GradetapeFlowers", "GradetapeGarments", "GradetapeHorsesHumans", "GradetapeIris", "GradetapeRooms",
    "GradetapeWineTable",
]  # fmt: skip

Array = np.ndarray[Any, Any]


def _examples(columns: dict[str, Any]) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yield numbered examples from columns of equal length."""
    for index in range(len(next(iter(columns.values())))):
        yield index, {name: column[index] for name, column in columns.items()}


class _StandIn(tfds.core.GeneratorBasedBuilder):  # type: ignore[misc]
    """What the stand-ins share: no downloads, splits from columns."""

    VERSION = tfds.core.Version("1.0.0")
    RELEASE_NOTES = {"1.0.0": "First version."}  # noqa: RUF012 - as TFDS wants it

    def _features(self) -> dict[str, Any]:
        raise NotImplementedError

    def _columns(self) -> dict[str, dict[str, Any]]:
        raise NotImplementedError

    def _info(self) -> Any:
        """Called by TFDS for the declared features."""
        features = self._features()
        first = next(name for name in features if name in ("features", "image"))
        target = next((name for name in features if name in ("label", "quality")), None)
        return tfds.core.DatasetInfo(
            builder=self,
            description=type(self).__doc__,
            features=tfds.features.FeaturesDict(features),
            supervised_keys=(first, target) if target else None,
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


class GradetapeDigitsSpatter(GradetapeDigits):
    """The digits of 8 by 8 pixels, each with three blobs of ink, 2 by 2 pixels of the value 16."""

    def _columns(self) -> dict[str, dict[str, Array]]:
        rng = np.random.default_rng(20241)
        return {
            split: {"image": _spattered(rng, columns["image"]), "label": columns["label"]}
            for split, columns in super()._columns().items()
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


class GradetapeHorsesHumans(_StandIn):
    """Drawn horses and humans of 24 by 24 pixels: lying ellipses on legs, standing ones with a head."""

    def _features(self) -> dict[str, Any]:
        return {
            "image": tfds.features.Image(shape=(24, 24, 3)),
            "label": tfds.features.ClassLabel(names=["horses", "humans"]),
        }

    def _columns(self) -> dict[str, dict[str, Array]]:
        x, y = drawings.horses_humans(260)
        return {"train": {"image": x[:200], "label": y[:200]}, "test": {"image": x[200:], "label": y[200:]}}


class GradetapeGarments(_StandIn):
    """Drawn silhouettes of five garments, 12 by 12 pixels."""

    def _features(self) -> dict[str, Any]:
        return {
            "image": tfds.features.Image(shape=(12, 12, 1)),
            "label": tfds.features.ClassLabel(names=["shirt", "trousers", "dress", "bag", "boot"]),
        }

    def _columns(self) -> dict[str, dict[str, Array]]:
        x, y = drawings.garments(600)
        return {"train": {"image": x[:480], "label": y[:480]}, "test": {"image": x[480:], "label": y[480:]}}


class GradetapeFlowers(_StandIn):
    """Drawn flowers of 16 by 16 pixels: three or six petals in three colours; hard to learn."""

    def _features(self) -> dict[str, Any]:
        names = [f"{colour}_{petals}" for petals in (3, 6) for colour in ("red", "purple", "yellow")]
        return {
            "file_name": tfds.features.Text(),
            "image": tfds.features.Image(shape=(16, 16, 3)),
            "label": tfds.features.ClassLabel(names=names),
        }

    def _columns(self) -> dict[str, dict[str, Array]]:
        x, y = drawings.flowers(120)
        names = np.array([f"flower_{n:03}.png" for n in range(120)])
        return {"train": {"file_name": names, "image": x, "label": y}}


class GradetapeWineTable(_StandIn):
    """Sampled wines, white and red as two splits: eleven measures and a quality that partly follows from them."""

    def _features(self) -> dict[str, Any]:
        kinds = {name: np.float64 if name == "sulphates" else np.float32 for name in drawings.WINE_COLUMNS}
        return {"features": kinds, "quality": np.int32}

    def _columns(self) -> dict[str, dict[str, Any]]:
        tables = {"white": drawings.wines(700, red=False), "red": drawings.wines(300, red=True)}
        return {colour: {"features": rows, "quality": quality} for colour, (rows, quality) in tables.items()}


class GradetapeRooms(_StandIn):
    """Drawn bedrooms of 8 by 8 pixels: a wall, a floor, a bed, a little noise."""

    def _features(self) -> dict[str, Any]:
        return {"id": tfds.features.Text(), "image": tfds.features.Image(shape=(8, 8, 3))}

    def _columns(self) -> dict[str, dict[str, Array]]:
        rng = np.random.default_rng(20240)
        images = np.stack([_room(rng) for _ in range(64)])
        return {"train": {"id": np.array([f"room_{n:02}" for n in range(64)]), "image": images}}


class GradetapeFaces(_StandIn):
    """Drawn faces of 16 by 16 pixels in colour, half of them smiling."""

    def _features(self) -> dict[str, Any]:
        return {
            "image": tfds.features.Image(shape=(16, 16, 3)),
            "attributes": tfds.features.FeaturesDict({"Smiling": np.bool_}),
        }

    def _columns(self) -> dict[str, dict[str, Any]]:
        images, smiling = draw_faces(256, seed=20242)
        return {"train": {"image": images, "attributes": [{"Smiling": smiles} for smiles in smiling]}}


class GradetapeContours(_StandIn):
    """Pictures of 16 by 16 cells of a curved density p as p / (1 + p), with its bend `a` and its angle `theta`."""

    def _features(self) -> dict[str, Any]:
        return {
            "image": tfds.features.Tensor(shape=(16, 16, 1), dtype=np.float32),
            "a": tfds.features.Scalar(dtype=np.float32),
            "theta": tfds.features.Scalar(dtype=np.float32),
        }

    def _columns(self) -> dict[str, dict[str, Array]]:
        images, a, theta = draw_contours(400, seed=20243)
        columns = {"image": images, "a": a, "theta": theta}
        parts = {"train": slice(320), "validation": slice(320, None)}
        return {split: {name: column[rows] for name, column in columns.items()} for split, rows in parts.items()}


def _spattered(rng: np.random.Generator, images: Array) -> Array:
    """Return copies of pictures (N, H, W, 1), each with three 2 by 2 blobs of the value 16."""
    images = images.copy()
    rows, columns = rng.integers(0, np.array(images.shape[1:3]) - 1, size=(3, len(images), 2)).transpose(2, 0, 1)
    for down in (0, 1):
        for right in (0, 1):
            images[np.arange(len(images)), rows + down, columns + right] = 16
    return images


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
