"""Initiatives: projects of members that group workshops and hold a part of a fund."""
