"""Runs the notebooks: as one series, as a table of parameter sets, or one by one; and makes the site of the results.

`python -m helpers.series --help` lists the commands. The modules, in the order in which a run uses them:

- `plan` reads the notebooks and what they declare, `parameters` what a user sets, `keys` what a result depends on,
  `records` which results are still valid;
- `environment`, `processes`, `child`, `places` and `execution` execute one notebook, here or on a worker (`workers`),
  `schedule` executes many, `run` the series and `batch` a table;
- `titles`, `navigation`, `refresh`, `formulas`, `pages` and `site` look after what people read.
"""
