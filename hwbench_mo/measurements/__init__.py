"""Measurements of the architectures of a space: the record, its reader and writer, and a hash of the files."""

from hwbench_mo.measurements.fingerprint import fingerprint
from hwbench_mo.measurements.reader import read_measurements
from hwbench_mo.measurements.record import Measurements
from hwbench_mo.measurements.writer import write_measurements

__all__ = ["Measurements", "fingerprint", "read_measurements", "write_measurements"]
