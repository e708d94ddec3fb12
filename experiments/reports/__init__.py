"""Reports: what the commands print, draw and write.

- `bias.replay`, `bias.bias_table`: how the surrogates' answers differ from measurements.
- `reading.read`: the runs of a folder, compared, as every command reads them.
- `page`: one HTML page of a comparison.
- `pictures`: the pictures of a comparison and of a replay.
- `optimizers.facts_of`, `optimizers.markdown_table`: the optimizers by name, for ``--help`` and the docs.
"""
