/** Pictures and folders of pictures, as Android decodes and lists them. */
package io.github.realtimeclassifier.app.image;
