/**
 * The app's two runtimes behind the core's {@link io.github.realtimeclassifier.core.engine.Engine}: TensorFlow for
 * Mobile, the paper's, and TensorFlow Lite, its successor. Plain Java 8; the Android classes behind TensorFlow's own
 * come from the device, or on a desktop from {@code src/desktop}.
 *
 * <p>A file that is not its manifest's is refused before native code reads it, so that no damage gets there. Of a file
 * that was made to do harm, with a manifest to match, native code may crash, and the app with it: a model is to be
 * trusted like a program.
 */
package io.github.realtimeclassifier.engines;
