"""The networks, one PyTorch module per file."""

import os

# PyTorch's threads wait for each other several times a step. Without a bound, GNU's OpenMP lets the one that waits burn
# its core, and on a machine that does anything else training then takes ten times as long. With too low a bound threads
# fall asleep between two operations, and waking them takes longer than the operations. Read when PyTorch is loaded.
os.environ.setdefault("GOMP_SPINCOUNT", "10000")
