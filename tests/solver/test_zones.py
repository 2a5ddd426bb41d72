"""Time zones come from the package that is shipped, then from the system."""

import zoneinfo
from datetime import UTC, datetime, timedelta
from importlib import resources

import pytest

from solver.zones import zone, zone_names


def test_every_zone_of_the_shipped_package_is_known_and_can_be_read():
    shipped = resources.files("tzdata").joinpath("zones").read_text(encoding="utf-8").split()
    assert len(shipped) > 500
    assert zone_names() >= set(shipped)
    for name in shipped:
        assert zone(name).key == name


def test_a_zone_is_read_from_the_shipped_package_whatever_the_system_says(monkeypatch, tmp_path):
    # A system that takes Nairobi for Kathmandu (and so disagrees with the package).
    wrong = tmp_path / "Africa"
    wrong.mkdir()
    kathmandu = resources.files("tzdata").joinpath("zoneinfo", "Asia", "Kathmandu").read_bytes()
    (wrong / "Nairobi").write_bytes(kathmandu)
    zoneinfo.reset_tzpath([str(tmp_path)])
    zone.cache_clear()
    try:
        noon = datetime(2027, 3, 1, 12, tzinfo=UTC)
        assert noon.astimezone(zone("Africa/Nairobi")).utcoffset() == timedelta(hours=3)
    finally:
        zoneinfo.reset_tzpath()
        zone.cache_clear()


@pytest.mark.parametrize("name", ["Africa/Nowhere", "africa/dakar", "../../etc/passwd", "", "posixrules"])
def test_nothing_else_is_a_zone(name):
    assert name not in zone_names()
    with pytest.raises(KeyError):
        zone(name)
