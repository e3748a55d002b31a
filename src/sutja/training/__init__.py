"""Training: recipes, augmentation, the loop, and the folder that a run leaves."""

import os

# PyTorch's threads wait for each other at every step. Without a bound, GNU's OpenMP lets the one that waits burn its
# core, and on a machine that does anything else training then takes ten times as long. Read when PyTorch is loaded.
os.environ.setdefault("GOMP_SPINCOUNT", "1000")
