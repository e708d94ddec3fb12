"""The explorer: one page that recommends an architecture while limits are dragged.

- `data.tables_of`: the tables that the page computes with. `document.explorer_page`: the page.
"""
