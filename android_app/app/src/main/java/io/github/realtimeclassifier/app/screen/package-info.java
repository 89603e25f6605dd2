/** The screens: what they show, what they ask, and what they say when something fails. */
package io.github.realtimeclassifier.app.screen;
