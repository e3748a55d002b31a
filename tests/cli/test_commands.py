import json
import os
import shutil
import subprocess
import sys
import warnings
from pathlib import Path

import numpy as np
import pytest
import typer
from PIL import Image
from typer.testing import CliRunner

import sutja
from sutja.cli.app import app, main
from sutja.cli.targets import is_one_of, targets_in
from sutja.pictures.encode import write_picture

SAMPLES = Path(sutja.__file__).parent / "samples"
COMMAND = [sys.executable, "-c", "from sutja.cli.app import main; main()"]


def run(*arguments: str | Path, status: int = 0, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the command line in a process of its own."""
    done = subprocess.run(
        [*COMMAND, *map(str, arguments)],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "COLUMNS": "100", "NO_COLOR": "1", **environment},
    )
    assert done.returncode == status, done.stderr
    assert "Traceback" not in done.stderr
    return done


def commands() -> list[tuple[str, ...]]:
    group = typer.main.get_command(app)
    names: list[tuple[str, ...]] = []
    for name, command in group.commands.items():  # type: ignore[attr-defined]
        inner = getattr(command, "commands", None)
        names += [(name, each) for each in inner] if inner else [(name,)]
    return names


@pytest.mark.parametrize("name", commands(), ids=" ".join)
def test_every_command_explains_itself_with_an_example(name: tuple[str, ...]) -> None:
    result = CliRunner().invoke(app, [*name, "--help"], env={"COLUMNS": "100", "NO_COLOR": "1"})
    assert result.exit_code == 0
    assert "Example:" in result.output
    assert f"sutja {' '.join(name)}" in result.output


@pytest.mark.parametrize("name", commands(), ids=" ".join)
def test_every_command_is_in_the_readme(name: tuple[str, ...]) -> None:
    readme = (Path(__file__).parents[2] / "README.md").read_text("utf-8")
    assert f"sutja {' '.join(name)}" in readme


def test_the_version_is_told() -> None:
    assert run("--version").stdout == f"sutja {sutja.__version__}\n"


def test_reading_one_picture_prints_its_text_and_nothing_else() -> None:
    done = run("read", SAMPLES / "rows.png")
    assert (done.stdout, done.stderr) == ("30941\n72685\n114\n", "")


def test_reading_several_pictures_names_each_and_goes_on_after_a_bad_one(tmp_path: Path) -> None:
    done = run("read", SAMPLES / "digit.png", tmp_path / "none.png", SAMPLES / "row.png", status=1)
    assert done.stdout == f"{SAMPLES / 'digit.png'}\t5\n{SAMPLES / 'row.png'}\t1234567890\n"
    assert done.stderr == f"sutja: {tmp_path / 'none.png'} does not exist. Check the name and the folder.\n"


def test_json_lines_hold_one_reading_each() -> None:
    done = run("read", "--json", SAMPLES / "digit.png", SAMPLES / "row.png")
    readings = [json.loads(line) for line in done.stdout.splitlines()]
    assert [reading["text"] for reading in readings] == ["5", "1234567890"]
    assert readings[0] == sutja.read(SAMPLES / "digit.png").to_dict() | {"picture": str(SAMPLES / "digit.png")}


def test_overlays_are_written_under_names_of_their_own(tmp_path: Path) -> None:
    run("read", SAMPLES / "digit.png", "--overlay", tmp_path / "shown")
    with Image.open(tmp_path / "shown" / "digit.png") as image:
        assert image.size[0] > 130
    names = targets_in(Path("o"), [Path("a/x.png"), Path("b/x.jpg"), Path("a/x.png")], ".png")
    assert names == {Path("a/x.png"): Path("o/x.png"), Path("b/x.jpg"): Path("o/x-2.png")}
    assert targets_in(Path(), [Path("x.png")], ".png") == {Path("x.png"): Path("x-read.png")}
    assert targets_in(Path(), [Path("x-read.png"), Path("x.png")], ".png") == {
        Path("x-read.png"): Path("x-read-read.png"), Path("x.png"): Path("x-read-2.png"),
    }  # fmt: skip


def test_a_folder_of_stages_is_none_that_holds_a_picture() -> None:
    names = targets_in(Path("shown"), [Path("x.png"), Path("shown/x/1-grey.png")], "")
    assert names == {Path("x.png"): Path("shown/x-2"), Path("shown/x/1-grey.png"): Path("shown/1-grey")}


def test_a_picture_is_known_by_all_its_names(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / "a.png").write_bytes(b"picture")
    (tmp_path / "hard.png").hardlink_to(tmp_path / "a.png")
    (tmp_path / "soft.png").symlink_to("a.png")
    (tmp_path / "loop.png").symlink_to("loop.png")
    for name in ("~/a.png", f"{tmp_path}/hard.png", f"{tmp_path}/soft.png"):
        assert is_one_of(tmp_path / "a.png", [Path(name)])
    assert not is_one_of(tmp_path / "a.png", [tmp_path / "loop.png", Path("~nobody-at-all/a.png"), tmp_path / "b.png"])
    assert targets_in(tmp_path, [Path("~/a.png")], ".png") == {Path("~/a.png"): tmp_path / "a-read.png"}


def test_no_picture_is_written_over(tmp_path: Path) -> None:
    for name in ("digit.jpg", "digit.png"):
        shutil.copy(SAMPLES / "digit.png", tmp_path / name)
    run("read", tmp_path / "digit.jpg", tmp_path / "digit.png", "--overlay", tmp_path)
    run("read", tmp_path / "digit.png", "-o", tmp_path / "digit.png", status=2)
    for name in ("digit.jpg", "digit.png"):
        assert (tmp_path / name).read_bytes() == (SAMPLES / "digit.png").read_bytes()
    assert {path.name for path in tmp_path.glob("*-read*")} == {"digit-read.png", "digit-read-2.png"}


def test_what_was_read_is_printed_though_it_cannot_be_drawn(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    done = run("read", SAMPLES / "digit.png", "--overlay", tmp_path / "file", status=1)
    assert done.stdout == "5\n"
    assert "cannot write" in done.stderr


@pytest.mark.skipif(not Path("/dev/stdin").exists(), reason="needs a file for standard input")
def test_a_picture_comes_through_a_pipe(tmp_path: Path) -> None:
    command = f"{sys.executable} -m sutja read - --json --overlay shown --explain stages"
    done = subprocess.run(
        command.split(), input=(SAMPLES / "digit.png").read_bytes(), capture_output=True, check=True, cwd=tmp_path
    )
    reading = json.loads(done.stdout)
    assert (reading["text"], reading["picture"]) == ("5", "-")
    assert (tmp_path / "shown" / "-.png").exists()
    assert (tmp_path / "stages" / "-" / "account.txt").exists()


@pytest.mark.skipif(not Path("/dev/stdin").exists(), reason="needs a file for standard input")
def test_a_pipe_that_is_named_twice_is_read_once() -> None:
    command = [sys.executable, "-m", "sutja", "read", "-", "-"]
    done = subprocess.run(command, input=(SAMPLES / "digit.png").read_bytes(), capture_output=True, check=True)
    assert done.stdout.splitlines() == [b"-\t5", b"-\t5"]


@pytest.mark.skipif(not Path("/dev/stdin").exists(), reason="needs a file for standard input")
def test_what_fails_through_a_pipe_is_told_as_it_is() -> None:
    whole = (SAMPLES / "digit.png").read_bytes()
    command = [sys.executable, "-m", "sutja", "read", "-"]
    done = subprocess.run(command, input=whole[: len(whole) // 2], capture_output=True, check=False)
    assert done.returncode == 1
    assert done.stderr.startswith(b"sutja: -: the picture is damaged or cut short")


def test_a_name_that_no_system_takes_stops_no_other_picture(tmp_path: Path) -> None:
    done = run("read", "a" * 300 + ".png", SAMPLES / "digit.png", "--overlay", tmp_path, status=1)
    assert done.stdout == f"{SAMPLES / 'digit.png'}\t5\n"
    assert "File name too long" in done.stderr


def test_names_that_are_no_unicode_are_printed_escaped(tmp_path: Path) -> None:
    name = os.fsencode(tmp_path) + b"/caf\xe9.png"
    try:
        Path(os.fsdecode(name)).write_bytes((SAMPLES / "digit.png").read_bytes())
    except (OSError, UnicodeError):
        pytest.skip("this file system takes Unicode only")
    command = [sys.executable, "-m", "sutja", "read", os.fsdecode(name), str(SAMPLES / "row.png")]
    strict = {**os.environ, "PYTHONIOENCODING": "ascii:strict"}
    done = subprocess.run(command, capture_output=True, check=True, env=strict)
    assert done.stdout.splitlines()[0].endswith(b"caf\\udce9.png\t5")
    subprocess.run([*command, "--json", "-o", str(tmp_path / "o.json")], capture_output=True, check=True, env=strict)
    assert len((tmp_path / "o.json").read_text("utf-8").splitlines()) == 2


@pytest.mark.parametrize("options", [("--drop",), ("--table", "--drop"), ("--table", "--overlay", "shown")])
def test_an_option_that_would_do_nothing_is_refused(options: tuple[str, ...]) -> None:
    assert run("read", SAMPLES / "marks.png", *options, status=2).stderr


def test_a_table_becomes_csv_and_cells_to_check_are_named(tmp_path: Path) -> None:
    marks = "1,17,8,25\n2,9,,21\n3,14,6,20\n4,,10,\n"
    assert run("read", SAMPLES / "marks.png", "--table").stdout == marks
    done = run("read", SAMPLES / "marks.png", "--table", "--min-confidence", "1", "-o", tmp_path / "marks.csv")
    assert (tmp_path / "marks.csv").read_text() == marks
    assert done.stdout == ""
    assert f"{tmp_path / 'marks.csv'}: 4 rows of 4 columns" in done.stderr
    assert "check row 3, column 2: 14 (" in done.stderr
    assert run("read", SAMPLES / "marks.png", SAMPLES / "row.png", "--table", status=2).stderr


def test_doubtful_digits_are_marked_or_left_out() -> None:
    assert run("read", SAMPLES / "digit.png", "--min-confidence", "1").stdout == "?\n"
    (line,) = json.loads(run("read", SAMPLES / "digit.png", "--min-confidence", "1", "--json").stdout)["lines"]
    (digit,) = line["digits"]
    assert (digit["label"], digit["alternatives"][0]) == ("?", ["5", digit["probability"]])
    assert "--method takes one of" in run("read", SAMPLES / "digit.png", "--method", "foo", status=2).stderr
    assert run("read", SAMPLES / "digit.png", "--min-confidence", "1", "--drop").stdout == "\n"


def test_a_lying_picture_is_turned(tmp_path: Path) -> None:
    with Image.open(SAMPLES / "rows.png") as image:
        image.transpose(Image.Transpose.ROTATE_90).save(tmp_path / "lying.png")
    assert run("read", tmp_path / "lying.png", "--rotate", "auto").stdout == "30941\n72685\n114\n"
    assert run("read", tmp_path / "lying.png", "--rotate", "90").stdout == "30941\n72685\n114\n"
    assert "--rotate takes one of" in run("read", tmp_path / "lying.png", "--rotate", "45", status=2).stderr


def test_every_stage_is_written(tmp_path: Path) -> None:
    done = run("read", SAMPLES / "digit.png", "--explain", tmp_path, "-o", tmp_path / "text.txt")
    assert {path.name for path in (tmp_path / "digit").iterdir()} == {
        "1-grey.png", "2-evened.png", "3-heat.png", "4-places.png", "5-crops.png", "6-digits.png", "account.txt",
    }  # fmt: skip
    assert "kept 1 digits" in (tmp_path / "digit" / "account.txt").read_text()
    assert (tmp_path / "text.txt").read_text() == "5\n"
    assert done.stdout == ""


def test_stages_tell_of_the_picture_as_it_is_shown(tmp_path: Path) -> None:
    with Image.open(SAMPLES / "rows.png") as image:
        image.rotate(-42, expand=True, fillcolor=image.getpixel((0, 0))).save(tmp_path / "slope.png")
        size = "×".join(map(str, image.rotate(-42, expand=True).size))
    reading = json.loads(run("read", tmp_path / "slope.png", "--json", "--explain", tmp_path / "x").stdout)
    told = (tmp_path / "x" / "slope" / "account.txt").read_text()
    assert told.startswith(f"decoded {size}, turned 0°, levelled by ")
    for digit in reading["lines"][0]["digits"]:
        assert f"at {', '.join(map(str, digit['box']))}  " in told


def test_a_folder_of_somebody_else_is_not_written_into(tmp_path: Path) -> None:
    (tmp_path / "digit").mkdir()
    (tmp_path / "digit" / "account.txt").write_text("mine")
    for _ in range(2):
        run("read", SAMPLES / "digit.png", "--explain", tmp_path)
    assert (tmp_path / "digit" / "account.txt").read_text() == "mine"
    assert {path.name for path in tmp_path.iterdir()} == {"digit", "digit-2"}


def test_overlays_show_what_is_printed(tmp_path: Path) -> None:
    for name, options in (("all", ()), ("sure", ("--min-confidence", "1", "--drop"))):
        run("read", SAMPLES / "digit.png", "--overlay", tmp_path / name, *options)
    whole, dropped = ((tmp_path / name / "digit.png").read_bytes() for name in ("all", "sure"))
    assert whole != dropped


def test_a_blank_picture_is_no_error(tmp_path: Path) -> None:
    write_picture(np.full((60, 60), 255, np.uint8), tmp_path / "white.png")
    done = run("read", tmp_path / "white.png")
    assert (done.stdout, done.stderr) == ("\n", "")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("read", "nothing.png"), "nothing.png does not exist"),
        (("read", "."), ". is a folder"),
        (("read", "empty.png"), "empty.png is an empty file"),
        (("read", "text.png"), "text.png is not a picture that can be opened"),
        (("read", "ok.png", "--model", "text.png"), "text.png is no ONNX model, or is damaged"),
        (("read", "ok.png", "--model", "digit"), "unknown model 'digit'. Did you mean 'digits'"),
        (("read", "ok.png", "--overlay", "text.png"), "cannot write text.png"),
        (("classify", "white.png"), "white.png shows nothing but its ground"),
        (("train", "digits", "--recipe", "convent"), "unknown recipe 'convent'. Did you mean 'convnet'"),
        (("train", "mnits"), "unknown data set 'mnits'. Did you mean 'mnist'"),
        (("train", "digits", "--out", "full"), "full exists and is not empty"),
        (("train", "--resume", "full"), "full is no run folder"),
        (("train", "digits", "--validation", "2"), "validation is a share"),
        (("train", "full"), "full has 0 subfolders"),
        (("evaluate", "fashion", "digits"), "Judge it on the data that it was trained for"),
        (("evaluate", "nothing.onnx", "digits"), "nothing.onnx does not exist"),
        (("predict", "digits", "digits", "--index", "9999"), "there is no test image 9999: they run from 0 to 358"),
        (("gallery", "digits", "--where", "label >"), "cannot understand the condition 'label >'"),
        (("gallery", "digits", "--label", "eleven"), "unknown label 'eleven'"),
        (("gallery", "digits", "--index", "5000"), "there is no image 5000"),
        (("gallery", "digits", "--start", "5000"), "start is 5000"),
        (("gallery", "digits", "-o", "tiles.xyz"), "tiles.xyz does not end like a picture"),
        (("summary", "dens"), "unknown network 'dens'. Did you mean 'dense'"),
        (("data", "info", "nothing"), "unknown data set 'nothing'"),
        (("data", "get", "minst"), "Did you mean 'mnist'"),
        (("demo", "--out", "full"), "full exists and is not empty"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_every_failure_is_one_line_and_status_1(
    arguments: tuple[str, ...],
    message: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "empty.png").touch()
    (tmp_path / "text.png").write_text("just text")
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "file").touch()
    write_picture(np.full((30, 30), 255, np.uint8), tmp_path / "white.png")
    write_picture(255 - np.kron(np.eye(4, dtype=np.uint8) * 255, np.ones((9, 9), np.uint8)), tmp_path / "ok.png")
    before = sorted(path.name for path in tmp_path.rglob("*"))
    monkeypatch.setattr(sys, "argv", ["sutja", *arguments])
    monkeypatch.setattr(warnings, "showwarning", warnings.showwarning)  # main replaces it
    with pytest.raises(SystemExit) as ended:
        main()
    # Python itself prints the text that a program exits with, and exits with status 1.
    printed = capsys.readouterr().err + (f"{ended.value.code}\n" if isinstance(ended.value.code, str) else "")
    assert isinstance(ended.value.code, str) or ended.value.code == 1
    assert message in printed
    assert len(printed.splitlines()) == 1
    assert printed.startswith("sutja: ")
    assert sorted(path.name for path in tmp_path.rglob("*")) == before


@pytest.mark.parametrize("arguments", [["summary", "dens"], ["read", "missing.png"], ["classify", "missing.png"]])
def test_debug_shows_the_traceback(arguments: list[str], tmp_path: Path) -> None:
    for debug in (True, False):
        command = [*COMMAND, *(["--debug"] if debug else []), *arguments]
        done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=tmp_path)
        assert ("Traceback" in done.stderr) == debug
        assert done.stderr.splitlines()[-1].startswith("sutja")
        assert done.returncode == 1


@pytest.mark.parametrize(
    ("missing", "arguments"),
    [("torch", ["train", "digits"]), ("torch", ["summary", "dense"]), ("sklearn", ["data", "info", "digits"])],
)
def test_what_needs_the_extra_says_so(missing: str, arguments: list[str]) -> None:
    script = f"import sys; sys.modules[{missing!r}] = None\nfrom sutja.cli.app import main; main()"
    command = [sys.executable, "-c", script, *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr.endswith('pip install ".[train]"\n')
    assert len(done.stderr.splitlines()) == 1


@pytest.mark.parametrize("arguments", [("train",), ("train", "digits", "--resume", "x"), ("read",), ("nothing",)])
def test_wrong_usage_is_status_2(arguments: tuple[str, ...]) -> None:
    assert run(*arguments, status=2).stderr


def test_a_reader_that_goes_away_is_no_failure_to_talk_about() -> None:
    command = f"{sys.executable} -c 'from sutja.cli.app import main; main()' data info digits | head -1"
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=False)
    assert done.stdout.startswith("digits: ")
    assert done.stderr == ""


def test_data_commands_say_what_there_is() -> None:
    assert "fashion-mnist" in run("data", "list").stdout
    assert "1,438 training and 359 test images, verified" in run("data", "get", "digits").stdout
    info = run("data", "info", "digits").stdout
    assert "1,438 for training, 359 for testing" in info
    assert len(info.splitlines()) == 3 + 2 + 10


def test_without_network_and_data_the_three_ways_are_named() -> None:
    proxy = "http://127.0.0.1:9"  # nothing listens there
    done = run("data", "get", "mnist", status=1, SUTJA_DATA="", https_proxy=proxy, http_proxy=proxy)
    assert "Three ways to get it" in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_the_gallery_writes_a_picture_or_draws(tmp_path: Path) -> None:
    done = run("gallery", "digits", "--label", "5", "-o", tmp_path / "fives.png", "--count", "25", "--columns", "5")
    assert done.stderr.startswith("25 of 146 images in ")
    with Image.open(tmp_path / "fives.png") as image:
        assert image.size == (140, 140)
    drawn = run("gallery", "digits", "--where", "label > 7", "--count", "2").stdout
    assert len(drawn.splitlines()) == 14
    assert set(drawn) <= set(" ▀▄█\n")
    one = run("gallery", "digits", "--test", "--index", "3").stdout.splitlines()
    assert one[-1].startswith("image 3: label ")
    assert "no image fulfils" in run("gallery", "digits", "--where", "label > 9").stderr


def test_training_evaluating_and_predicting(tmp_path: Path) -> None:
    out = tmp_path / "run"
    done = run("train", "digits", "--epochs", "2", "--batch-size", "64", "--out", out)
    assert done.stdout.startswith("test accuracy ")
    assert "epoch 2/2" in done.stderr
    assert "nothing is left to train after epoch 2 of 2" in run("train", "--resume", out).stderr
    report = json.loads(run("evaluate", out, "digits", "--json", "-o", tmp_path / "page.html").stdout)
    assert report["images"] == 359
    assert "<h1>" in (tmp_path / "page.html").read_text("utf-8")
    lines = run("predict", out, "digits", "--index", "4").stdout.splitlines()
    assert lines[0].startswith("test image 4: label ")
    assert len(lines) == 12
    assert sum(float(line.split()[1]) for line in lines[2:]) == pytest.approx(1, abs=0.01)


def test_an_export_without_a_name_replaces_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("lr-0.01", "lr-0.02"):
        sutja.train("digits", "dense", epochs=1, out=tmp_path / "runs" / name, progress=False)
        run("export", f"runs/{name}")
        assert (tmp_path / f"{name}.onnx").exists()
    assert "exists" in run("export", "runs/lr-0.01", status=1).stderr


def test_a_run_that_is_continued_keeps_its_settings(tmp_path: Path) -> None:
    stderr = run("train", "--resume", tmp_path, "--epochs", "9", "--from", "digits", status=2).stderr
    assert "--epochs" in stderr
    assert "--from" in stderr


def test_a_model_of_one_s_own_reads(tmp_path: Path) -> None:
    run("train", "digits", "--epochs", "1", "--out", tmp_path / "run")
    assert len(run("read", SAMPLES / "row.png", "--model", tmp_path / "run").stdout.strip()) == 10


def test_classify_names_the_likeliest_and_the_next(tmp_path: Path) -> None:
    write_picture(np.pad(np.full((90, 40), 60, np.uint8), 30, constant_values=240), tmp_path / "thing.png")
    assert "%" in run("classify", tmp_path / "thing.png").stdout
    answer = json.loads(run("classify", tmp_path / "thing.png", "--json").stdout)
    assert len(answer["ranking"]) == 10


def test_the_demo_runs_on_the_embedded_digits_without_network(tmp_path: Path) -> None:
    proxy = "http://127.0.0.1:9"
    out = tmp_path / "demo"
    done = run("demo", "--epochs", "1", "--out", out, SUTJA_DATA="", https_proxy=proxy, http_proxy=proxy)
    assert "taking the embedded `digits` instead" in done.stderr
    assert "1234567890" in done.stdout
    assert "30941 | 72685 | 114" in done.stdout
    assert {path.name for path in out.iterdir()} == {"gallery.png", "read", "run"}
    assert {path.name for path in (out / "read").iterdir()} == {path.name for path in SAMPLES.glob("*.png")}
