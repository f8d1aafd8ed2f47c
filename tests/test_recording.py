"""nbgrader's bookkeeping with an open gradebook: the same answers, fewer openings; the ledger."""

import pytest
from nbformat.notebooknode import from_dict
from nbgrader import api
from nbgrader.converters import autograde
from nbgrader.nbgraderformat import MetadataValidator, ValidationError
from nbgrader.preprocessors import saveautogrades

from gradetape.recording import Ledger, busy_nbgrader


@pytest.fixture
def url(tmp_path):
    address = f"sqlite:///{tmp_path}/gradebook.db"
    with api.Gradebook(address) as book:
        book.add_assignment("a")
    return address


def names(url):
    with api.Gradebook(url) as book:
        return [s.id for s in book.students]


def test_one_opening_for_all(url, monkeypatch):
    """Converter and preprocessors share it; afterwards nbgrader has its own again."""
    stock, opened = api.Gradebook, []
    monkeypatch.setattr(stock, "__init__", _counting(stock.__init__, opened))
    with busy_nbgrader():
        for module in (autograde, saveautogrades, autograde):
            with module.Gradebook(url) as book:
                book.find_assignment("a")
    assert len(opened) == 1
    assert autograde.Gradebook is saveautogrades.Gradebook is stock


def _counting(function, opened):
    def init(self, *arguments, **keywords):
        opened.append(arguments)
        function(self, *arguments, **keywords)

    return init


def test_others_see_what_was_closed(url):
    with busy_nbgrader():
        with autograde.Gradebook(url) as book:
            book.add_student("ada")
        assert [s.id for s in _other(url)] == ["ada"]


def _other(url):
    from sqlalchemy import create_engine, text

    with create_engine(url).connect() as connection:
        return list(connection.execute(text("select id from student")))


def test_what_fails_is_not_half_recorded(url):
    """Commits of a preprocessor wait until it is done."""
    with busy_nbgrader():
        with pytest.raises(ZeroDivisionError):
            _fail_half_way(url)
        with saveautogrades.Gradebook(url) as book:
            book.db.add(api.Student(id="cleo"))
            book.db.commit()
    assert names(url) == ["cleo"]


def _fail_half_way(url):
    with saveautogrades.Gradebook(url) as book:
        book.db.add(api.Student(id="bo"))
        book.db.commit()
        raise ZeroDivisionError


def cell(**changes):
    mark = {"schema_version": 3, "grade": True, "grade_id": "q", "locked": False, "solution": True, "points": 1.0,
            "cell_type": "code", "task": False}  # fmt: skip
    return from_dict({"cell_type": "code", "source": "", "metadata": {"nbgrader": {**mark, **changes}}})


def test_metadata_is_checked_once_and_refused_always(monkeypatch):
    checked = []
    stock = MetadataValidator.validate_cell
    monkeypatch.setattr(MetadataValidator, "validate_cell", lambda s, c: (checked.append(1), stock(s, c)))
    with busy_nbgrader():
        for _ in range(3):
            MetadataValidator().validate_cell(cell())
        assert len(checked) == 1
        for _ in range(2):
            with pytest.raises(ValidationError):
                MetadataValidator().validate_cell(cell(grade_id=""))
        MetadataValidator().validate_cell(cell(points=2.0))
    assert len(checked) == 4


def test_the_ledger(tmp_path):
    ledger = Ledger(tmp_path, "a")
    assert ledger.get("ada") == ("", "")
    assert ledger.digests() == set()
    ledger.put("ada", "d1", "f1")
    ledger.put("bo", "d2")
    assert ledger.get("ada") == ("d1", "f1")
    assert ledger.digests() == {"d1", "d2"}
    assert ledger.students() == {"ada", "bo"}
    next(tmp_path.rglob("ada")).write_text("{half")
    assert ledger.get("ada") == ("", "")
    with pytest.raises(OSError, match="This is no note of a result"):
        ledger.digests()


def test_a_ledger_of_another_account_is_not_an_empty_one(tmp_path, monkeypatch):
    """Whether what is recorded can be read is asked of the system; where nothing is recorded all of it can."""
    ledger = Ledger(tmp_path, "a")
    assert ledger.readable()
    ledger.put("ada", "d1")
    assert ledger.readable()
    monkeypatch.setattr("os.access", lambda path, mode: path.name != "ada")
    assert not ledger.readable()
