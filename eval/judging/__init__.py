"""The judge without a model: what code sees in a dialogue, and a regression on it calibrated against people."""
