"""Where a network is trained: on the processor, a CUDA graphics card, or Apple's MPS."""

import torch

from sutja.errors import RunError, unknown_name

DEVICES = ("auto", "cpu", "cuda", "mps")


def device_named(name: str) -> torch.device:
    """A device by its name; "auto" is a graphics card if PyTorch can use one, else the processor.

    Raises:
        RunError: no such name, or the machine has no such device.

    Example:
        >>> device_named("cpu")
        device(type='cpu')
    """
    if name not in DEVICES:
        raise RunError(unknown_name("device", name, DEVICES))
    there = {"cpu": True, "cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available()}
    if name == "auto":
        name = next(kind for kind in ("cuda", "mps", "cpu") if there[kind])
    if not there[name]:
        reason = "PyTorch was built without it" if not _built(name) else "PyTorch finds none in this machine"
        raise RunError(f"device {name} cannot be used: {reason}. Use --device auto, or --device cpu.")
    return torch.device(name)


def _built(name: str) -> bool:
    backend = torch.backends.mps if name == "mps" else torch.backends.cuda
    return bool(backend.is_built())
