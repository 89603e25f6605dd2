/** Run logs; see {@code helpers/run_log.py}. */
package io.github.realtimeclassifier.core.log;
