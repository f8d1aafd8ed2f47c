"""What learners meet in JupyterLab: kernels that start with TensorFlow in memory, and readable visible checks.

`provisioner` is what jupyter_client calls, `warm` starts and asks the process that kernels are forked from, `zygote` is
that process and `forked` what its forks become; `readable`, `checks` and `panel` run in kernels. This module is also a
server extension that starts the process ahead of the first kernel. None of it has a part in grading.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

__all__ = ["PROVISIONER"]

PROVISIONER = "gradetape-warm"
"""The provisioner's name, for `KernelProvisionerFactory.default_provisioner_name`."""


def _jupyter_server_extension_points() -> list[dict[str, str]]:
    """Called by Jupyter Server to find the extension."""
    return [{"module": "gradetape.lab"}]


def _load_jupyter_server_extension(app: Any) -> None:
    """Called by Jupyter Server at its start: make kernels warm, and begin to import in the background."""
    from jupyter_client.provisioning.factory import KernelProvisionerFactory

    from gradetape.lab import needs, warm

    os.environ.setdefault(KernelProvisionerFactory.default_provisioner_name_env, PROVISIONER)
    chosen = app.config.get("WarmProvisioner", {}).get("modules")
    modules = tuple(chosen) if chosen is not None else needs.modules_for(Path(app.root_dir))
    try:
        warm.own(modules)
    except warm.WarmError as error:
        app.log.warning("Kernels start the ordinary way: %s", error)
        return
    app.log.info("Importing %s for kernels to come.", ", ".join(modules) or "ipykernel")
