"""Fitting: from a folder of measurements to the artifacts that ship.

Run it with ``python -m hwbench_mo.fitting MEASUREMENTS OUT``; check it on rows kept from the fit with
``python -m hwbench_mo.fitting.evaluate MEASUREMENTS``.
"""

from hwbench_mo.fitting.fit import fit_folder, fit_space
from hwbench_mo.fitting.measurements import Measurements, read_measurements

__all__ = ["Measurements", "fit_folder", "fit_space", "read_measurements"]
