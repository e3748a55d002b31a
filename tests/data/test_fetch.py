import gc
import gzip
import hashlib
import http.server
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from sutja.data import fetch
from sutja.data.catalog import CATALOG, IDX_NAMES, Entry, RemoteFile
from sutja.data.idx import encode
from sutja.errors import DataError, DataUnavailableError

# pooch leaves the socket of a refused download to the garbage collector.
pytestmark = pytest.mark.filterwarnings("ignore:unclosed:ResourceWarning")
CONTENTS = [encode(np.full(shape, 7, np.uint8)) for shape in ((6, 28, 28), (6,), (2, 28, 28), (2,))]
FILES = tuple(
    RemoteFile(name, hashlib.sha256(content).hexdigest()) for name, content in zip(IDX_NAMES, CONTENTS, strict=True)
)


class Mirrors(http.server.BaseHTTPRequestHandler):
    """A server with mirrors of every temper, by the first part of the address."""

    asked: list[str]

    def do_GET(self) -> None:
        type(self).asked.append(self.path)
        _, mirror, name = self.path.split("/")
        content = gzip.compress(CONTENTS[IDX_NAMES.index(name.removesuffix(".gz"))])
        if mirror == "missing":
            self.send_error(404)
            return
        if mirror == "silent":
            time.sleep(3)
            return
        body = {"cut": content[:-5], "wrong": gzip.compress(b"something else")}.get(mirror, content)
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def entry() -> Iterator[Callable[..., Entry]]:
    """Makes an entry of the catalog with mirrors on this machine."""
    Mirrors.asked = []
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Mirrors)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    address = f"http://127.0.0.1:{server.server_port}"

    def make(*mirrors: str) -> Entry:
        return replace(CATALOG["mnist"], name="tiny", files=FILES, mirrors=tuple(f"{address}/{m}/" for m in mirrors))

    yield make
    gc.collect()
    server.shutdown()
    server.server_close()


@pytest.fixture(autouse=True)
def no_data_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SUTJA_DATA", raising=False)


def test_mirrors_are_tried_in_turn(entry: Callable[..., Entry], own_cache: Path) -> None:
    assert fetch.contents(entry("missing", "cut", "wrong", "good")) == CONTENTS
    assert [path.split("/")[1] for path in Mirrors.asked[:4]] == ["missing", "cut", "wrong", "good"]
    assert sorted(path.name for path in (own_cache / "tiny").iterdir()) == sorted(IDX_NAMES)


def test_what_is_cached_is_not_downloaded_again(entry: Callable[..., Entry]) -> None:
    fetch.contents(entry("good"))
    asked = len(Mirrors.asked)
    assert fetch.contents(entry("good")) == CONTENTS
    assert len(Mirrors.asked) == asked
    fetch.contents(entry("good"), again=True)
    assert len(Mirrors.asked) == 2 * asked


def test_when_all_mirrors_fail_nothing_is_cached_and_three_ways_are_named(
    entry: Callable[..., Entry], own_cache: Path
) -> None:
    with pytest.raises(DataUnavailableError) as caught:
        fetch.contents(entry("missing", "cut", "wrong"))
    message = str(caught.value)
    assert "404" in message
    assert "truncated or corrupt" in message
    assert FILES[0].sha256 in message
    assert hashlib.sha256(b"something else").hexdigest() in message
    assert all(way in message for way in ("(1) run `sutja data get tiny`", "(2) set SUTJA_DATA", "(3) put those files"))
    assert not list(own_cache.rglob("*ubyte*"))


def test_a_mirror_that_does_not_answer_is_left(entry: Callable[..., Entry], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetch, "PATIENCE", 0.5)
    assert fetch.downloaded(entry("silent", "good"), FILES[1], fetch.cache_folder()) == CONTENTS[1]


