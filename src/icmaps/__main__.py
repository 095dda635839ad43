"""`python -m icmaps` is `icmaps`."""

from icmaps.cli import main

main()
