"""From a picture to the numbers written in it."""
