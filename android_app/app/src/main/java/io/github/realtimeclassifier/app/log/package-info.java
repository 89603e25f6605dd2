/** Where run logs lie, and how other apps may read them. */
package io.github.realtimeclassifier.app.log;
