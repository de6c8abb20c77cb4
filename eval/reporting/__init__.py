"""What evaluations left, as one page to read, and two of them compared."""
