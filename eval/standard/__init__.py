"""Standard tables: one command each, results kept beside the code, and a sample of each to be computed again."""
