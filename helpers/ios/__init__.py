"""The iOS app's models: copied from the artifact store into the folder that Xcode compiles into the app.

Taught in notebook 06_build_the_ios_app.
"""
