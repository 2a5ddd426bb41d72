"""Changing the network, by subject. Each verb guards, changes, flushes and records one fact."""
