"""Formulas: pure functions from what is stored to figures, always with the rows behind them."""
