"""nbval runs the notebooks with the same environment as the series' own runner."""

import os

from helpers.series.environment import kernel_environment

os.environ.update(kernel_environment())
