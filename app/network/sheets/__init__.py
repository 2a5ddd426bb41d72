"""Organisations, people, places and venues as spreadsheets."""

from app.network.sheets.organisations import ORGANISATIONS
from app.network.sheets.people import PEOPLE
from app.network.sheets.places import PLACES, VENUES

SHEETS = (ORGANISATIONS, PEOPLE, PLACES, VENUES)
