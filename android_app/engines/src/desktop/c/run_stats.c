/*
 * The native half of org.tensorflow.contrib.android.RunStats, which TensorFlow for Mobile has in its library for
 * Android and not in the one for a desktop.
 *
 * TensorFlowInferenceInterface makes one such object before anything else, to see whether its native library is there.
 * It fills it with times only when it is asked to count them, which the app's engine never does: so nothing is kept.
 */
#include <jni.h>

JNIEXPORT jlong JNICALL Java_org_tensorflow_contrib_android_RunStats_allocate(JNIEnv *env, jclass type)
{
    (void)env;
    (void)type;
    return 1; /* any handle but 0, which means "closed" */
}

JNIEXPORT void JNICALL Java_org_tensorflow_contrib_android_RunStats_delete(JNIEnv *env, jclass type, jlong handle)
{
    (void)env;
    (void)type;
    (void)handle;
}

JNIEXPORT void JNICALL Java_org_tensorflow_contrib_android_RunStats_add(JNIEnv *env, jclass type, jlong handle,
                                                                        jbyteArray metadata)
{
    (void)env;
    (void)type;
    (void)handle;
    (void)metadata;
}

JNIEXPORT jstring JNICALL Java_org_tensorflow_contrib_android_RunStats_summary(JNIEnv *env, jclass type, jlong handle)
{
    (void)type;
    (void)handle;
    return (*env)->NewStringUTF(env, "not counted on a desktop");
}
