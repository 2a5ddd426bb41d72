"""The demonstration: a real network, invented people, and a year of requests, all from one seed."""
