"""Home: what needs each person now; and the pages that the service itself needs."""
