"""The score: rhythm, risk, alarm and their reasons, as pure functions on arrays.

Nothing here reads a clock, a database or a file. Days are proleptic ordinals
(``datetime.date.toordinal()``), durations are in days, probabilities in [0, 1].
``docs/scoring.md`` explains the model in prose with a worked example.
"""
