"""From a message or a click to what it means and the changed ledger; deterministic."""
