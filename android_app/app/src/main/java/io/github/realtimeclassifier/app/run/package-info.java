/** What is measured without a camera: accuracy, latency, the digits; asked for by a screen or by adb. */
package io.github.realtimeclassifier.app.run;
