"""Fixtures of the doors: a fake agent, and the module that holds it importable by name."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
