"""Which of the processes that torchrun started this one is; known without PyTorch."""

import os


def n_processes() -> int:
    """Return how many processes train together; 1 without torchrun."""
    return int(os.environ.get("WORLD_SIZE", "1"))


def rank() -> int:
    """Return which of them this is, from 0; the first leads."""
    return int(os.environ.get("RANK", "0"))
