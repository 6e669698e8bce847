"""The demo portfolio: two years of simulated client care, from a seed, with the truth kept beside it.

Pure: nothing here imports Django or reads a clock. ``portfolio.generate_portfolio`` is the only entrance.
"""
