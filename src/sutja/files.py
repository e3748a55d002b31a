"""Writing files so that a failure at any moment leaves the old file as it was."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from sutja.errors import SutjaError


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Give a temporary path beside `path`; when the block ends well, rename it to `path`.

    The temporary name keeps the suffix of `path`, since image libraries choose the format by it. Missing parent
    folders are made. A target that exists but is no regular file (`/dev/stdout`, a named pipe) is written directly,
    because renaming would replace the device.

    Raises:
        SutjaError: the file cannot be written (full disk, no permission, ...); an older file is untouched.
    """
    if path.exists() and not path.is_file() and not path.is_dir():
        try:
            yield path
        except OSError as error:
            raise SutjaError(f"cannot write {path}: {error.strerror or error}.") from error
        return
    temporary: Path | None = None
    try:
        if path.is_dir():
            raise SutjaError(f"cannot write {path}: it is a folder. Name a file in it.")
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.stem}-", suffix=path.suffix)
        os.close(handle)
        temporary = Path(name)
        temporary.chmod(0o666 & ~_umask())
        yield temporary
        with temporary.open("rb+") as file:
            os.fsync(file.fileno())
        temporary.replace(path)
    except OSError as error:
        kept = " The older file there is untouched." if path.exists() else ""
        raise SutjaError(
            f"cannot write {path}: {error.strerror or error}.{kept} Free some space or choose another place."
        ) from error
    finally:
        if temporary is not None:
            with suppress(OSError):
                temporary.unlink(missing_ok=True)


def write_bytes(path: Path, content: bytes) -> None:
    """Write `content` to `path` at once: readers see the old file or the whole new one, never a part."""
    with replacing(path) as temporary:
        temporary.write_bytes(content)


def write_text(path: Path, content: str) -> None:
    """Write `content` as UTF-8 to `path`, as `write_bytes` does; names of files that are no Unicode are escaped."""
    write_bytes(path, content.encode(errors="backslashreplace"))


def expanded(path: str | os.PathLike[str]) -> Path:
    """The path with `~` as the home folder, or as it is where nobody knows whose."""
    try:
        return Path(path).expanduser()
    except RuntimeError:
        return Path(path)


def _umask() -> int:
    """The process's umask, which can only be read by setting it."""
    current = os.umask(0o077)
    os.umask(current)
    return current
