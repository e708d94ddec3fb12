"""The study of all seventeen optimizers: ``python -m studies.main_study``, or ``make study``.

design (what is run) ─> runs (sweeps of ``experiments.run``) ─> tables and pictures ─> baselines that ship
"""
