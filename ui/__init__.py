"""Every door in: adapters only, no decisions."""
