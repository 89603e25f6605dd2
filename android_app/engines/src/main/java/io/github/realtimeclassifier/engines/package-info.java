/**
 * The app's two runtimes behind the core's {@link io.github.realtimeclassifier.core.engine.Engine}: TensorFlow for
 * Mobile, the paper's, and TensorFlow Lite, its successor. Plain Java 8; the Android classes behind TensorFlow's own
 * come from the device, or on a desktop from {@code src/desktop}.
 */
package io.github.realtimeclassifier.engines;
