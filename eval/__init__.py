"""Is it any good: measurements on labelled data."""
