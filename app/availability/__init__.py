"""Availability: when people can, cannot, and would rather; the holidays of their country."""
