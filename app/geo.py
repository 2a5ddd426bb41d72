"""Where a place lies on the map: the Equal Earth projection, in plain Python.

Formulae: B. Šavrič, T. Patterson, B. Jenny, "The Equal Earth map projection", International Journal of
Geographical Information Science 33 (2019) 454–465, https://doi.org/10.1080/13658816.2018.1504949.

The map is cut at 169° W, through the Bering Strait, so that no country is cut and the islands of the
western Pacific stay together; it leaves out Antarctica. ``tools/make_world.py`` draws the countries with
the same functions.
"""

from math import asin, cos, isfinite, radians, sin, sqrt
from typing import NamedTuple

CENTRAL_MERIDIAN = 11.0
SOUTH, NORTH = -57.0, 84.0

_A1, _A2, _A3, _A4 = 1.340264, -0.081106, 0.000893, 0.003796
_ROOT_3 = sqrt(3)


class MapPosition(NamedTuple):
    """A position on the map, in per cent of its width from the left and of its height from the top."""

    x: float
    y: float


def equal_earth(latitude: float, longitude_from_centre: float) -> tuple[float, float]:
    """Project degrees to the plane of a sphere of radius 1: x to the east, y to the north."""
    theta = asin(_ROOT_3 / 2 * sin(radians(latitude)))
    square = theta * theta
    sixth = square * square * square
    slope = 9 * _A4 * sixth * square + 7 * _A3 * sixth + 3 * _A2 * square + _A1
    x = 2 * _ROOT_3 * radians(longitude_from_centre) * cos(theta) / (3 * slope)
    y = theta * (_A4 * sixth * square + _A3 * sixth + _A2 * square + _A1)
    return x, y


_HALF_WIDTH = equal_earth(0, 180)[0]
_BOTTOM, _TOP = equal_earth(SOUTH, 0)[1], equal_earth(NORTH, 0)[1]


def degrees_from_centre(longitude: float) -> float:
    """The longitude as seen from the map's central meridian, from −180 up to but not including 180."""
    return (longitude - CENTRAL_MERIDIAN + 180) % 360 - 180


def position(latitude: float, degrees_east_of_centre: float) -> MapPosition:
    """The position of a point given by its distance from the central meridian, which may pass ±180."""
    x, y = equal_earth(latitude, degrees_east_of_centre)
    return MapPosition(50 + 50 * x / _HALF_WIDTH, 100 * (_TOP - y) / (_TOP - _BOTTOM))


def place_on_map(latitude: float, longitude: float) -> MapPosition:
    """The position of a place given in degrees north and east.

    Places south of the map (Antarctica) get a ``y`` above 100. Raises ``ValueError`` for a latitude outside
    ±90, a longitude outside ±180 or a number that is not finite.
    """
    if not (isfinite(latitude) and isfinite(longitude)):
        raise ValueError(f"not a place on Earth: {latitude}, {longitude}")
    if not (-90 <= latitude <= 90 and -180 <= longitude <= 180):
        raise ValueError(f"not a place on Earth: {latitude}, {longitude}")
    return position(latitude, degrees_from_centre(longitude))
