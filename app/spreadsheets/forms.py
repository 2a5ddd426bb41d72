"""Uploading a file, and agreeing to what it would do."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from wtforms import HiddenField


class UploadForm(FlaskForm):  # type: ignore[misc]
    file = FileField(_l("File"), validators=[FileRequired(_l("Choose a file first."))])


class ApplyForm(FlaskForm):  # type: ignore[misc]
    fingerprint = HiddenField()
