"""Fitting: from measurements to the tables of surrogates, and to the artifacts that ship."""

from hwbench_mo.fitting.fit import fit_folder, fit_space

__all__ = ["fit_folder", "fit_space"]
