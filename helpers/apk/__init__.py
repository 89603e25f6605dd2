"""The Android app's APK from first principles: compile, dex, resources, contents, alignment, signature.

Without Android Studio, Google's SDK or Gradle: Maven Central and Debian's own packages have all that it takes. The
order of the modules: `tools` (the programs), `steps` (what each of them does), `signing`, `build` (all steps, done
once), `contents` (what is in an APK). Taught in notebook 05_build_the_android_app.
"""
