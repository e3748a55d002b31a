"""How good a classifier is, on images it has not learned from."""
