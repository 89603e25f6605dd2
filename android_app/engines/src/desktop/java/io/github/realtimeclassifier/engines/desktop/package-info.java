/** The engines on a desktop's JVM: a command line, and a server for other programs. Never part of the app. */
package io.github.realtimeclassifier.engines.desktop;
