"""A seal on the panels of a graded notebook, so that a learner's output cannot pass for one.

The panel of a question is an output beside the learner's own, and a learner can give an output any metadata. So
ours carry a code that is made with a key of the course, which lies in `.gradetape/` and leaves it never.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import secrets
from contextlib import suppress
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["holds", "sealed"]

_BYTES = 32


def sealed(root: Path, output: dict[str, Any]) -> dict[str, Any]:
    """Return a panel of ours (`feedback.output`) with its seal.

    Args:
        root: the course directory; its key is made if there is none.
        output: an output whose metadata holds `gradetape`.
    """
    about = dict(output["metadata"]["gradetape"])
    about["seal"] = _code(_key(root, make=True), output["data"], about)
    return {**output, "metadata": {"gradetape": about}}


def holds(root: Path, output: Any, question: str) -> bool:
    """Say whether an output is a panel that was sealed in this course for this question."""
    try:
        about = dict(output["metadata"]["gradetape"])
        seal = about.pop("seal")
        key = _key(root, make=False)
        return about["question"] == question and hmac.compare_digest(seal, _code(key, output["data"], about))
    except (OSError, KeyError, TypeError, ValueError):
        return False


def _code(key: bytes, data: Any, about: Any) -> str:
    said = json.dumps([dict(data), dict(about)], sort_keys=True, ensure_ascii=True, separators=(",", ":"))
    return hmac.new(key, said.encode(), hashlib.sha256).hexdigest()


def _key(root: Path, *, make: bool) -> bytes:
    """Read the course's key; of two processes that make one at once both get the same."""
    path = root / ".gradetape" / "seal.key"
    if make and not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        new = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
        mode = 0o660 if path.parent.stat().st_mode & 0o020 else 0o600  # several accounts on one course share a group
        descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, mode)
        try:
            os.write(descriptor, secrets.token_bytes(_BYTES))
            os.fsync(descriptor)
            os.fchmod(descriptor, mode)
            with suppress(FileExistsError):
                os.link(new, path)
        finally:
            os.close(descriptor)
            new.unlink()
    key = path.read_bytes()
    if len(key) != _BYTES:
        raise ValueError(f"{str(path)!r} has {len(key)} bytes, not {_BYTES}. Remove it and grade again with --force.")
    return key
