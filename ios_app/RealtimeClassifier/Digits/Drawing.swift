/// What a finger draws: strokes, each from where the finger was set down.
struct Drawing: Equatable, Sendable {
    /// Each stroke's points, the newest stroke last.
    private(set) var strokes: [[StrokePoint]] = []
    // Where the stroke begins that is being drawn; nil between strokes.
    private var start: StrokePoint?

    /// The finger is at a point.
    ///
    /// - Parameter start: where it was set down. Another one begins a new stroke: of a touch that was cancelled, by a
    ///   second finger for example, the system tells no end.
    mutating func follow(_ point: StrokePoint, from start: StrokePoint) {
        if self.start == start {
            strokes[strokes.count - 1].append(point)
        } else {
            strokes.append([point])
        }
        self.start = start
    }

    /// The finger was lifted: the next point begins a new stroke, wherever it is.
    mutating func lift() {
        start = nil
    }
}
