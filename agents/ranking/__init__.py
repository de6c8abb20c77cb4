"""From the lists of the tools to one order of the pool."""
