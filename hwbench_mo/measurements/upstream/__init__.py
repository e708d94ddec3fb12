"""The authors' repository: reads the measurements out of its history. Nothing of it is run, imported or unpickled.

`hwbench_mo.measurements.upstream.importer` has `import_upstream`. Nothing is imported here, because the processes that
parse untrusted files start from `worker`, with as little in them as can be.
"""
