"""Which stand-ins there are, and where prepared ones lie. Imports no TensorFlow: the command line uses it."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["CATALOGUE", "DataError", "Entry", "data_dir", "is_prepared", "missing"]


class DataError(Exception):
    """A data set could not be prepared; the text says why."""


@dataclass(frozen=True)
class Entry:
    """A stand-in: its builder's class, TFDS name and version, what it stands for, and what it holds."""

    builder: str
    stored: str
    real: str | None
    about: str
    version: str = "1.0.0"


CATALOGUE = {
    "iris": Entry(
        "GradetapeIris", "gradetape_iris", "iris", "150 flowers, 4 lengths each, 3 species (the real table)"
    ),
    "digits": Entry(
        "GradetapeDigits", "gradetape_digits", "mnist", "1,797 real handwritten digits of 8 by 8, values 0 to 16"
    ),
    "breast_cancer": Entry(
        "GradetapeBreastCancer", "gradetape_breast_cancer", None, "569 tissue samples, 30 measures, 2 classes"
    ),
    "rooms": Entry(
        "GradetapeRooms", "gradetape_rooms", "lsun/bedroom", "64 drawn bedrooms of 8 by 8 in colour"
    ),
    "horses_humans": Entry(
        "GradetapeHorsesHumans", "gradetape_horses_humans", "horses_or_humans",
        "260 drawn horses and humans of 24 by 24 in colour",
    ),
    "garments": Entry(
        "GradetapeGarments", "gradetape_garments", "fashion_mnist", "600 drawn garments of 12 by 12, 5 classes"
    ),
    "flowers": Entry(
        "GradetapeFlowers", "gradetape_flowers", "oxford_flowers102",
        "120 drawn flowers of 16 by 16 in colour, 6 classes",
    ),
    "wine_table": Entry(
        "GradetapeWineTable", "gradetape_wine_table", "wine_quality/white",
        "700 white and 300 red wines, 11 measures and a quality",
    ),
    "digits_spatter": Entry(
        "GradetapeDigitsSpatter", "gradetape_digits_spatter", "mnist_corrupted/spatter",
        "the 1,797 digits, each with three blobs of ink",
    ),
    "faces": Entry(
        "GradetapeFaces", "gradetape_faces", "celeb_a", "256 drawn faces of 16 by 16 in colour, half of them smiling"
    ),
    "contours": Entry(
        "GradetapeContours", "gradetape_contours", None, "400 pictures of curved densities, 16 by 16 cells each"
    ),
}  # fmt: skip


def data_dir() -> Path:
    """Return the folder of prepared data: `GRADETAPE_DATA_DIR`, else one in the user's cache."""
    given = os.environ.get("GRADETAPE_DATA_DIR")
    if given:
        return Path(given).expanduser().resolve()
    cache = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(cache) / "gradetape" / "datasets"


def missing(names: Iterable[str]) -> list[str]:
    """Return those of the named stand-ins that are not prepared yet.

    Raises:
        DataError: a name that is no stand-in.
    """
    wanted = list(dict.fromkeys(names))
    unknown = [n for n in wanted if n not in CATALOGUE]
    if unknown:
        raise DataError(
            f"There is no stand-in {', '.join(map(repr, unknown))}. Known are {', '.join(sorted(CATALOGUE))}."
        )
    return [name for name in wanted if not is_prepared(data_dir() / CATALOGUE[name].stored / CATALOGUE[name].version)]


def is_prepared(folder: Path) -> bool:
    """Whether a data set of TFDS lies there whole: its description, and each file that this names, of its size."""
    try:
        said = json.loads((folder / "dataset_info.json").read_bytes())
        return bool(said["splits"]) and all(_is_whole(folder, said, split) for split in said["splits"])
    except (OSError, ValueError, KeyError, TypeError):
        return False


def _is_whole(folder: Path, said: dict[str, Any], split: dict[str, Any]) -> bool:
    """Compare the sizes of a split's files: each example of a TFRecord has 16 bytes around it."""
    files = folder.glob(f"{said['name']}-{split['name']}.{said['fileFormat']}-*-of-{len(split['shardLengths']):05}")
    framed = int(split["numBytes"]) + 16 * sum(map(int, split["shardLengths"]))
    return sum(file.stat().st_size for file in files) == framed
