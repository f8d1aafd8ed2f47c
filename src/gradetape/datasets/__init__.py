"""Small stand-ins for public data sets, as TensorFlow Datasets builders.

`load("digits", split="train")` takes the arguments of `tfds.load` and needs no network: each stand-in
has the feature names and dtypes of the real data set, and is filled from data that scikit-learn ships
or drawn procedurally. `load("digits", real=True)` gives the real one where the machine has it.

TensorFlow is imported when data are loaded, not with this module.
"""

from __future__ import annotations

from typing import Any

from gradetape.datasets.catalogue import CATALOGUE, Entry, data_dir, missing, prepare_in_subprocess

__all__ = ["CATALOGUE", "Entry", "builder", "data_dir", "load", "missing", "names", "prepare_in_subprocess"]


def names() -> list[str]:
    """List the stand-ins."""
    return sorted(CATALOGUE)


def _entry(name: str) -> Entry:
    try:
        return CATALOGUE[name]
    except KeyError:
        raise ValueError(f"There is no stand-in {name!r}. Known are {', '.join(names())}.") from None


def builder(name: str, *, real: bool = False) -> Any:
    """Return the `tfds.core.DatasetBuilder` of a stand-in, or of the real data set.

    Raises:
        ValueError: no such stand-in, or it has no real counterpart in TensorFlow Datasets.
    """
    entry = _entry(name)
    import tensorflow_datasets as tfds

    if not real:
        from gradetape.datasets import builders

        return getattr(builders, entry.builder)(data_dir=str(data_dir()))
    if entry.real is None:
        raise ValueError(f"Stand-in {name!r} has no counterpart in TensorFlow Datasets. Load it without real=True.")
    return tfds.builder(entry.real)


def load(
    name: str,
    split: Any = None,
    *,
    real: bool = False,
    batch_size: int | None = None,
    shuffle_files: bool = False,
    as_supervised: bool = False,
    with_info: bool = False,
) -> Any:
    """Load a data set, preparing it first when that has not been done.

    Args:
        name: a stand-in of `names()`.
        split: as in `tfds.load`: "train", "train[:80%]", …; None gives a dict of all splits.
        real: the real data set of TensorFlow Datasets instead of the stand-in.
        batch_size: None for single examples, -1 for whole tensors, else the size of a batch.
        shuffle_files: as in `tfds.load`.
        as_supervised: tuples (input, label) instead of dicts.
        with_info: return a pair with the `tfds.core.DatasetInfo`.

    Returns:
        A `tf.data.Dataset` (tensors for `batch_size=-1`), or a dict of them.

    Raises:
        ValueError: no such stand-in.
    """
    source = builder(name, real=real)
    source.download_and_prepare()
    data = source.as_dataset(
        split=split, batch_size=batch_size, shuffle_files=shuffle_files, as_supervised=as_supervised
    )
    return (data, source.info) if with_info else data
