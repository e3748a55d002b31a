"""Composed pages: labelled pictures of handwritten digits on any paper, drawn at random from a seed."""