def test_no_network_costs_seconds_not_minutes() -> None:
    # Silence on every mirror together may last PATIENCE; the shares of the mirrors add up to it.
    assert fetch.PATIENCE <= 10
    waited: list[float] = []

    def nothing(download: object, address: str, path: Path, patience: float) -> None:
        waited.append(patience)
        raise TimeoutError

    with pytest.MonkeyPatch.context() as patch, pytest.raises(DataUnavailableError):
        patch.setattr(fetch, "watched", nothing)
        fetch.contents(CATALOG["mnist"])
    assert len(waited) == len(CATALOG["mnist"].mirrors)
    assert waited[0] == pytest.approx(fetch.PATIENCE / len(waited), rel=0.1)


@pytest.mark.parametrize("damage", ["cut", "flipped", "other"])
def test_a_damaged_cache_is_refused_with_both_digests(
    damage: str, entry: Callable[..., Entry], own_cache: Path
) -> None:
    fetch.contents(entry("good"))
    path = own_cache / "tiny" / IDX_NAMES[0]
    content = path.read_bytes()
    bad = {"cut": content[:100], "flipped": content[:-1] + b"x", "other": b"hello"}[damage]
    path.write_bytes(bad)
    with pytest.raises(DataError) as caught:
        fetch.contents(entry("good"))
    assert f"expected SHA-256 {FILES[0].sha256}, found {hashlib.sha256(bad).hexdigest()}" in str(caught.value)
    assert "Delete it and run `sutja data get tiny`" in str(caught.value)


@pytest.mark.parametrize("suffix", ["", ".gz"])
def test_the_named_folder_comes_before_the_cache(
    suffix: str, entry: Callable[..., Entry], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "tiny").mkdir()
    for name, content in zip(IDX_NAMES, CONTENTS, strict=True):
        packed = gzip.compress(content) if suffix else content
        (tmp_path / "tiny" / f"{name}{suffix}").write_bytes(packed)
    monkeypatch.setenv("SUTJA_DATA", str(tmp_path))
    assert fetch.contents(entry("good")) == CONTENTS
    assert not Mirrors.asked
    (tmp_path / "tiny" / f"{IDX_NAMES[2]}{suffix}").unlink()
    with pytest.raises(DataError, match=rf"tiny lacks {IDX_NAMES[2]}\. Add it"):
        fetch.contents(entry("good"))


def test_a_named_folder_that_is_none_is_refused(entry: Callable[..., Entry], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SUTJA_DATA", "/nowhere/at/all")
    with pytest.raises(DataError, match="SUTJA_DATA names /nowhere/at/all, which is no folder"):
        fetch.contents(entry("good"))


def test_two_processes_may_download_at_once(entry: Callable[..., Entry], tmp_path: Path) -> None:
    made = entry("good")
    script = (
        "import sys; from pathlib import Path; from sutja.data import catalog, fetch\n"
        f"fetch.cache_folder = lambda: Path({str(tmp_path)!r})\n"
        f"files = tuple(catalog.RemoteFile(*pair) for pair in {[(f.name, f.sha256) for f in FILES]!r})\n"
        f"entry = catalog.Entry('tiny', '', (), 'digit', files, {made.mirrors!r}, '')\n"
        "assert len(fetch.contents(entry)) == 4"
    )
    processes = [subprocess.Popen([sys.executable, "-c", script]) for _ in range(2)]
    assert [process.wait(60) for process in processes] == [0, 0]
    assert sorted(path.name for path in (tmp_path / "tiny").iterdir()) == sorted(IDX_NAMES)


def test_a_cache_that_cannot_be_written_is_a_warning(entry: Callable[..., Entry], own_cache: Path) -> None:
    (own_cache / "tiny").write_text("in the way")
    with pytest.warns(UserWarning, match="The data is used, but not cached"):
        assert fetch.downloaded(entry("good"), FILES[1], own_cache / "tiny") == CONTENTS[1]


def test_the_bar_follows_the_download() -> None:
    came: list[bool] = []
    bar = fetch._Bar("file", lambda: came.append(True))
    bar.total = 100
    bar.update(40)
    assert bar.progress.tasks[0].completed == 40
    assert bar.total == 100
    bar.reset()
    assert bar.progress.tasks[0].completed == 0
    bar.close()
    assert came == [True, True]  # an answer, and bytes
