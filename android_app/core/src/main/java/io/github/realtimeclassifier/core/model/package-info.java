/** A model as its manifest describes it; see {@code helpers/manifest.py}. */
package io.github.realtimeclassifier.core.model;
