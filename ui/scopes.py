"""What a token may be for, and how much of it where nothing else is said."""

SCOPES = {
    "chat": "take turns and give feedback",
    "read": "look items and catalogues up",
    "people": "read, correct, export and delete what is kept of its own user",
    "metrics": "read /metrics",
    "admin": "all of these, and name another user than its own",
}
"""By name: what it allows."""
USUAL = ("chat", "read", "people")
TURNS_A_MINUTE = 60
