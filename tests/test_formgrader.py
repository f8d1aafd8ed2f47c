"""The formgrader reads no configuration that a stranger's page or a learner's folder names."""

import types

import pytest

from gradetape.nbgrader import formgrader


@pytest.mark.parametrize(
    ("path", "site", "refused"),
    [
        ("", "cross-site", False),
        ("other", "same-origin", False),
        ("other", "none", False),
        ("other", "cross-site", True),
        ("other", "same-site", True),
        ("submitted/ada/hw", "same-origin", True),
        ("other/submitted", "none", True),
        ("other/../feedback/ada", "same-origin", True),
        ("exchange/tf/inbound/ada+hw", "none", True),
        ("..", "none", True),
        ("open", "none", True),
    ],
)
def test_whose_configuration_is_read(tmp_path, path, site, refused):
    """That of the instructor's own folders below the server's, when the instructor's own page asks."""
    (tmp_path / "other").mkdir()
    (tmp_path / "open").mkdir()
    (tmp_path / "open").chmod(0o777)
    named = str(tmp_path / path) if path else ""
    assert bool(formgrader.refusal(named, site, str(tmp_path))) is refused


def test_the_handler_of_a_server_is_guarded(tmp_path, monkeypatch):
    """As soon as a configuration plugs in; once."""
    from nbgrader.server_extensions.formgrader import handlers
    from traitlets.config import Config

    from gradetape.nbgrader import plug_in, plugging

    monkeypatch.setattr(plugging, "_plugged", {})
    monkeypatch.setattr(handlers.FormgraderHandler, "get", lambda _: "stock")
    plug_in(Config(), tmp_path)
    guarded = handlers.FormgraderHandler.get
    plug_in(Config(), tmp_path)
    assert handlers.FormgraderHandler.get is guarded

    class Handler:
        request = types.SimpleNamespace(headers={"Sec-Fetch-Site": "cross-site"})
        log = types.SimpleNamespace(warning=lambda *_: None)

        def __init__(self, path):
            self.path = path
            self.settings = {"nbgrader_formgrader": types.SimpleNamespace(root_dir="/")}

        def get_argument(self, *_):
            return self.path

    assert guarded(Handler("")) == "stock"
    with pytest.raises(handlers.web.HTTPError, match="another site asks"):
        guarded(Handler("/somewhere"))
