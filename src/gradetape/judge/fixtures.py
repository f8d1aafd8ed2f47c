"""What a hidden test is handed: `compare`, `learner`, `reference`, `check`, `rng`."""

from __future__ import annotations

import zlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from gradetape import samples, showing
from gradetape.compare import Difference, Rule, difference
from gradetape.judge.calls import Call, CheckFailedError, GraderError, MachineError, Shipment, decoded, explain, ship

if TYPE_CHECKING:
    from collections.abc import Callable

    from gradetape.guest.host import Host
    from gradetape.judge.known import KnownAnswers
    from gradetape.verdict import Picture

__all__ = ["Ask", "Bench", "Check", "Compare"]

_BAND = 4
"""Further runs of the reference that make the band of a curve."""


@dataclass
class Bench:
    """One test's place of work: the guests it may ask, and what it asked."""

    learner: Host
    known: KnownAnswers
    seed: int
    test: str
    device: str = "cpu"
    cell_error: str = ""
    calls: list[Call] = field(default_factory=list)
    show: tuple[str, ...] = ()
    pictures: list[Picture] = field(default_factory=list)

    def rng(self) -> np.random.Generator:
        """Return this test's random generator: the same for every learner of a run."""
        return np.random.default_rng([self.seed, zlib.crc32(self.test.encode())])

    def shipment(self, probe: Any, inputs: tuple[Any, ...], *, again: bool = False) -> Shipment:
        """Pack a call; its seed follows from run, test, probe and inputs (`again`: another one)."""
        return ship(probe, inputs, f"{self.seed}/{self.test}/{again}")

    def ask_learner(
        self, probe: Any, inputs: tuple[Any, ...], judge: Callable[[Any, Any], Difference | None], label: str = ""
    ) -> tuple[Call, Any]:
        """Ask the learner's notebook; an answer without a tree fails the check.

        Raises:
            CheckFailedError: with the reason in the learner's words.
            MachineError: there was no guest to ask.
        """
        shipment = self.shipment(probe, inputs)
        answer = self.learner.ask(shipment.code, shipment.inputs, shipment.seed)
        call = Call(shipment, answer, judge)
        self.calls.append(call)
        if answer.kind == "unavailable":
            raise MachineError(f"No process could be started for the notebook: {answer.evalue}")
        tree, broken = decoded(answer) if answer.ok else (None, "")  # the check's own: it may change it
        if not answer.ok or broken:
            call.failed = True
            text = explain(answer, self.cell_error) if not answer.ok else f"Your code's answer is damaged: {broken}"
            raise CheckFailedError(_labelled(label, text))
        return call, tree

    def reference_tree(self, shipment: Shipment) -> Any:
        """Return the reference's tree for the same call."""
        tree, broken = decoded(self.known.reference(shipment))
        if broken:
            raise GraderError(f"The reference's answer to probe {shipment.name!r} is damaged: {broken}")
        return tree


def _labelled(label: str, text: str) -> str:
    return f"For {label}: {text[:1].lower() + text[1:]}" if label else text


