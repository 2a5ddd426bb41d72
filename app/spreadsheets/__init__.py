"""Spreadsheets in and out, for any stage: CSV and XLSX, read with suspicion, shown before they count.

A stage describes its rows as a `Sheet`; `views.add_to` gives its blueprint the pages. A utility:
it imports no stage.
"""
