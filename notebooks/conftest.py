"""nbval runs the notebooks as the runner does, but leaves its ledger alone."""

import os

from helpers.files import build_dir
from helpers.series.environment import kernel_environment

os.environ.update(kernel_environment())
os.environ["LEDGER_DIR"] = str(build_dir() / "nbval" / "ledger")
