/** Camera2 as a source of frames. */
package io.github.realtimeclassifier.app.camera;
