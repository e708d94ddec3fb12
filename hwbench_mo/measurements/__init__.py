"""Measurements: the record of a space, and the reader and writer of folders of them."""

from hwbench_mo.measurements.fingerprint import fingerprint
from hwbench_mo.measurements.reader import read_measurements
from hwbench_mo.measurements.record import Measurements

__all__ = ["Measurements", "fingerprint", "read_measurements"]
