"""The order of measuring: units of architectures, shared by the devices, until the tables are precise enough."""

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from hwbench_mo.errors import InputError
from hwbench_mo.fitting.references import estimate_drift
from hwbench_mo.fitting.sufficiency import refuse_few
from hwbench_mo.measurements.layout import JOB
from hwbench_mo.profiling.design import Design, Role, Row, Unit
from hwbench_mo.profiling.journal import Entry, Journal, LeftOut
from hwbench_mo.profiling.meter import Meter, TooLargeError
from hwbench_mo.profiling.precision import UNKNOWN, Precision, predicted_error
from hwbench_mo.profiling.settings import ENERGY_PRECISION
from hwbench_mo.typing import Codes, Floats, Ints

LEAST = 12
"""Architectures of each embed_dim and bias, held-out ones apart: a fit needs 5 in either half of the rows."""
MOST_LEFT_OUT = 6
"""Architectures of one embed_dim and bias that the memory does not hold, after which no more are waited for."""
REFERENCE, FIRST_REFERENCE = -1, -2
"""Places of reference architectures within a unit: at its end, and before the first unit of a call."""

Tell = Callable[[str], None]


@dataclass(frozen=True)
class Status:
    """How far a campaign is."""

    n_rows: int
    n_expected: int
    """Rows, as far as they can be foreseen."""
    latency: Precision
    energy: Precision


