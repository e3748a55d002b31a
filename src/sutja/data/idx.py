"""The IDX format of the MNIST files: a magic number, the dimensions, then the bytes.

Source: the format description on the MNIST page of Y. LeCun, C. Cortes and C. Burges.
"""

import gzip
import zlib
from pathlib import Path

import numpy as np
from jaxtyping import UInt8

from sutja.errors import DataError

UNSIGNED_BYTE = 0x08


def read_content(path: Path) -> bytes:
    """The uncompressed bytes of a file that may be gzipped.

    Raises:
        DataError: the file cannot be read, or its gzip wrapper is truncated or corrupt.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise DataError(f"cannot read {path}: {error.strerror}.") from error
    if not content.startswith(b"\x1f\x8b"):
        return content
    try:
        return gzip.decompress(content)
    except (EOFError, OSError, zlib.error) as error:
        raise DataError(f"{path} is truncated or corrupt ({error}). Delete it and fetch it again.") from error


def decode(content: bytes, origin: str) -> UInt8[np.ndarray, "..."]:
    """Turn the bytes of an IDX file into an array of its dimensions.

    Args:
        content: The uncompressed file.
        origin: What to call the file in an error.

    Returns:
        A uint8 array that may be written to: `[n]` for labels, `[n, 28, 28]` for images.

    Raises:
        DataError: not IDX, not of unsigned bytes, or of another length than its header says.
    """
    if len(content) < 4 or content[:2] != b"\x00\x00":
        raise DataError(f"{origin} is not an IDX file: it should begin with two zero bytes.")
    kind, dimensions = content[2], content[3]
    if kind != UNSIGNED_BYTE:
        raise DataError(f"{origin} holds values of IDX type 0x{kind:02x}; expected 0x08, unsigned bytes.")
    start = 4 + 4 * dimensions
    shape = tuple(int.from_bytes(content[i : i + 4], "big") for i in range(4, start, 4))
    expected = start + int(np.prod(shape, dtype=object))
    if len(content) != expected:
        raise DataError(f"{origin} is {len(content):,} bytes; its header promises {expected:,}. Fetch it again.")
    return np.frombuffer(content, np.uint8, offset=start).reshape(shape).copy()


def encode(array: UInt8[np.ndarray, "..."]) -> bytes:
    """The IDX file of a uint8 array, uncompressed: the inverse of `decode`."""
    header = bytes([0, 0, UNSIGNED_BYTE, array.ndim]) + b"".join(n.to_bytes(4, "big") for n in array.shape)
    return header + array.tobytes()
