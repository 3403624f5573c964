"""`python -m logdepth`."""

import sys

from logdepth.cli import main

sys.exit(main())
