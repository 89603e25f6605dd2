import CoreMedia

/// A camera's frame where the camera left it: nothing is copied.
struct CameraPicture: @unchecked Sendable {
    // Nobody changes what it holds, so that the network and the screen may look at once.
    let sample: CMSampleBuffer
}
