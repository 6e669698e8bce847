"""Does the score work on this firm's own past? A weekly walk through it, and what became of what was said.

``walk`` goes through the past week by week and says, with the product's own functions, what would have been said; on a
day it knows nothing of later days. ``silences`` looks up what happened; the other modules compare the two:
``figures`` for the alarm, ``calibration`` for the risk, ``rules`` for simpler rules beside both, ``budgets`` for other
budgets of false alarms. ``report`` puts it together. ``docs/trust.md`` says what each figure means.
"""
