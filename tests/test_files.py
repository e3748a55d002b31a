import os
import subprocess
import sys
from pathlib import Path

import pytest

from sutja.errors import SutjaError
from sutja.files import replacing, write_bytes, write_text


def test_a_file_is_replaced_whole(tmp_path: Path) -> None:
    target = tmp_path / "new" / "report.txt"
    write_text(target, "first")
    write_text(target, "둘째")
    assert target.read_text("utf-8") == "둘째"
    assert list(target.parent.iterdir()) == [target]


def test_new_files_have_the_permissions_that_the_umask_gives(tmp_path: Path) -> None:
    previous = os.umask(0o027)
    try:
        write_text(tmp_path / "file", "text")
    finally:
        os.umask(previous)
    assert (tmp_path / "file").stat().st_mode & 0o777 == 0o640


def test_an_interruption_leaves_the_old_file_and_nothing_else(tmp_path: Path) -> None:
    target = tmp_path / "report.txt"
    write_text(target, "old")
    with pytest.raises(KeyboardInterrupt), replacing(target) as temporary:
        temporary.write_text("half")
        raise KeyboardInterrupt
    assert target.read_text() == "old"
    assert list(tmp_path.iterdir()) == [target]


def test_a_full_disk_leaves_the_old_file(tmp_path: Path) -> None:
    # A limit on the size of files makes the operating system refuse the write, as a full disk does.
    target = tmp_path / "model.onnx"
    write_bytes(target, b"old")
    script = (
        "import resource, sys; from pathlib import Path; from sutja.files import write_bytes\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))\n"
        f"write_bytes(Path({str(target)!r}), b'x' * 5000)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert "SutjaError" in done.stderr
    assert "older file there is untouched" in done.stderr
    assert target.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [target]


def test_a_folder_as_target_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SutjaError, match="it is a folder"):
        write_text(tmp_path, "text")


def test_a_device_is_written_and_not_replaced() -> None:
    write_text(Path("/dev/null"), "text")
    assert Path("/dev/null").is_char_device()


def test_a_full_device_is_reported() -> None:
    with pytest.raises(SutjaError, match="cannot write /dev/full: No space left on device"):
        write_text(Path("/dev/full"), "text")
