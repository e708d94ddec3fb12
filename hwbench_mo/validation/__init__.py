"""Judges surrogates and their peers on architectures kept from every fit; see `hwbench_mo.validation.command`."""
