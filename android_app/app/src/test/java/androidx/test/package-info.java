/**
 * Stand-ins for the few classes of androidx.test that Robolectric calls. The originals are in Google's repository
 * alone, and these tests use nothing of them.
 */
package androidx.test;
