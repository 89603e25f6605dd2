/** Frames from a camera through a network to the screen, on one thread or on two (paper, section III.B). */
package io.github.realtimeclassifier.core.pipeline;
