"""Which day it is: that of UTC, for the servers that share people's data need not stand in one place."""

from datetime import UTC, date, datetime


def today() -> date:
    """Return today's date in UTC, as spending, profiles and the linker count days."""
    return datetime.now(UTC).date()
