"""Organisations name the people whom they would send to a workshop."""
