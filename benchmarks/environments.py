"""Virtual environments: one for sutja and one for each library beside it, so that all are installed alike."""

import json
import subprocess
import sys
import venv
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "runs" / "environments"
TORCH = "torch>=2.9,<=2.13.0"


@dataclass(frozen=True)
class Environment:
    """What is installed together.

    Attributes:
        title: What the tables call it.
        requirements: As pip takes them.
        shown: The packages whose versions the tables give.
        variables: Set for the processes that run in it.
    """

    title: str
    requirements: tuple[str, ...]
    shown: tuple[str, ...]
    variables: dict[str, str] = field(default_factory=dict)


ENVIRONMENTS = {
    "sutja": Environment("sutja", (f"{ROOT}[train]",), ("sutja", "torch")),
    **{
        f"keras-{backend}": Environment(
            f"Keras on {title}", ("keras>=3.7", requirement), ("keras", package), {"KERAS_BACKEND": backend}
        )
        for backend, title, requirement, package in (
            ("tensorflow", "TensorFlow", "tensorflow-cpu", "tensorflow-cpu"),
            ("jax", "JAX", "jax", "jax"),
            ("torch", "PyTorch", TORCH, "torch"),
        )
    },
    "torch": Environment("PyTorch", (TORCH, "numpy"), ("torch",)),
}


def program(name: str, folder: Path, command: str = "python") -> Path:
    """The path of a program in an environment."""
    return folder.resolve() / name / "bin" / command


def install(name: str, folder: Path) -> dict[str, str]:
    """Make an environment, if it is not there yet with these requirements; sutja is always installed anew.

    Returns:
        The versions of the packages that the tables show.

    Raises:
        SystemExit: pip failed, or packages for CUDA came in.
    """
    environment, python = ENVIRONMENTS[name], str(program(name, folder))
    note, wanted = folder / name / "installed.txt", "\n".join(environment.requirements)
    if name == "sutja" or not note.exists() or note.read_text("utf-8") != wanted:
        print(f"installing {' '.join(environment.requirements)}", file=sys.stderr, flush=True)
        venv.create(folder / name, with_pip=True)
        pip = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *environment.requirements]
        if subprocess.run(pip, check=False).returncode:
            raise SystemExit(f"pip could not install {wanted!r} in {folder / name}: see its message above.")
        note.write_text(wanted, "utf-8")
    return versions(name, folder)


def versions(name: str, folder: Path) -> dict[str, str]:
    """The versions of an environment's shown packages, after a look that nothing in it is for CUDA."""
    listing = [str(program(name, folder)), "-m", "pip", "list", "--format=json", "--disable-pip-version-check"]
    done = subprocess.run(listing, capture_output=True, text=True, check=True)
    packages = {package["name"].lower().replace("_", "-"): package["version"] for package in json.loads(done.stdout)}
    if foreign := [package for package in packages if package.startswith(("nvidia", "triton"))]:
        raise SystemExit(
            f"{folder / name} has packages for CUDA ({', '.join(foreign)}): not the build for processors. Remove that "
            "folder, and let pip find the CPU build."
        )
    return {package: packages[package] for package in ENVIRONMENTS[name].shown}


def listed(versions: Mapping[str, str]) -> str:
    """Packages and their versions, in words."""
    return ", ".join(f"{package} {version}" for package, version in versions.items())
