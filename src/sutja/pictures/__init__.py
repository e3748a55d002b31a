"""Pictures as people have them: decoded safely, their ink separated, brought to 28×28."""
