/** From the camera through a network to the screen, as long as somebody looks. */
package io.github.realtimeclassifier.app.live;
