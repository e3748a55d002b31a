"""Finding the files of a data set: the folder named by `SUTJA_DATA`, the cache, a download; always verified."""

import hashlib
import os
import tempfile
import threading
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

import platformdirs
from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TransferSpeedColumn

from sutja.data.catalog import Entry, RemoteFile
from sutja.data.idx import read_content
from sutja.errors import DataError, DataUnavailableError, SutjaError
from sutja.files import expanded, replacing

VARIABLE = "SUTJA_DATA"
PATIENCE = 8.0
"""Seconds without a single byte, over all mirrors together, after which there is no network."""
STALL = 30.0
"""Seconds without a further byte after which a download that has begun goes to the next mirror."""

Download = Callable[[str, Path, Callable[[], None]], None]
"""Fetches an address to a path, calling back whenever bytes have come."""


def cache_folder() -> Path:
    """Where downloads are kept: the user's cache folder, as the operating system defines it."""
    return platformdirs.user_cache_path("sutja")


def contents(entry: Entry, *, again: bool = False) -> list[bytes]:
    """The verified, uncompressed bytes of all files of a data set, in the catalog's order.

    Args:
        entry: The data set.
        again: Skip the cache and download, replacing what is cached.

    Raises:
        DataError: a file is damaged or wrong, or the set is nowhere to be had.
    """
    if not again:
        for folder in folders(entry.name):
            found = [existing(folder, file) for file in entry.files]
            if all(found):
                return [verified(path, file) for path, file in zip(found, entry.files, strict=True) if path]
            if any(found) and folder != cache_folder() / entry.name:
                missing = [file.name for file, path in zip(entry.files, found, strict=True) if not path]
                raise DataError(f"{folder} lacks {', '.join(missing)}. Add it, plain or as .gz.")
    target = cache_folder() / entry.name
    cached = [None if again else existing(target, file) for file in entry.files]
    pairs = zip(entry.files, cached, strict=True)
    return [verified(path, file) if path else downloaded(entry, file, target) for file, path in pairs]


def folders(name: str) -> list[Path]:
    """The folders in which a data set is looked for, in this order.

    Raises:
        DataError: `SUTJA_DATA` names something that is no folder.
    """
    places = [cache_folder() / name]
    if named := os.environ.get(VARIABLE):
        folder = expanded(named)
        if not folder.is_dir():
            raise DataError(f"{VARIABLE} names {folder}, which is no folder. Correct it or unset it.")
        places.insert(0, folder / name)
    return places


def existing(folder: Path, file: RemoteFile) -> Path | None:
    """The file in the folder, plain or gzipped, if it is there."""
    return next((path for path in (folder / file.name, folder / f"{file.name}.gz") if path.exists()), None)


def verified(path: Path, file: RemoteFile) -> bytes:
    """The uncompressed bytes of a local file, if their digest is right.

    Raises:
        DataError: it cannot be read, or its digest is another; the message gives both digests.
    """
    content = read_content(path)
    found = hashlib.sha256(content).hexdigest()
    if found != file.sha256:
        raise DataError(
            f"{path} is not the {file.name} that was published: expected SHA-256 {file.sha256}, found {found} "
            f"(of {len(content):,} uncompressed bytes). {_advice(path)}"
        )
    return content


def _advice(path: Path) -> str:
    """What to do about a file that is damaged."""
    if path.is_relative_to(cache_folder()):
        return f"Delete it and run `sutja data get {path.parent.name}`."
    return f"Put the right one in its place, or delete {path.parent}: then the data is downloaded."


