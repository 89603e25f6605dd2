import Foundation

/// Makes a drawing what MNIST's digits are: 28 x 28 pixels, white on black, the digit fitted into 20 x 20 with its
/// proportions kept and its centre of mass in the middle (LeCun, Cortes and Burges, "The MNIST database").
enum MnistDigit {
    /// Rows and columns of the result.
    static let side = 28

    private static let digitSide = 20

    /// Converts a drawing.
    ///
    /// - Parameter ink: how white each pixel is, 0 to 255, row by row.
    /// - Returns: 28 x 28 gray values, 0 to 255, row by row; all black if nothing was drawn.
    static func of(_ ink: Ink) -> [UInt8] {
        var left = ink.side
        var right = 0
        var top = ink.side
        var bottom = 0
        var mass = 0.0
        var massX = 0.0
        var massY = 0.0
        for y in 0..<ink.side {
            for x in 0..<ink.side {
                let value = ink.values[y * ink.side + x]
                if value > 0 {
                    left = min(left, x)
                    right = max(right, x + 1)
                    top = min(top, y)
                    bottom = max(bottom, y + 1)
                    mass += Double(value)
                    massX += Double(value) * (Double(x) + 0.5)
                    massY += Double(value) * (Double(y) + 0.5)
                }
            }
        }
        guard mass > 0 else {
            return [UInt8](repeating: 0, count: side * side)
        }
        let step = Double(max(right - left, bottom - top)) / Double(digitSide)
        // The drawing's place of the result's first corner.
        let firstX = massX / mass - step * Double(side) / 2
        let firstY = massY / mass - step * Double(side) / 2
        return (0..<side * side).map { pixel in
            let x = firstX + Double(pixel % side) * step
            let y = firstY + Double(pixel / side) * step
            return UInt8(mean(ink, x, y, step).rounded())
        }
    }

    /// The mean over a square, in which a pixel counts by the area that lies inside; outside all is black.
    private static func mean(_ ink: Ink, _ x: Double, _ y: Double, _ width: Double) -> Double {
        var sum = 0.0
        for row in places(from: y, width, ink.side) {
            let rowPart = min(Double(row + 1), y + width) - max(Double(row), y)
            for column in places(from: x, width, ink.side) {
                let columnPart = min(Double(column + 1), x + width) - max(Double(column), x)
                sum += Double(ink.values[row * ink.side + column]) * rowPart * columnPart
            }
        }
        return sum / (width * width)
    }

    private static func places(from first: Double, _ width: Double, _ count: Int) -> Range<Int> {
        let begin = min(Int(max(first.rounded(.down), 0)), count)
        let end = min(Int(max((first + width).rounded(.up), 0)), count)
        return begin..<max(begin, end)
    }
}
