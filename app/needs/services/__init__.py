"""Writing calls and answers: one verb per function."""
