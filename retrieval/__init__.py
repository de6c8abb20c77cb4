"""What items exist and how to find them; knows nothing of models that talk."""
