"""The views of availability: one's own page, those of people one looks after, and who was asked."""

from app.availability.views import asks, last_year, page, painter, patterns, school
from app.availability.views.blueprint import blueprint

__all__ = ["asks", "blueprint", "last_year", "page", "painter", "patterns", "school"]
