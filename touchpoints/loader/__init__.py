"""Writing parsed rows in bulk: COPY a chunk into a temporary table, resolve it there, insert from there.

The only place of this app with raw SQL: a million rows are fifty chunks of a few statements each.
"""
