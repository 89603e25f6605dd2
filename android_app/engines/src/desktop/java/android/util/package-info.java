/** Stand-ins for the few Android classes that TensorFlow for Mobile calls. For the desktop; never part of the app. */
package android.util;
