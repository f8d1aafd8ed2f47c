"""Small stand-ins for public data sets, as TensorFlow Datasets builders.

`load("digits", split="train")` takes the arguments of `tfds.load` and needs no network: each stand-in
has the feature names and dtypes of the real data set, and is filled from data that scikit-learn ships
or drawn procedurally. `load("digits", real=True)` gives the real one where the machine has it.

TensorFlow is imported when data are loaded, not with this module.
"""

from __future__ import annotations

import os
from typing import Any

from gradetape.datasets import preparing
from gradetape.datasets.catalogue import CATALOGUE, DataError, Entry, data_dir, missing
from gradetape.datasets.preparing import PreparationError, ensure, prepare_in_subprocess

__all__ = [
    "CATALOGUE", "DataError", "Entry", "PreparationError", "builder", "data_dir", "ensure", "load", "missing", "names",
    "prepare_in_subprocess",
]  # fmt: skip


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
        DataError: it is not prepared, and cannot be here, as in a guest, which only reads the data folder.
    """
    _entry(name)
    if not real and missing([name]):
        _prepare(name)
    source = builder(name, real=real)
    if real:
        _fetch(source)
    data = source.as_dataset(
        split=split, batch_size=batch_size, shuffle_files=shuffle_files, as_supervised=as_supervised
    )
    return (data, source.info) if with_info else data


def _prepare(name: str) -> None:
    """Build a stand-in in this process, unless another one has done so in the meantime."""
    from gradetape.datasets.prepare import build

    try:
        with preparing.locked(data_dir()):
            if missing([name]):
                preparing.prepare(name, build)
    except OSError as error:
        raise DataError(
            f"Stand-in {name!r} is not prepared, and cannot be written to {str(data_dir())!r}: {error}. "
            f'An assignment names its data in its notebook\'s metadata ("gradetape": {{"datasets": ["{name}"]}}); '
            f"elsewhere run `gradetape data prepare {name}`."
        ) from None


def _fetch(source: Any) -> None:
    """Have TFDS download a real data set, one process at a time; one that is there is only read."""
    if os.path.exists(source.data_path):  # noqa: PTH110 - TFDS may keep it on a remote file system
        source.download_and_prepare()
        return
    with preparing.locked(data_dir()):
        source.download_and_prepare()
