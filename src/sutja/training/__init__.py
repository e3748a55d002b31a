"""Training: recipes, augmentation, the loop, and the folder that a run leaves."""
