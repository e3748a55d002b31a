"""What a person sees: galleries, plots, and pictures in the terminal."""
