"""What the optimizers of Syne Tune share. The record here needs no import of Syne Tune."""

from optimizers.shared import Library

SYNE_TUNE = Library(name="Syne Tune", module="syne_tune", distributions=("syne-tune", "moocore"), extra="syne-tune")
"""Syne Tune; moocore ranks for it."""

__all__ = ["SYNE_TUNE"]
