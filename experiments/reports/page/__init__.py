"""One HTML page that says who won, where, and how sure that is: for people who ran nothing.

archives ─> data (optimizers, problems, curves, fronts) ─> document <─ summary, origins, markup of tables

What the browser runs is in ``assets``: a template, a style sheet and scripts, one noun each, which `document` puts into
the page with everything else that it needs. It loads nothing.
"""
