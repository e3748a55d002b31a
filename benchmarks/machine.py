"""What a measurement ran on."""

import os
import platform
import re
from pathlib import Path

UNITS = {"AVX2": "avx2", "AVX-512": "avx512f", "AMX": "amx_tile"}
"""Parts of a processor that decide how fast a network trains, and Linux's names for them."""


def describe(information: Path = Path("/proc/cpuinfo")) -> str:
    """The processor's name, its cores, which of the vector and matrix units it has, the system and Python."""
    text = information.read_text("utf-8") if information.exists() else ""
    named = re.search(r"^model name\s*:\s*(.+)$", text, re.MULTILINE)
    flags = re.search(r"^flags\s*:\s*(.+)$", text, re.MULTILINE)
    parts = [named[1] if named else platform.processor() or platform.machine(), f"{cores()} cores"]
    if flags:
        have = flags[1].split()
        parts += [unit if flag in have else f"no {unit}" for unit, flag in UNITS.items()]
    else:
        parts.append("vector units unknown")
    return ", ".join([*parts, platform.system(), f"Python {platform.python_version()}"])


def cores() -> int:
    """The cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
