/** The command line for a desktop's JVM, and what it tells of itself. Uses classes that Android does not have. */
package io.github.realtimeclassifier.core.desktop;
