"""What the table of a run says of those that were not graded."""

from gradetape.outcomes import Outcome, show


def test_what_the_machine_lacks_is_said_once(capsys):
    """With what to do; a learner's own fault is said for each."""
    full = [Outcome("a", f"s{n}", error=f"OSError: No space left on device: 'autograded/s{n}/a'") for n in range(6)]
    odd = {who: repr(f"autograded/{who}/a") for who in ("o'b", "josé m")}  # written otherwise in Python's own words
    full += [Outcome("a", who, error=f"OSError: No space left on device: '{path[1:-1]}'") for who, path in odd.items()]
    theirs = [Outcome("a", f"t{n}", error="It is a PDF.") for n in range(5)]
    show([*full, *theirs])
    said = capsys.readouterr().out
    assert said.count("No space left") == 1
    assert "8 learners (s0, s1, s2, s3, …), a: not graded, and not by their doing: OSError: No space left on" in said
    assert "run the command again" in said
    assert said.count("not graded. It is a PDF.") == 5
