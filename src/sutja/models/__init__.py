"""The networks, one PyTorch module per file."""
