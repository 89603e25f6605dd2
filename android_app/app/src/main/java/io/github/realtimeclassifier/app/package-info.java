/**
 * The app. In reading order: {@code model} (which models are there, and which one the user chose), {@code device} (what
 * Android tells of the phone), {@code image} (pictures and folders of pictures), {@code camera} (frames), {@code live}
 * (from the camera to the screen), {@code run} (accuracy, benchmark and the digits), {@code log} (what runs leave
 * behind), {@code screen} (what is seen and touched). All that needs no Android is in the core.
 */
package io.github.realtimeclassifier.app;
