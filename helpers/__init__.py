"""From a trained Keras or TensorFlow model to a real-time smartphone app, measured.

The modules follow the way the data goes: `paper`, `data`, `photos`, `preprocess`, `zoo`, `weights`, `convert`,
`artifacts`, `summary`, `tables`, `engines`, `predictions`, `accuracy`, `parity`, `ledger`, `plots`. `series` runs the
notebooks, `lanes` sets up optional toolchains.
"""

from helpers.quiet import quiet_tensorflow

quiet_tensorflow()
