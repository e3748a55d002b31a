"""The command line: each command parses input, calls one public function and shows its result."""