class Compare:
    """The fixture `compare`: learner against reference, the same probe and inputs."""

    def __init__(self, bench: Bench) -> None:
        self._bench = bench

    def __call__(
        self,
        probe: Any,
        *inputs: Any,
        rtol: float | None = None,
        atol: float | None = None,
        label: str = "the result",
        dtype: bool = True,
        types: bool = False,
    ) -> Any:
        """Run a probe on learner and reference and compare structure, shape, dtype and values.

        Args:
            probe: a function marked with `@probe`.
            inputs: trees of NumPy arrays and plain values, passed to the probe after `nb`.
            rtol: relative tolerance; None takes the default of the dtype and device.
            atol: absolute tolerance; None takes the default of the dtype and device.
            label: how messages call the result, as in "the output for 3 units".
            dtype: whether dtypes have to agree.
            types: whether Python types have to agree exactly (tuple or list, int or tensor).

        Returns:
            The learner's tree, once it is known to be right.

        Raises:
            CheckFailedError: they differ, or the learner's code gave no tree.
            GraderError: the reference gave none.
        """
        bench = self._bench
        rule = Rule(rtol=rtol, atol=atol, dtype=dtype, types=types, device=bench.device)
        shown = "" if label == "the result" else label
        call, actual = bench.ask_learner(probe, inputs, lambda a, e: difference(a, e, rule, label), shown)
        call.rule = rule
        self._judge(call, actual)
        return actual

    def samples(
        self, probe: Any, *inputs: Any, label: str = "the draws", false_alarm: float = samples.FALSE_ALARM
    ) -> Any:
        """Compare random draws of learner and reference statistically (first axis: draws).

        The probe returns one array of shape (n, ...), with n a few thousand, or a dict of such arrays.

        Raises:
            CheckFailedError: they follow different distributions, shapes or dtypes.
        """
        bench = self._bench

        def judge(actual: Any, expected: Any) -> Difference | None:
            return _sample_difference(actual, expected, label, false_alarm)

        shown = "" if label == "the draws" else label
        call, actual = bench.ask_learner(probe, inputs, judge, shown)
        other = bench.shipment(probe, inputs, again=True)  # draws of another seed: independent of the learner's
        self._judge(call, actual, other)
        return actual

    def _judge(self, call: Call, actual: Any, other: Shipment | None = None) -> None:
        expected = self._bench.reference_tree(other or call.shipment)
        call.difference = call.judge(actual, expected)
        if call.difference is not None:
            call.failed = True
            self._show(call.difference, actual, other or call.shipment)
            raise CheckFailedError(call.difference.message)

    def _show(self, found: Difference, actual: Any, shipment: Shipment) -> None:
        """Keep the pictures that the author allows; a band needs the reference under other seeds too."""
        bench = self._bench
        mine = showing.curve_at(actual, found.keys) if "curve" in bench.show else None
        seeds = () if mine is None else (shipment, *(shipment.reseeded(salt) for salt in range(_BAND)))
        right = [showing.curve_at(bench.reference_tree(one), found.keys) for one in seeds]
        band = [one for one in right if one is not None]
        if mine is not None and band:
            bench.pictures.append(showing.curve(mine, band))
        else:
            bench.pictures += showing.of_difference(found, bench.show)


def _sample_difference(actual: Any, expected: Any, label: str, false_alarm: float) -> Difference | None:
    if isinstance(expected, dict):
        if not isinstance(actual, dict) or set(actual) != set(expected):
            return difference(actual, expected, Rule(), label)
        share = false_alarm / max(1, len(expected))
        found = (_sample_difference(actual[k], v, f"{label} of {k}", share) for k, v in expected.items())
        return next((d for d in found if d is not None), None)
    right = np.asarray(expected)
    if isinstance(actual, np.ndarray) and actual.dtype != right.dtype:
        return difference(actual, right, Rule(), label)
    finding = samples.same_distribution_test(actual, right, label=label, false_alarm=false_alarm)
    return None if finding else Difference(finding.message, "samples", actual, right)


class Ask:
    """The fixtures `learner` and `reference`: ask one side and get its tree, for checks by hand."""

    def __init__(self, bench: Bench, *, of_reference: bool) -> None:
        self._bench = bench
        self._of_reference = of_reference

    def __call__(self, probe: Any, *inputs: Any) -> Any:
        """Run a probe and return its tree.

        Raises:
            CheckFailedError: the learner's code gave no tree.
            GraderError: the reference gave none.
        """
        bench = self._bench
        if self._of_reference:
            return bench.reference_tree(bench.shipment(probe, inputs))
        rule = Rule(device=bench.device, rtol=1e-4, atol=1e-5)
        return bench.ask_learner(probe, inputs, lambda a, e: difference(a, e, rule))[1]


class Check:
    """The fixture `check`: a condition, and what the learner reads when it does not hold."""

    def __init__(self, bench: Bench) -> None:
        self._bench = bench

    def __call__(self, condition: object, message: str = "", *, show: Picture | None = None) -> None:
        """Fail the check with `message` unless `condition` holds.

        Args:
            condition: a truth value, or a `samples.Finding`, which brings its own message.
            message: a sentence for the learner that names the property, not the value.
            show: a picture out of `gradetape.showing` for the learner, when the check fails.

        Raises:
            CheckFailedError: the condition does not hold.
            GraderError: there is no message, or the condition is an array of several values.
        """
        if isinstance(condition, samples.Finding):
            message = message or condition.message
        if not message and not isinstance(condition, samples.Finding):
            raise GraderError("check(condition) needs a message for the learner.")
        try:
            holds = bool(condition)
        except ValueError:
            raise GraderError("check(condition): the condition is an array; use .all() or .any().") from None
        if not holds:
            if show is not None:
                self._bench.pictures.append(show)
            raise CheckFailedError(message)
