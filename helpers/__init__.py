"""From a trained Keras or TensorFlow model to a real-time smartphone app, measured.

The modules follow the way the data goes: `paper`, `data`, `zoo`, `preprocess`, `summary`, `convert`, `artifacts`,
`engines`, `predictions`, `accuracy`, `ledger`, `plots`. `series` runs the notebooks, `lanes` sets up optional
toolchains.
"""

from helpers.quiet import quiet_tensorflow

quiet_tensorflow()
