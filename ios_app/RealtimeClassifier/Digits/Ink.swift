import Foundation

/// A point of a stroke, as parts of the drawing pad's side: 0 to 1 from the left and from the top.
struct StrokePoint: Equatable, Sendable {
    let x: Double
    let y: Double
}

/// A drawing as gray values: round strokes of one width, white on black, with soft edges.
struct Ink: Equatable, Sendable {
    /// A stroke's width as a part of the pad's side: MNIST's strokes are about a tenth as wide as the digit is high.
    static let strokeShare = 0.075

    /// Rows and columns.
    let side: Int
    /// How white each pixel is, 0 to 255, row by row.
    private(set) var values: [UInt8]

    /// Draws strokes.
    ///
    /// - Parameter strokes: each a list of points; one point alone is a dot.
    init(strokes: [[StrokePoint]], side: Int = 140) {
        self.side = side
        values = [UInt8](repeating: 0, count: side * side)
        for stroke in strokes {
            guard var last = stroke.first else {
                continue
            }
            for point in stroke {
                draw(from: last, to: point)
                last = point
            }
        }
    }

    private mutating func draw(from first: StrokePoint, to last: StrokePoint) {
        let scale = Double(side)
        let radius = Self.strokeShare / 2 * scale
        let (x, y) = (first.x * scale, first.y * scale)
        let (stepX, stepY) = ((last.x - first.x) * scale, (last.y - first.y) * scale)
        let length = stepX * stepX + stepY * stepY
        for row in near(min(y, y + stepY) - radius, max(y, y + stepY) + radius) {
            for column in near(min(x, x + stepX) - radius, max(x, x + stepX) + radius) {
                let (toX, toY) = (Double(column) + 0.5 - x, Double(row) + 0.5 - y)
                // The nearest place on the line, as a part of its length.
                let part = length == 0 ? 0 : min(max((toX * stepX + toY * stepY) / length, 0), 1)
                let distance = hypot(toX - part * stepX, toY - part * stepY)
                let covered = min(max(radius + 0.5 - distance, 0), 1)
                let at = row * side + column
                values[at] = max(values[at], UInt8((255 * covered).rounded()))
            }
        }
    }

    /// The rows or columns that a stretch touches. A finger may leave the pad, or come to no number at all.
    private func near(_ first: Double, _ last: Double) -> Range<Int> {
        guard first.isFinite, last.isFinite else {
            return 0..<0
        }
        let most = Double(side)
        return Int(min(max(first.rounded(.down) - 1, 0), most))..<Int(min(max(last.rounded(.up) + 1, 0), most))
    }
}
