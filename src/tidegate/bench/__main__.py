"""`python -m tidegate.bench`."""

import sys

from tidegate.bench.main import run

sys.exit(run(sys.argv[1:]))
