"""Training: recipes, augmentation, the loop, and the folder that a run leaves."""

import sutja.models  # noqa: F401 - says how PyTorch's threads wait, before PyTorch is loaded
