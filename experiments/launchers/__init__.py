"""Launchers: where the jobs of a sweep run.

- `preparation.prepare`: makes a process ready for a launcher, or says what is missing.
- `ray`: jobs as tasks of Ray; ``plugins/`` is where Hydra finds it.
"""
