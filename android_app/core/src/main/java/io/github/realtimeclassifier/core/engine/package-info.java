/** A network in a runtime, and what it says of a picture. */
package io.github.realtimeclassifier.core.engine;
