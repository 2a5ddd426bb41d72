"""An upload from keeping to applying: once, as it was seen, by whom it belongs to."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.access import Actor, Forbidden
from app.errors import NotFound
from app.facts import AuditEntry
from app.network.models import Place
from app.network.sheets import PLACES
from app.spreadsheets import queries, services
from app.spreadsheets.csv_files import read_csv
from app.spreadsheets.models import Upload
from app.spreadsheets.problems import UnreadableFile
from tests.conftest import NOW
from tests.factories import make_actor, make_place

HEADINGS = "code,name,country,latitude,longitude,timezone\n"
DAKAR = "sn-dakar,Dakar,SN,14.7,-17.4,Africa/Dakar\n"
LOME = "tg-lome,Lomé,TG,6.1,1.2,Africa/Lome\n"
BROKEN = "xx,Nowhere,XX,95,0,Mars/Base\n"


@pytest.fixture
def coordinator(db: Session) -> Actor:
    return make_actor(db, "coordinator")


def kept(db: Session, actor: Actor, rows: str = DAKAR + LOME) -> Upload:
    return services.keep_upload(
        db,
        actor=actor,
        sheet=PLACES,
        filename="places.csv",
        table=read_csv((HEADINGS + rows).encode()),
        now=NOW,
    )


def apply(db: Session, actor: Actor, upload: Upload, fingerprint: str = "") -> object:
    seen = fingerprint or queries.plan_of(db, actor=actor, upload=upload, sheet=PLACES).fingerprint()
    return services.apply_upload(
        db, actor=actor, upload=upload, sheet=PLACES, fingerprint=seen, now=NOW + timedelta(minutes=5)
    )


def place_names(db: Session) -> list[str]:
    return list(db.scalars(select(Place.name).order_by(Place.name)))


def test_keeping_a_file_changes_no_row(db: Session, coordinator: Actor) -> None:
    before = place_names(db)
    kept(db, coordinator)
    assert place_names(db) == before


def test_applying_writes_what_is_not_refused_and_says_how_much(db: Session, coordinator: Actor) -> None:
    before = place_names(db)
    upload = kept(db, coordinator, DAKAR + BROKEN + LOME)
    assert isinstance(apply(db, coordinator, upload), services.Applied)
    assert place_names(db) == sorted([*before, "Dakar", "Lomé"])
    assert upload.outcome == {"new": 2, "changed": 0, "same": 0, "refused": 1}
    assert upload.table == {}


def test_a_second_time_nothing_is_done_and_it_is_said(db: Session, coordinator: Actor) -> None:
    upload = kept(db, coordinator)
    apply(db, coordinator, upload)
    db.commit()
    count = len(place_names(db))
    assert isinstance(apply(db, coordinator, upload, "any"), services.AlreadyApplied)
    assert len(place_names(db)) == count


def test_when_rows_have_changed_since_the_look_the_new_plan_is_shown_instead(
    db: Session, coordinator: Actor
) -> None:
    upload = kept(db, coordinator)
    seen = queries.plan_of(db, actor=coordinator, upload=upload, sheet=PLACES).fingerprint()
    make_place(db, code="sn-dakar", name="Dakar Plateau")
    outcome = apply(db, coordinator, upload, seen)
    assert isinstance(outcome, services.Differs)
    assert outcome.plan.counts() == {"new": 1, "changed": 1, "same": 0, "refused": 0}
    db.commit()
    db.expire_all()
    assert "Lomé" not in place_names(db)
    assert isinstance(apply(db, coordinator, upload), services.Applied)
    assert "Dakar Plateau" not in place_names(db)


def test_the_audit_trail_keeps_who_and_every_value_before_and_after(db: Session, coordinator: Actor) -> None:
    make_place(db, code="sn-dakar", name="Ndakaaru", latitude=14.7, longitude=-17.4)
    upload = kept(db, coordinator, "sn-dakar,Dakar,SN,14.7,-17.4,Africa/Dakar\n" + LOME)
    apply(db, coordinator, upload)
    entry = db.scalars(select(AuditEntry).where(AuditEntry.fact == "SheetImported")).one()
    assert (entry.actor_account_id, entry.facts["sheet"]) == (coordinator.account_id, "places")
    assert entry.before == {"sn-dakar": {"name": "Ndakaaru"}}
    assert entry.after["sn-dakar"] == {"name": "Dakar"}
    assert entry.after["tg-lome"]["timezone"] == "Africa/Lome"


def test_an_upload_exists_for_its_owner_only_and_for_a_few_hours(db: Session, coordinator: Actor) -> None:
    upload = kept(db, coordinator)
    assert queries.upload_of(db, actor=coordinator, token=upload.token, now=NOW) is upload
    for actor, token, now in (
        (make_actor(db, "coordinator"), upload.token, NOW),
        (coordinator, upload.token, NOW + services.KEPT_FOR),
        (coordinator, "another", NOW),
    ):
        with pytest.raises(NotFound):
            queries.upload_of(db, actor=actor, token=token, now=now)


def test_uploads_whose_time_is_over_are_dropped(db: Session, coordinator: Actor) -> None:
    kept(db, coordinator)
    services.discard_expired(db, now=NOW + services.KEPT_FOR)
    assert db.scalar(select(func.count()).select_from(Upload)) == 0


def test_those_who_may_not_import_can_neither_keep_nor_apply(db: Session, coordinator: Actor) -> None:
    officer = make_actor(db, "officer")
    with pytest.raises(Forbidden):
        kept(db, officer)
    with pytest.raises(Forbidden):
        apply(db, officer, kept(db, coordinator))


def test_a_file_with_the_wrong_headings_is_not_kept(db: Session, coordinator: Actor) -> None:
    with pytest.raises(UnreadableFile):
        services.keep_upload(
            db, actor=coordinator, sheet=PLACES, filename="x", table=read_csv(b"a,b\n1,2\n"), now=NOW
        )
    assert db.scalar(select(func.count()).select_from(Upload)) == 0
