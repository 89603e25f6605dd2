/** Run logs; see {@code helpers/runs/run_log.py}. */
package io.github.realtimeclassifier.core.log;
