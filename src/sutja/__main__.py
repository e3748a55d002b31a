"""`python -m sutja`, which is the command `sutja`; `torchrun -m sutja` needs it."""

from sutja.cli.app import main

if __name__ == "__main__":
    main()
