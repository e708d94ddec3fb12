"""Sweeps: from a command line to the files of its runs, in the order in which they are used.

- `request.Request`: what a command line of ``experiments.run`` asks for; `overrides` checks its words.
- `plan.Sweep`, `plan.Planned`: the runs of a sweep, and `plan.planned`: those of every sweep of a folder.
- `configuration.build`, `configuration.Run`: from a configuration to live objects; `configuration.choices`.
- `identity.identity_of`, `identity.versions_of`: what decides the result of a run.
- `job.perform`: the runs of one job.
- `store`: where results, claims and notes on failures are.
- `outcome.Failure`, `outcome.unfinished`: what became of the runs; `progress.Live` shows it meanwhile.
"""
