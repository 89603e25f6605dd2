/**
 * The app without its screens: plain Java 8 that runs on Android and on a desktop's JVM alike.
 *
 * <p>In reading order: {@code model} (the manifest), {@code image} (from a camera frame to a tensor), {@code engine} (a
 * network in a runtime), {@code pipeline} (frames to the screen, on one thread or two), {@code measure}, {@code run}
 * (validation and benchmark), {@code log} (what a run leaves behind), {@code desktop} (the command line; not for the
 * app). {@code json} reads what cannot be trusted.
 */
package io.github.realtimeclassifier.core;
