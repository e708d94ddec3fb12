"""Sweeps: from a command line to the files of its runs, in the order in which they are used.

- `request.Request`: what a command line of ``experiments.run`` asks for; `overrides` checks its words.
- `configuration`: the configurations in ``conf``, by name, as Hydra composes them.
- `runs.Run`, `runs.build`: from a configuration to live objects.
- `identity.identity_of`: what decides the result of a run; `remarks.remark_on`: what to know of it.
- `plan.Plan`, `plan.plan_of`, `plan.read_plan`: the runs of a sweep, as they are kept in its folder.
- `job.perform`: the runs of one job.
- `claims`, `store`: which process makes a run, and where results and notes on failures are.
- `outcome.Failure`, `outcome.unfinished`: what became of the runs; `progress.Live` shows it meanwhile.
"""