class Campaign:
    """One space on one device, which may be several equal GPUs.

    Parameters
    ----------
    journal
        Where rows are kept, and those of earlier calls.
    meters
        One a GPU. Rows of GPU j have a ``campaign_index`` from 2500 j on, as those of parallel jobs have.
    progress
        Called after every row.
    tell
        Called with what a user should know at once.
    """

    def __init__(
        self, journal: Journal, meters: Sequence[Meter], *, progress: Callable[[Status], None], tell: Tell
    ) -> None:
        self.journal = journal
        self.settings = journal.settings
        self.meters = list(meters)
        self._progress = progress
        self._tell = tell
        self._lock = threading.Lock()
        self._design = Design(self.settings.space, held_out=self.settings.held_out, seed=self.settings.seed)
        self._units = self._design.units()
        self._done = {(one.unit, one.place) for one in journal.entries}
        self._done |= {(one.unit, one.place) for one in journal.left_out}
        self._handed_out = 0
        self._stopped = False
        self._errors: list[BaseException] = []
        self._latency, self._energy = self._precisions()

    def run(self) -> Status:
        """Measure until the tables are precise enough, or there is no more to measure."""
        busy = self._busy()
        for meter in self.meters:
            meter.warm_up(self.settings.space.decode(np.array([self._design.reference]))[0])
        self.journal.add({"devices": {meter.name: dict(meter.facts) for meter in self.meters}, "busy": busy})
        threads = [threading.Thread(target=self._work, args=one, daemon=True) for one in enumerate(self.meters)]
        if len(threads) == 1:
            self._work(0, self.meters[0])
        else:
            for thread in threads:
                thread.start()
            for thread in threads:
                while thread.is_alive():  # an interrupt reaches the main thread between two waits
                    thread.join(0.2)
        if self._errors:
            raise self._errors[0]
        return self.status()

    def status(self) -> Status:
        """How far it is."""
        groups = len(self.settings.space.embed_dim) * len(self.settings.space.bias)
        fitted = LEAST * groups
        expected = round(fitted / (1 - self.settings.held_out)) + fitted // groups + len(self.meters)
        n_rows = len(self.journal.entries)
        return Status(n_rows, max(expected, n_rows), self._latency, self._energy)

    def _busy(self) -> dict[str, list[str]]:
        """Who else uses the devices, before anything of ours runs."""
        busy = {meter.name: others for meter in self.meters if (others := meter.others())}
        for name, others in busy.items():
            self._tell(f"warning: {name} is busy: {', '.join(others)}; what is measured now may be slower")
        return busy

    def _work(self, job: int, meter: Meter) -> None:
        try:
            first = True
            while (unit := self._next_unit()) is not None:
                if first:
                    row = Row(self._design.reference, "reference", energy=False)
                    self._measure(job, meter, unit, FIRST_REFERENCE, row)
                    first = False
                for place, row in (*enumerate(unit.rows), (REFERENCE, unit.reference)):
                    if self._stopped or self._is_full():
                        return
                    if (unit.number, place) not in self._done:
                        self._measure(job, meter, unit, place, row)
                self._judge()
        except BaseException as error:
            self._stopped = True
            self._errors.append(error)

    def _next_unit(self) -> Unit | None:
        """The next unit that is not done."""
        with self._lock:
            while not self._stopped and not self._is_enough():
                unit = next(self._units, None)
                if unit is None:
                    return None
                places = {(unit.number, place) for place in (*range(len(unit.rows)), REFERENCE)}
                if not places <= self._done:
                    return unit
            return None

    def _measure(self, job: int, meter: Meter, unit: Unit, place: int, row: Row) -> None:
        space = self.settings.space
        wanted = row.energy and meter.measures_energy and not self._energy_is_enough()
        (architecture,) = space.decode(np.array([row.code]))
        try:
            reading = meter.measure(architecture, energy=wanted)
        except TooLargeError as error:
            reason = str(error)
            with self._lock:
                self.journal.add(LeftOut(unit=unit.number, place=place, code=row.code, reason=reason))
                self._done.add((unit.number, place))
            self._tell(f"left out, because the memory of {meter.name} does not hold it: {architecture}")
            return
        with self._lock:
            own = [one.campaign_index for one in self.journal.entries if one.campaign_index // JOB == job]
            index = max(own, default=JOB * job - 1) + 1
            if index // JOB != job:
                raise InputError(f"{meter.name} has measured {JOB} rows, which is as many as a campaign may have")
            self.journal.add(Entry.of(row, reading, campaign_index=index, unit=unit.number, place=place))
            self._done.add((unit.number, place))
            self._progress(self.status())

    def _judge(self) -> None:
        with self._lock:
            self._latency, self._energy = self._precisions()

    def _is_full(self) -> bool:
        """Whether as many architectures were measured as may be."""
        return sum(one.role != "reference" for one in self.journal.entries) >= self.settings.most

    def _is_enough(self) -> bool:
        space = self.settings.space
        fitted, *_ = self._rows("fit")
        if self._is_full():
            return True
        counts = self._counts(fitted)
        lost = self._counts(np.array([one.code for one in self.journal.left_out])) >= MOST_LEFT_OUT
        if lost.any():  # no tables of all widths can be had: the others are measured for whoever wants the rows
            return bool((counts[~lost] >= LEAST).all())
        if counts.min() < LEAST or self._latency.typical > self.settings.precision:
            return False
        if any(meter.measures_energy for meter in self.meters) and not self._energy_is_enough():
            return False
        try:
            refuse_few(space, fitted, "measurements")
        except InputError:
            return False
        return True

    def _energy_is_enough(self) -> bool:
        codes, _, _, energies = self._rows("fit")
        if self._counts(codes[np.isfinite(energies)]).min() < LEAST:
            return False
        return self._energy.typical <= ENERGY_PRECISION * self.settings.precision

    def _counts(self, codes: Codes) -> Ints:
        """How many architectures each embed_dim and bias has."""
        space = self.settings.space
        groups = space.groups(codes.reshape(-1, space.n_genes).astype(np.int64))
        return np.bincount(groups, minlength=len(space.embed_dim) * len(space.bias)).astype(np.int64)

    def _rows(self, *roles: Role) -> tuple[Codes, Ints, Floats, Floats]:
        """Rows in order: architectures, campaign_index, median latencies, and median energies, NaN where missing."""
        rows = sorted((one for one in self.journal.entries if one.role in roles), key=lambda one: one.campaign_index)
        codes = np.array([one.code for one in rows], dtype=np.int64).reshape(-1, self.settings.space.n_genes)
        index = np.array([one.campaign_index for one in rows], dtype=np.int64)
        latency = np.array([np.median(one.latency_ms) for one in rows])
        energy = np.array([np.nan if one.energy_wh is None else np.median(one.energy_wh) for one in rows])
        return codes, index, latency, energy

    def _precisions(self) -> tuple[Precision, Precision]:
        codes, index, latency, energy = self._rows("fit", "reference")
        references = (codes == np.array(self._design.reference)).all(axis=1)
        found = []
        for values in (latency, energy):
            known = np.isfinite(values)
            fitted = known & ~references
            if self._counts(codes[fitted]).min() < LEAST:
                found.append(UNKNOWN)
                continue
            everything = np.ones(int(known.sum()), dtype=bool)
            drift = estimate_drift(self.settings.space, codes[known], values[known], index[known], everything)
            corrected = values.copy()
            corrected[known] *= np.exp(-drift.log_ratio)
            found.append(predicted_error(self.settings.space, codes[fitted], corrected[fitted]))
        return found[0], found[1]
