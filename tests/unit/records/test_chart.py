"""Where things stand in a chart: inside it, in order, and never on top of one another."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from records.views.chart import NARROW, WIDE, Dot, draw, levels

FRAMES = pytest.mark.parametrize("frame", [NARROW, WIDE], ids=lambda one: one.name)


def dot(at, *values, ranges=(), lab=0, joined=True, label="March 4, 2026"):
    ranges = ranges or tuple((None, None) for _ in values)
    return Dot(at, at, at, tuple(map(float, values)), ranges, lab, joined, False, label, f"{values} on {at}")


def day(number):
    return datetime(2026, 1, 1, tzinfo=UTC) + timedelta(days=number)


def places(drawing):
    return [(float(spot.x), float(spot.y)) for spot in drawing.spots]


def is_inside(frame, drawing):
    sides = (frame.left, frame.width - frame.right)
    heights = (frame.top, frame.height - frame.bottom)
    return all(
        sides[0] <= x <= sides[1] and heights[0] - 0.1 <= y <= heights[1] + 0.1 for x, y in places(drawing)
    ) and all(
        sides[0] - 0.1 <= float(one.x)
        and float(one.x) + float(one.width) <= sides[1] + 0.1
        and heights[0] - 0.1 <= float(one.y)
        and float(one.y) + float(one.height) <= heights[1] + 1.1
        for one in drawing.bands
    )


VALUE = some.floats(min_value=-1e15, max_value=1e15).map(lambda one: 0.0 if abs(one) < 1e-15 else one)
SIDE = some.none() | VALUE


@FRAMES
@settings(max_examples=40, deadline=None)
@given(rows=some.lists(some.tuples(some.integers(0, 40_000), VALUE, SIDE, SIDE), min_size=1, max_size=30))
def test_points_and_ranges_stay_inside_and_dates_in_order(frame, rows):
    dots = [dot(day(at), value, ranges=((low, high),)) for at, value, low, high in sorted(rows, key=str)]
    dots.sort(key=lambda one: one.at)
    drawing = draw(frame, dots, ["1 %"])
    assert is_inside(frame, drawing)
    across = [x for x, _ in places(drawing)]
    assert across == sorted(across)
    assert len(drawing.levels) >= 2
    assert len({one.text for one in drawing.levels}) == len(drawing.levels)


@FRAMES
def test_dates_on_the_axis_do_not_touch_and_stay_inside(frame):
    dots = [dot(day(at), 5, label=f"March {at}, 2026") for at in range(30)]
    dates = sorted(draw(frame, dots).dates, key=lambda one: float(one.x))
    spans = [
        (
            float(one.x) - len(one.text) * frame.letter / 2,
            float(one.x) + len(one.text) * frame.letter / 2,
        )
        for one in dates
    ]
    assert [dates[0].text, dates[-1].text] == ["March 0, 2026", "March 29, 2026"]
    assert spans[0][0] >= 0
    assert spans[-1][1] <= frame.width
    assert all(one[1] < other[0] for one, other in pairwise(spans))


@FRAMES
def test_a_higher_value_stands_higher_and_the_newest_is_named_inside(frame):
    drawing = draw(frame, [dot(day(0), 8.1), dot(day(90), 7.2)], ["7.2 %"])
    (_, high), (_, low) = places(drawing)
    assert high < low
    (label,) = drawing.last
    assert label.text == "7.2 %"
    assert 0 < float(label.x) < frame.width
    assert 12 < float(label.y) < frame.height


@FRAMES
@pytest.mark.parametrize(("before", "is_below"), [(8.1, True), (5.0, False)])
def test_the_newest_value_is_written_where_the_line_does_not_come_from(frame, before, is_below):
    ends = ((4, 9),)
    drawing = draw(frame, [dot(day(0), before, ranges=ends), dot(day(90), 7.2, ranges=ends)], ["7.2 %"])
    assert (float(drawing.last[0].y) > places(drawing)[-1][1]) is is_below


def test_the_line_has_a_gap_where_it_is_broken():
    dots = [dot(day(0), 5), dot(day(9), 6), dot(day(20), 7, joined=False), dot(day(30), 6)]
    assert [len(one.points.split()) for one in draw(WIDE, dots).paths] == [2, 2]
    lonely = [dot(day(0), 5), dot(day(9), 6, joined=False)]
    assert draw(WIDE, lonely).paths == ()


def test_each_lab_keeps_its_own_range():
    ranges = [((4, 5.6),), ((4, 6),), ((4, 5.6),), ((None, None),)]
    dots = [
        dot(day(30 * n), 5, ranges=one, lab=lab)
        for n, (one, lab) in enumerate(zip(ranges, (0, 1, 0, 0), strict=True))
    ]
    bands = draw(WIDE, dots).bands
    assert [one.style for one in bands] == [0, 1]
    assert float(bands[0].width) > float(bands[1].width)


def test_a_range_far_away_does_not_flatten_the_line():
    near = draw(WIDE, [dot(day(0), 5), dot(day(9), 6)])
    far = draw(WIDE, [dot(day(0), 5, ranges=((0, 9999),)), dot(day(9), 6, ranges=((0, 9999),))])
    assert max(float(one.text) for one in far.levels) <= 2 * max(float(one.text) for one in near.levels)


def test_a_blood_pressure_is_two_lines():
    drawing = draw(NARROW, [dot(day(0), 130, 80), dot(day(9), 120, 85)], ["120", "85"])
    assert [one.line for one in drawing.paths] == [0, 1]
    assert [one.text for one in drawing.last] == ["120", "85"]


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [
        (4, 8.1, [4, 5, 6, 7, 8, 9]),
        (0, 1, [0, 0.5, 1]),
        (95, 105, [95, 100, 105]),
        (-3, 3, [-4, -2, 0, 2, 4]),
    ],
)
def test_the_scale_is_made_of_round_numbers(low, high, expected):
    assert levels(low, high) == pytest.approx(expected)
