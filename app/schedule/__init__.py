"""The schedule: published versions, what changed between two of them, the sessions now in force."""
