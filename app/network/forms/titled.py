"""Forms for what has a title in four languages: topics, groups, and the days that the network keeps free."""

from __future__ import annotations

from collections.abc import Sequence

from flask_babel import lazy_gettext as _l
from wtforms import DateField
from wtforms.validators import InputRequired

from app.i18n import in_language
from app.network.forms.fields import TitlesForm, choice_field, country_choices
from app.network.models import Closure, Group, Organisation, Topic
from app.network.services.closures import ClosureDetails
from app.network.services.groups import GroupDetails
from app.network.services.topics import TopicDetails


class TopicForm(TitlesForm):
    area = choice_field(_l("Area"), required=False)

    def offer(self, areas: Sequence[Topic]) -> None:
        """Fill in what can be chosen."""
        self.area.choices = {
            "": str(_l("None: this is an area")),
            **{area.code: in_language(area.titles) for area in areas},
        }

    def show(self, topic: Topic) -> None:
        """Fill in a topic as it is."""
        self.process(data={"area": topic.area.code if topic.area else ""})
        self.show_titles(topic.titles)

    def details(self, areas: Sequence[Topic]) -> TopicDetails:
        """What was written; `areas` as offered."""
        return TopicDetails(
            titles=self.titles, area=next((area for area in areas if area.code == self.area.data), None)
        )


class GroupForm(TitlesForm):
    organisation = choice_field(_l("Organisation"))

    def offer(self, organisations: Sequence[Organisation]) -> None:
        """Fill in what can be chosen."""
        self.organisation.choices = {"": str(_l("Choose")), **{row.code: row.name for row in organisations}}

    def show(self, group: Group) -> None:
        """Fill in a group as it is."""
        self.process(data={"organisation": group.organisation.code})
        self.show_titles(group.titles)

    def details(self, organisations: Sequence[Organisation]) -> GroupDetails:
        """What was written; `organisations` as offered."""
        return GroupDetails(
            titles=self.titles,
            organisation=next(row for row in organisations if row.code == self.organisation.data),
        )


class ClosureForm(TitlesForm):
    country = choice_field(_l("Where"), required=False)
    first_day = DateField(_l("First day"), validators=[InputRequired(_l("Write a date."))])
    last_day = DateField(_l("Last day"), validators=[InputRequired(_l("Write a date."))])

    def offer(self) -> None:
        """Fill in what can be chosen."""
        self.country.choices = country_choices(_l("Everywhere"))

    def show(self, closure: Closure) -> None:
        """Fill in these days as they are."""
        self.process(
            data={
                "country": closure.country,
                "first_day": closure.first_day,
                "last_day": closure.last_day,
            }
        )
        self.show_titles(closure.title)

    def details(self) -> ClosureDetails:
        """What was written."""
        return ClosureDetails(
            country=self.country.data or "",
            first_day=self.first_day.data,
            last_day=self.last_day.data,
            title=self.titles,
        )
