"""Items as short tuples of codes, and a small model that generates the tuples of what comes next."""
