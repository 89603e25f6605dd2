/** JSON of unknown origin, read strictly. */
package io.github.realtimeclassifier.core.json;
