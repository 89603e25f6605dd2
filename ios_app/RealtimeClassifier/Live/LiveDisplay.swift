import RealtimeCore

/// The screen of a live session.
protocol LiveDisplay<Image>: Display {
    /// Tells what the frames will be like. Called once, before the first frame is shown, on a thread of the session.
    ///
    /// - Parameters:
    ///   - width: columns of a frame, before it is turned.
    ///   - height: rows of a frame, before it is turned.
    ///   - rotation: by how much frames are turned to stand upright.
    ///   - input: the network's input; it sees a part of the frame.
    func prepare(width: Int, height: Int, rotation: Rotation, input: ImageInput)
}
