"""Header blocks: read as any other reader would, however much is remembered of them."""

import hpack
import pytest
from hypothesis import given
from hypothesis import strategies as st

from inference.http2.frames import Broken
from inference.http2.headers import Fields, Reader, written

text = st.text(st.characters(min_codepoint=0x21, max_codepoint=0x7E), min_size=1, max_size=12)
fields = st.lists(st.tuples(st.sampled_from([":path", "te", "a", "b", "c"]), text), max_size=6)


@given(st.lists(st.tuples(fields, st.sampled_from([None, 0, 60, 200, 4096])), max_size=12))
def test_blocks_are_read_as_they_were_meant(said: list[tuple[Fields, int | None]]) -> None:
    encoder, reader = hpack.Encoder(), Reader()
    for block, size in said:
        if size is not None:
            encoder.header_table_size = size
        # Twice: the second time much of it is in the table, and the block is another.
        for _ in range(2):
            assert reader.read(encoder.encode(block)) == tuple(block)


def test_a_block_that_refers_to_what_has_changed_is_read_anew() -> None:
    reader = Reader()
    first, second = b"\x40\1a\1x", b"\x40\1a\1y"
    newest = b"\xbe"
    assert reader.read(first) == (("a", "x"),)
    assert reader.read(newest) == reader.read(newest) == (("a", "x"),)
    assert reader.read(second) == (("a", "y"),)
    assert reader.read(newest) == (("a", "y"),)
    # A table without room forgets what was in it.
    assert reader.read(b"\x20") == ()
    with pytest.raises(Broken):
        reader.read(newest)


@given(
    st.lists(st.tuples(text.map(str.lower), st.text(st.characters(codec="ascii"), max_size=400)))
)
def test_what_is_written_is_read_by_others(said: list[tuple[str, str]]) -> None:
    read = hpack.Decoder(1 << 20).decode(written(tuple(said)))
    assert [(str(name), str(value)) for name, value in read] == said
