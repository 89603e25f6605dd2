/** Meters: rates, latencies, and the processor's use (paper, section III.C). */
package io.github.realtimeclassifier.core.measure;
