"""Letters before they go: what waits, holding it and letting it go, reading it."""
