/** Accuracy over a set of images, and latency, as the paper measures them (section III.C). */
package io.github.realtimeclassifier.core.run;
