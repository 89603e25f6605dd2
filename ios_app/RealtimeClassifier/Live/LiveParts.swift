import RealtimeCore

/// What a live session works with. On the phone these are Core ML and the camera; a test brings its own.
struct LiveParts<Picture: Sendable>: Sendable {
    /// Opens the model, which may take seconds.
    let openModel: @Sendable () throws -> OpenedModel
    /// Opens the camera.
    let openCamera: @Sendable () throws -> any FrameSource<Picture>
    /// Joins the two. The classifier closes the model's engine.
    let classifier: @Sendable (OpenedModel, any FrameSource<Picture>) throws -> any Classifier<Picture>
    /// Shows the frames.
    let display: any LiveDisplay<Picture>
}

/// How a session is to run.
struct LivePlan: Equatable, Sendable {
    /// Whether the network has a thread of its own.
    let isMultithreaded: Bool
    /// Whether the session leaves a run log.
    let isRecorded: Bool
}
