"""The map's projection, against figures worked out from its published formula."""

from __future__ import annotations

from math import asin, pi, sqrt

import pytest

from app.geo import degrees_from_centre, equal_earth, place_on_map


def test_the_centre_is_the_origin() -> None:
    assert equal_earth(0, 0) == (0, 0)


def test_along_the_equator_x_grows_with_the_longitude() -> None:
    # θ = 0 leaves x = 2√3 λ / (3 · 1.340264).
    assert equal_earth(0, 180) == pytest.approx((2 * sqrt(3) * pi / (3 * 1.340264), 0))


def test_the_pole_is_as_high_as_the_formula_says() -> None:
    # θ = asin(√3/2) = π/3, so y = 1.340264 θ − 0.081106 θ³ + 0.000893 θ⁷ + 0.003796 θ⁹.
    theta = pi / 3
    assert asin(sqrt(3) / 2) == pytest.approx(theta)
    height = 1.340264 * theta - 0.081106 * theta**3 + 0.000893 * theta**7 + 0.003796 * theta**9
    assert equal_earth(90, 0)[1] == pytest.approx(height)


def test_areas_keep_their_proportion() -> None:
    """The surface of a strip between two parallels is what it is on the sphere: sin φ₂ − sin φ₁ of it."""
    steps = 2000

    def surface(south: float, north: float) -> float:
        total = 0.0
        for step in range(steps):
            low, high = (south + (north - south) * (step + part) / steps for part in (0, 1))
            width = 2 * equal_earth((low + high) / 2, 180)[0]
            total += width * (equal_earth(high, 0)[1] - equal_earth(low, 0)[1])
        return total

    assert surface(0, 30) / surface(0, 90) == pytest.approx(0.5, abs=1e-3)
    assert surface(0, 90) == pytest.approx(2 * pi, rel=1e-3)


@pytest.mark.parametrize(
    ("longitude", "offset"), [(11, 0), (-169, -180), (-168.9, -179.9), (-171.77, 177.23), (180, 169)]
)
def test_the_map_is_cut_through_the_bering_strait(longitude: float, offset: float) -> None:
    assert degrees_from_centre(longitude) == pytest.approx(offset)


def test_neighbours_in_the_pacific_stay_neighbours() -> None:
    suva, apia = place_on_map(-18.14, 178.44), place_on_map(-13.83, -171.77)
    assert 90 < suva.x < apia.x < 100
    assert suva.y > apia.y


def test_a_place_north_is_higher_and_one_east_is_further_right() -> None:
    dakar, paris, nairobi = place_on_map(14.69, -17.45), place_on_map(48.85, 2.35), place_on_map(-1.29, 36.82)
    assert paris.y < dakar.y < nairobi.y
    assert dakar.x < paris.x < nairobi.x


@pytest.mark.parametrize("place", [(91, 0), (0, 181), (float("nan"), 0), (0, float("inf"))])
def test_what_is_no_place_on_earth_is_refused(place: tuple[float, float]) -> None:
    with pytest.raises(ValueError, match="not a place"):
        place_on_map(*place)
