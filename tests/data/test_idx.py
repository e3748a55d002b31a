import gzip
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sutja.data.idx import decode, encode, read_content
from sutja.errors import DataError


@given(shape=st.lists(st.integers(0, 5), min_size=1, max_size=3), seed=st.integers(0, 99))
def test_encode_and_decode_are_inverse(shape: list[int], seed: int) -> None:
    array = np.random.default_rng(seed).integers(0, 256, shape, np.uint8)
    again = decode(encode(array), "test")
    assert again.shape == array.shape
    assert np.array_equal(again, array)


def test_the_header_is_that_of_the_published_format() -> None:
    assert encode(np.zeros((2, 28, 28), np.uint8))[:16].hex() == "00000803" + "00000002" + "0000001c" * 2


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "not an IDX file"),
        (b"\x89PNG....", "not an IDX file"),
        (b"\x00\x00\x0d\x01\x00\x00\x00\x00", "IDX type 0x0d; expected 0x08"),
        (encode(np.zeros((3, 2), np.uint8))[:-1], "is 17 bytes; its header promises 18"),
        (encode(np.zeros(3, np.uint8)) + b"x", "is 12 bytes; its header promises 11"),
    ],
)
def test_what_is_no_idx_file_is_refused(content: bytes, message: str) -> None:
    with pytest.raises(DataError, match=message):
        decode(content, "the file")


@given(st.binary(max_size=64))
def test_random_bytes_give_an_array_or_a_data_error(content: bytes) -> None:
    with suppress(DataError):
        decode(content, "test")


def test_a_truncated_gzip_is_refused_by_name(tmp_path: Path) -> None:
    path = tmp_path / "labels.gz"
    path.write_bytes(gzip.compress(bytes(1000))[:-9])
    with pytest.raises(DataError, match=r"labels\.gz is truncated or corrupt"):
        read_content(path)


def test_a_missing_file_is_reported(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="cannot read .*nothing: No such file"):
        read_content(tmp_path / "nothing")
