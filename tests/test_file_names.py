from hypothesis import given
from hypothesis import strategies as st

from salespipe.file_names import file_stems


def test_names_that_would_clash_are_numbered():
    assert file_stems(["Ana", "ana", "A/B", "A:B", "..", "", "nul"]) == {
        "Ana": "Ana", "ana": "ana 2", "A/B": "A_B", "A:B": "A_B 2", "..": "_", "": "_ 2",
        "nul": "nul_",
    }  # fmt: skip


@given(st.lists(st.text(max_size=12), unique=True, max_size=8))
def test_every_name_has_a_file_of_its_own(names):
    stems = file_stems(names)
    assert list(stems) == names
    assert len({stem.casefold() for stem in stems.values()}) == len(names)
    for stem in stems.values():
        assert stem.strip(". ")
        assert not set(stem) & set('\\/:*?"<>|\0\n')
