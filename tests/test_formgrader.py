"""The formgrader reads no configuration that a stranger's page or a learner's folder names."""

import types

import pytest

from gradetape.nbgrader import formgrader


@pytest.mark.parametrize(
    ("path", "site", "refused"),
    [
        ("", "cross-site", False),
        ("/c/other", "same-origin", False),
        ("/c/other", "none", False),
        ("/c/other", "cross-site", True),
        ("/c/other", "same-site", True),
        ("/c/submitted/ada/hw", "same-origin", True),
        ("/c/submitted", "none", True),
        ("/c/x/../feedback/ada", "same-origin", True),
    ],
)
def test_whose_configuration_is_read(path, site, refused):
    """That of the instructor's own folders, when the instructor's own page asks."""
    learners = ["/c/submitted", "/c/autograded", "/c/feedback"]
    assert bool(formgrader.refusal(path, site, learners)) is refused


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
        coursedir = type("Course", (), {
            "submitted_directory": "s", "autograded_directory": "a", "feedback_directory": "f",
            "format_path": lambda _, step, *__: f"/c/{step}",
        })()  # fmt: skip

        def __init__(self, path):
            self.path = path

        def get_argument(self, *_):
            return self.path

    assert guarded(Handler("")) == "stock"
    with pytest.raises(handlers.web.HTTPError, match="another site asks"):
        guarded(Handler("/somewhere"))
