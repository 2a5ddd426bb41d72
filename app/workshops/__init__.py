"""Workshops: requested, approved, planned, held; and the funds that pay for them."""
