"""Reports: what the commands print, draw and write.

- `bias.replay`, `bias.bias_table`: how the surrogates' answers differ from measurements.
- `pictures`: the pictures of a comparison and of a replay.
- `optimizers.facts_of`, `optimizers.markdown_table`: the optimizers by name, for ``--help`` and the docs.
"""
