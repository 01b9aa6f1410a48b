"""Plots: what is unknown is a gap, the words say what the lines show, nothing in them breaks the pages' rules."""

from __future__ import annotations

import re
from dataclasses import replace
from xml.etree import ElementTree

import pytest
import vl_convert

from schemas.vocabulary import Language
from services.domain.figures import Figure
from services.reports.curve import Point, curve
from services.reports.plots import WIDTHS, Width, delivered_plot
from tests.reports.samples import ON, drawn, replay

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module")
def sample() -> tuple[Figure, list[Point]]:
    return drawn()


def root(svg: str) -> ElementTree.Element:
    return ElementTree.fromstring(svg)  # noqa: S314 -- our own drawing


def delivered_line(svg: str) -> str:
    """The path of the delivered line: the thickest."""
    return next(path.attrib["d"] for path in root(svg).iter(f"{SVG}path") if path.attrib.get("stroke-width") == "3.5")


def shown(svg: str) -> list[str]:
    return [text.text or "" for text in root(svg).iter(f"{SVG}text")]


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("language", ["da", "en"])
def test_a_plot_is_an_image_with_a_title_and_a_description(
    language: Language, width: Width, sample: tuple[Figure, list[Point]]
) -> None:
    svg = root(delivered_plot(*sample, language, width))
    title, told = svg.find(f"{SVG}title"), svg.find(f"{SVG}desc")
    assert title is not None
    assert told is not None
    assert svg.attrib["role"] == "img"
    assert svg.attrib["aria-labelledby"] == title.attrib["id"]
    assert svg.attrib["aria-describedby"] == told.attrib["id"]
    assert title.text == {"da": "Oplæring, årsværk", "en": "Oplæring, årsværk (FTE)"}[language]
    assert (told.text or "").startswith(
        {
            "da": "Pr. 20-11-2026: leveret 2,0 årsværk, burde være 2,6 årsværk, aftalt 12,0 årsværk, ",
            "en": "As of 20-11-2026: delivered 2.0 FTE, expected 2.6 FTE, agreed 12.0 FTE, ",
        }[language]
    )


def test_months_and_numbers_are_in_the_reader_s_language(sample: tuple[Figure, list[Point]]) -> None:
    danish, english = (shown(delivered_plot(*sample, language)) for language in ("da", "en"))
    assert {"okt 26", "2,0", "opgjort 20-11-2026", "leveret", "burde være", "aftalt", "prognose"} <= set(danish)
    assert {"Oct 26", "2.0", "as of 20-11-2026", "delivered", "expected", "agreed", "forecast"} <= set(english)


@pytest.mark.parametrize("width", WIDTHS)
def test_nothing_in_a_plot_breaks_the_pages_rules(width: Width, sample: tuple[Figure, list[Point]]) -> None:
    svg = delivered_plot(*sample, "da", width)
    assert not re.search(r"\sstyle=|<style|<script|\son\w+=|href=", svg)
    ids = re.findall(r'\sid="([^"]+)"', svg)
    assert len(ids) == len(set(ids)) == 2
    sizes = [float(size) for size in re.findall(r'font-size="([\d.]+)px"', svg)]
    assert min(sizes) >= 14


def test_two_plots_on_a_page_have_ids_of_their_own(sample: tuple[Figure, list[Point]]) -> None:
    ids = [re.findall(r'\sid="([^"]+)"', delivered_plot(*sample, "da", width)) for width in WIDTHS]
    assert not set(ids[0]) & set(ids[1])


def test_what_is_unknown_is_a_gap(sample: tuple[Figure, list[Point]]) -> None:
    figure, points = sample
    unknown = [point._replace(delivered=None) if 5 <= n < 9 else point for n, point in enumerate(points)]
    whole, broken = (delivered_line(delivered_plot(figure, some, "da")) for some in (points, unknown))
    assert whole.count("M") == 1
    assert broken.count("M") == 2


def test_a_known_day_between_unknown_ones_is_a_dot(sample: tuple[Figure, list[Point]]) -> None:
    figure, points = sample
    alone = [point if n == 5 else point._replace(delivered=None) for n, point in enumerate(points)]
    dots = [path for path in root(delivered_plot(figure, alone, "da")).iter(f"{SVG}path") if "A" in path.attrib["d"]]
    assert len(dots) == 2, "the one alone, and the latest"


def test_of_nothing_known_nothing_is_drawn_as_delivered(sample: tuple[Figure, list[Point]]) -> None:
    figure, points = sample
    unknown = replace(figure, delivered=None, forecast=None)
    svg = delivered_plot(unknown, [point._replace(delivered=None) for point in points], "da")
    assert "leveret" not in shown(svg)
    assert "leveret ukendt" in svg


def test_titles_are_text_and_no_markup(sample: tuple[Figure, list[Point]]) -> None:
    figure, points = sample
    title = root(delivered_plot(replace(figure, title="<b>&"), points, "da")).find(f"{SVG}title")
    assert title is not None
    assert title.text == "<b>& (årsværk)"


def test_a_curve_ends_on_the_day_of_its_figure_and_has_no_more_points_than_can_be_seen() -> None:
    figure, points = drawn()
    assert points[0].on == figure.schedule.start
    assert points[-1] == Point(ON, figure.delivered, figure.expected)
    assert len(points) <= 25
    assert curve(replay(), replace(figure, schedule=replace(figure.schedule, start=None))) == []


def test_a_plot_can_be_looked_at(sample: tuple[Figure, list[Point]]) -> None:
    assert vl_convert.svg_to_png(delivered_plot(*sample, "da")).startswith(b"\x89PNG")
