/** See {@link android.util}. */
package android.os;
