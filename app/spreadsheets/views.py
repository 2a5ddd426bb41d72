"""The pages of import and export, for the blueprint of any stage: `add_to(blueprint, sheets)`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask import Blueprint, Response, current_app, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app import clock
from app.access import Actor, Rule, allow, require
from app.db import database, unit_of_work
from app.errors import NotFound
from app.spreadsheets import queries, services
from app.spreadsheets.csv_files import write_csv
from app.spreadsheets.forms import ApplyForm, UploadForm
from app.spreadsheets.plan import Plan
from app.spreadsheets.problems import Problem, UnreadableFile, say
from app.spreadsheets.reading import read_table
from app.spreadsheets.sheet import Column, Sheet
from app.spreadsheets.table import COMMENT

ROWS_PER_PAGE = 100
MEDIA_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def add_to(blueprint: Blueprint, sheets: Sequence[Sheet], *, title: Any, rule: Rule) -> None:
    """Give a blueprint the pages `spreadsheets`, `spreadsheet` (one sheet), `upload` and the files.

    `title` names the stage, whose first page is `index`; `rule` is who may see the pages, while what each
    may take away or bring is the sheets' to say.
    """
    pages = SpreadsheetPages(blueprint.name, title, {sheet.name: sheet for sheet in sheets})
    for path, endpoint, view, methods in (
        ("/spreadsheets", "spreadsheets", pages.index, ["GET"]),
        ("/spreadsheets/<name>", "spreadsheet", pages.show, ["GET", "POST"]),
        ("/spreadsheets/<name>/rows.<extension>", "spreadsheet_rows", pages.rows, ["GET"]),
        ("/spreadsheets/<name>/template.<extension>", "spreadsheet_template", pages.template, ["GET"]),
        ("/spreadsheets/uploads/<token>", "upload", pages.upload, ["GET", "POST"]),
    ):
        # each blueprint gets functions of its own, since the route rule is a mark on the function
        blueprint.add_url_rule(path, endpoint, allow(rule)(_own(view)), methods=methods)


def _own(method: Any) -> Any:
    def view(**arguments: Any) -> ResponseReturnValue:
        answer: ResponseReturnValue = method(**arguments)
        return answer

    return view


def _actor() -> Actor:
    actor: Actor = g.actor
    return actor


class SpreadsheetPages:
    """The views of one stage's sheets."""

    def __init__(self, stage: str, title: Any, sheets: Mapping[str, Sheet]) -> None:
        self._stage = stage
        self._title = title
        self._sheets = sheets

    def index(self) -> ResponseReturnValue:
        """What can be taken away and brought."""
        actor = _actor()
        sheets = [s for s in self._sheets.values() if s.may_export(actor) or s.may_import(actor)]
        return self._page("index", sheets=sheets)

    def show(self, name: str) -> ResponseReturnValue:
        """One sheet: its files, its columns, and a form to upload one. POST keeps the file and shows it."""
        sheet, actor = self._sheet(name), _actor()
        if not sheet.may_import(actor) and not sheet.may_export(actor):
            raise NotFound
        form = UploadForm()
        if request.method == "POST":
            require(sheet.may_import(actor))
        if form.validate_on_submit():
            given = form.file.data
            try:
                table = read_table(given.read())
                with unit_of_work() as db:
                    upload = services.keep_upload(
                        db,
                        actor=actor,
                        sheet=sheet,
                        filename=given.filename or "",
                        table=table,
                        now=clock.now(),
                    )
                return redirect(url_for(f"{self._stage}.upload", token=upload.token), 303)
            except UnreadableFile as unreadable:
                form.file.errors = [say(unreadable.problem)]
        page = self._page(
            "sheet",
            sheet=sheet,
            form=form,
            may_import=sheet.may_import(actor),
            columns=notes_of(sheet)[1:],
            megabytes=current_app.config["MAX_CONTENT_LENGTH"] // (1024 * 1024),
        )
        return page, 422 if form.errors else 200

    def rows(self, name: str, extension: str) -> ResponseReturnValue:
        """The rows within the reader's reach, as a file."""
        sheet, actor = self._sheet(name), _actor()
        if not sheet.may_export(actor):
            raise NotFound
        rows = queries.exported(database.session(), actor=actor, sheet=sheet)
        return sheet_file(sheet, extension, rows, f"{sheet.name}-{clock.today().isoformat()}")

    def template(self, name: str, extension: str) -> ResponseReturnValue:
        """Headings in the reader's language with a row of hints under them, which an upload passes over."""
        sheet = self._sheet(name)
        if not sheet.may_import(_actor()):
            raise NotFound
        columns = [column for column in sheet.columns if not column.read_only]
        headings: list[object] = [str(column.title) for column in columns]
        hints: list[object] = [hint_of(column) for column in columns]
        hints[0] = f"{COMMENT} {hints[0]}"
        return sheet_file(sheet, extension, [headings, hints], f"{sheet.name}-template")

    def upload(self, token: str) -> ResponseReturnValue:
        """Row by row what a file would do; POST does it, once."""
        actor, now = _actor(), clock.now()
        form = ApplyForm()
        if form.validate_on_submit():
            with unit_of_work() as db:
                upload = queries.upload_of(db, actor=actor, token=token, now=now)
                outcome = services.apply_upload(
                    db,
                    actor=actor,
                    upload=upload,
                    sheet=self._sheet(upload.sheet),
                    fingerprint=form.fingerprint.data or "",
                    now=now,
                )
            match outcome:
                case services.Applied():
                    flash(_("The file has been applied."), "success")
                case services.AlreadyApplied():
                    flash(_("This file had already been applied. Nothing was done a second time."), "info")
                case services.Differs(plan):
                    return self._preview(upload.token, upload.filename, plan, differs=True), 409
            return redirect(url_for(f"{self._stage}.upload", token=token), 303)
        db = database.session()
        upload = queries.upload_of(db, actor=actor, token=token, now=now)
        sheet = self._sheet(upload.sheet)
        if upload.applied_at is not None:
            return self._page("applied", sheet=sheet, upload=upload)
        plan = queries.plan_of(db, actor=actor, upload=upload, sheet=sheet)
        return self._preview(token, upload.filename, plan, differs=False)

    def _preview(self, token: str, filename: str, plan: Plan, *, differs: bool) -> str:
        """One page of a plan: the rows of the state asked for, else those that need a look first."""
        counts = plan.counts()
        state = request.args.get("state", "")
        if state not in counts:
            state = ""
        entries = [entry for entry in plan.entries if not state or entry.state == state]
        pages = max(1, -(-len(entries) // ROWS_PER_PAGE))
        page = min(max(1, request.args.get("page", 1, type=int)), pages)
        return self._page(
            "upload",
            sheet=plan.sheet,
            plan=plan,
            token=token,
            filename=filename,
            counts=counts,
            state=state,
            differs=differs,
            entries=entries[(page - 1) * ROWS_PER_PAGE : page * ROWS_PER_PAGE],
            page_number=page,
            pages=pages,
            form=ApplyForm(formdata=None, fingerprint=plan.fingerprint()),
        )

    def _page(self, name: str, **context: Any) -> str:
        return render_template(
            f"spreadsheets/{name}.html",
            stage=self._stage,
            stage_name=self._title,
            say=_say_in(context.get("sheet")),
            shown=shown,
            **context,
        )

    def _sheet(self, name: str) -> Sheet:
        if name not in self._sheets:
            raise NotFound
        return self._sheets[name]


def _say_in(sheet: Sheet | None) -> Any:
    """`say` with the sheet's own sentences and the title of the column before what is wrong with it."""

    def sentence(problem: Problem) -> str:
        text = say(problem, sheet.sentences if sheet else None)
        if problem.column is None or sheet is None:
            return text
        return f"{sheet.column(problem.column).title}: {text}"

    return sentence


def shown(column: Column, value: Any) -> str:
    """A value of a row as the reader meets it in the preview."""
    text = str(column.write(value))
    return text if len(text) <= 200 else text[:199] + "…"


def hint_of(column: Column) -> str:
    """What to write in a column: its hint, and whether it may stay empty."""
    hint = str(column.hint)
    if not column.required:
        return hint
    return f"{hint} ({_('required')})" if hint else _("required")


def sheet_file(sheet: Sheet, extension: str, rows: list[list[object]], name: str) -> Response:
    """These rows of a sheet as a file to keep. Raises NotFound for a kind that is not written."""
    if extension not in MEDIA_TYPES:
        raise NotFound
    if extension == "csv":
        content = write_csv(rows)
    else:
        from app.spreadsheets.xlsx_files import write_xlsx  # openpyxl is slow to load, and seldom needed

        content = write_xlsx([(str(sheet.title), rows), (_("Notes"), notes_of(sheet))])
    return Response(
        content,
        content_type=MEDIA_TYPES[extension],
        headers={
            "Content-Disposition": f'attachment; filename="{name}.{extension}"',
            "Cache-Control": "no-store",
        },
    )


def notes_of(sheet: Sheet) -> list[list[object]]:
    """What stands in each column, for the second worksheet of a workbook."""
    rows: list[list[object]] = [[_("Column"), _("What to write")]]
    rows += ([str(column.title), hint_of(column)] for column in sheet.columns)
    return rows
