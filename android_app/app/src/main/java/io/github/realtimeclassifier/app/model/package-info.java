/** Which models are there, in which engines they run, and which one the user chose. */
package io.github.realtimeclassifier.app.model;
