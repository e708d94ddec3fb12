"""Import of the authors' repository, ``automl/HW-GPT-Bench``: `importer` says what is known of it."""