def downloaded(entry: Entry, file: RemoteFile, target: Path, download: Download | None = None) -> bytes:
    """Fetch one file from the first mirror that gives it right, keep it in `target`, return its content.

    The cache gets the uncompressed bytes, under a temporary name until they are verified. Two processes that download
    at once both succeed: each renames a complete file into place.

    Raises:
        DataUnavailableError: no mirror gave the file; the message says what each did, and how to get the data.
    """
    reasons, deadline = [], time.monotonic() + PATIENCE
    for number, mirror in enumerate(entry.mirrors):
        patience = max(1.0, (deadline - time.monotonic()) / (len(entry.mirrors) - number))
        host = urlsplit(mirror).hostname
        with tempfile.TemporaryDirectory(prefix="sutja-", ignore_cleanup_errors=True) as folder:
            path = Path(folder, f"{file.name}.gz")
            try:
                watched(download or over_http, f"{mirror}{file.name}.gz", path, patience)
                content = read_content(path)
            except (OSError, DataError) as error:
                reasons.append(f"{host}: {reason(error)}")
                continue
        found = hashlib.sha256(content).hexdigest()
        if found == file.sha256:
            return kept(content, target / file.name)
        reasons.append(f"{host}: wrong content, expected SHA-256 {file.sha256}, found {found}")
    raise DataUnavailableError(
        f"{entry.name} is not on this machine and could not be downloaded ({'; '.join(reasons)}). "
        f"Three ways to get it: (1) run `sutja data get {entry.name}` with a network; (2) set {VARIABLE} to a folder "
        f"that holds {entry.name}/{file.name}[.gz] and its siblings; (3) put those files into {target}. "
        "Without any, `digits` needs no network."
    )


def reason(error: Exception) -> str:
    """Why a download failed, in a few words."""
    if isinstance(error, ConnectionError) or type(error).__name__ in ("ConnectionError", "ConnectTimeout"):
        return "cannot be reached"
    return " ".join(str(error).split())[:100] or type(error).__name__


def kept(content: bytes, path: Path) -> bytes:
    """Put verified content into the cache. A cache that cannot be written costs a later download, nothing more."""
    try:
        with replacing(path) as temporary:
            temporary.write_bytes(content)
    except SutjaError as error:
        warnings.warn(f"{error} The data is used, but not cached.", stacklevel=2)
    return content


def watched(download: Download, address: str, path: Path, patience: float) -> None:
    """Run a download, but give up after `patience` seconds without a first byte, or `STALL` without a further one.

    It runs in a thread of its own because looking up a host name cannot be given a time limit.

    Raises:
        OSError: whatever the download raised, or a TimeoutError.
    """
    alive, failures = threading.Event(), list[Exception]()

    def work() -> None:
        try:
            download(address, path, alive.set)
        except Exception as error:  # noqa: BLE001 - handed to the caller below
            failures.append(error)

    worker = threading.Thread(target=work, daemon=True)
    worker.start()
    silent_since, limit = time.monotonic(), patience
    while worker.is_alive():
        worker.join(0.05)
        if alive.is_set():
            alive.clear()
            silent_since, limit = time.monotonic(), STALL
        elif time.monotonic() - silent_since > limit:
            raise TimeoutError(f"no answer within {limit:.0f} s")
    if failures:
        raise failures[0] if isinstance(failures[0], OSError) else OSError(str(failures[0]))


def over_http(address: str, path: Path, came: Callable[[], None]) -> None:
    """Download an address to a path with pooch, drawing a progress bar on standard error."""
    import pooch

    bar = _Bar(Path(urlsplit(address).path).name, came)
    try:
        pooch.HTTPDownloader(progressbar=bar, chunk_size=1 << 13, timeout=STALL)(address, path, None)
    finally:
        bar.close()


class _Bar:
    """The part of tqdm's interface that pooch uses, drawn by Rich once the first answer has come."""

    def __init__(self, name: str, came: Callable[[], None]) -> None:
        console = Console(stderr=True)
        columns = ("{task.description}", BarColumn(), DownloadColumn(), TransferSpeedColumn())
        self.progress = Progress(*columns, console=console, transient=True, disable=not console.is_terminal)
        self.task = self.progress.add_task(name, total=None)
        self.came = came

    @property
    def total(self) -> int | float | None:
        """Bytes to come, as far as the server says."""
        return self.progress.tasks[self.task].total

    @total.setter
    def total(self, size: int) -> None:
        self.came()
        self.progress.start()
        self.progress.update(self.task, total=size or None)

    def update(self, count: int) -> None:
        self.came()
        self.progress.update(self.task, advance=count)

    def reset(self) -> None:
        self.progress.reset(self.task)

    def close(self) -> None:
        self.progress.stop()
