"""The `sutja` command: its subcommands, and what happens when one fails."""

import atexit
import gc
import io
import os
import sys
import warnings
from typing import Annotated

import typer

from sutja import __version__
from sutja.cli import classify, data, demo, evaluate, export, gallery, predict, read, runs, summary, synthesise, train
from sutja.cli.output import debugging
from sutja.errors import SutjaError

INTERRUPTED = 130
app = typer.Typer(
    help="Learn image classification on the MNIST family, and read handwritten numbers from your own pictures.",
    no_args_is_help=True,
    add_completion=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="markdown",
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command("demo")(demo.command)
app.add_typer(data.app, name="data")
app.command("gallery")(gallery.command)
app.command("summary")(summary.command)
app.command("train")(train.command)
app.command("runs")(runs.command)
app.command("evaluate")(evaluate.command)
app.command("predict")(predict.command)
app.command("export")(export.command)
app.command("read")(read.command)
app.command("classify")(classify.command)
app.command("synthesise")(synthesise.command)


def _version(asked: bool) -> bool:
    if asked:
        typer.echo(f"sutja {__version__}")
        raise typer.Exit
    return asked


@app.callback()
def _options(
    debug: Annotated[bool, typer.Option("--debug", help="Show the traceback of an error.")] = False,
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    pass


def main() -> None:
    """Run the command line: one line on standard error and exit status 1 when something fails, 2 for wrong usage."""
    warnings.showwarning = _remark
    _say_any_name()
    atexit.register(gc.freeze)  # Python would look for cycles once more among all that PyTorch brings: half a second
    debug = debugging()
    try:
        app()
    except SutjaError as error:
        if debug:
            raise
        sys.exit(f"sutja: {' '.join(str(error).split())}")
    except ModuleNotFoundError as error:
        if debug:
            raise
        sys.exit(f'sutja: this needs {error.name}. Install it, in the folder of sutja: pip install ".[train]"')
    except BrokenPipeError:  # the reader of our output has gone, as `head` does
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
    except SystemExit as ending:
        if ending.code == INTERRUPTED:  # what Typer makes of Ctrl-C
            sys.exit("sutja: interrupted.")
        raise
    except MemoryError:
        if debug:
            raise
        sys.exit("sutja: there is not enough memory for this. Close other programs, or use a smaller picture or batch.")
    except OSError as error:
        if debug:
            raise
        place = f"{error.filename}: " if error.filename else ""
        sys.exit(f"sutja: {place}{error.strerror or error}.")


def _say_any_name() -> None:
    """Names of files need not be Unicode, nor fit the terminal: what does not is escaped."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def _remark(message: Warning | str, *_: object, **__: object) -> None:
    """Show a warning as one line, without the place in the code that it comes from."""
    sys.stderr.write(f"sutja: {message}\n")
