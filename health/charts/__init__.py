"""Figures as plotly's Python API makes them; pure. Colours are CSS custom properties that the page resolves."""
