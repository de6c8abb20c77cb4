"""From the verified slate to words about it, each of them checked."""
