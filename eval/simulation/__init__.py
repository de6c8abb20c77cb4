"""Tasks whose answer code can check, users who act them out, and systems of any kind that answer."""
