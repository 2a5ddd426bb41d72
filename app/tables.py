"""Every module with tables, so that metadata and migrations know them all."""

from __future__ import annotations

import app.accounts.models
import app.api.models
import app.availability.busy
import app.availability.models
import app.calendars.models
import app.confirmations.models
import app.facts
import app.jobs.models
import app.mail.models
import app.needs.models
import app.network.models
import app.nominations.models
import app.once
import app.own_calendars.models
import app.planning.models
import app.planning.room.models
import app.propositions.models
import app.schedule.models
import app.spreadsheets.models
import app.travel.models
import app.webhooks.models
import app.workshops.models  # noqa: F401
