/** From a picture or a camera frame to a network's input tensor; see {@code helpers/preprocess.py}. */
package io.github.realtimeclassifier.core.image;
