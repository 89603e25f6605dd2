/** See {@link android.util}. */
package android.text;
