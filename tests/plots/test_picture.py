from base64 import b64decode

import matplotlib as mpl
from matplotlib.axes import Axes

from salespipe.plots.picture import Picture, headline, house_style, new_picture, scale


@house_style
def _draw() -> tuple[Picture, Axes]:
    picture, (axes,) = new_picture(3.0)
    axes.plot([0, 2_000_000], [0, 0.025])
    scale(axes, which="x", unit="money", label="Money, EUR")
    scale(axes, which="y", unit="share", label="Share")
    headline(picture, "word " * 60, remark="why " * 80)
    return picture, axes


def test_a_notebook_gets_a_png_without_a_plotting_backend():
    picture, _ = _draw()
    data, about = picture._repr_mimebundle_()
    assert b64decode(data["image/png"]).startswith(b"\x89PNG")
    assert about["image/png"]["alt"].startswith("word word")


def test_long_titles_are_wrapped_not_cut(assert_nothing_cut):
    picture, _ = _draw()
    assert_nothing_cut(picture)
    assert "\n" in picture.get_suptitle()


def test_ticks_are_written_in_their_unit():
    picture, axes = _draw()
    picture.draw_without_rendering()
    assert "1.2M" in [label.get_text() for label in axes.get_xticklabels()]
    assert "2 %" in [label.get_text() for label in axes.get_yticklabels()]


def test_the_session_keeps_its_own_style():
    before = {key: mpl.rcParams[key] for key in ("font.family", "axes.grid", "text.parse_math")}
    _draw()
    assert {key: mpl.rcParams[key] for key in before} == before
