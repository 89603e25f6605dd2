/** What Android tells of the phone, for meters and run logs. */
package io.github.realtimeclassifier.app.device;
