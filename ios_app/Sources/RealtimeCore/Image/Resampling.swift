/// One pass of the resize rule, ready to be applied: which old positions make a new one, and with which weights. Only
/// for the new positions that the crop keeps.
///
/// The rule's text is in `ResizeRule` of `helpers/preprocess.py`: the float64 operations here are its operations in its
/// order, and what they give are the integers it asks for.
struct Resampling: Sendable {
    /// Weights are integers in units of 2^-22.
    static let weightBits: Int32 = 22

    /// Half a unit, so that shifting rounds.
    static let rounding: Int32 = 1 << (weightBits - 1)

    /// The first old position that each new one is made of; it never decreases.
    let firsts: [Int]
    /// Where each new position's weights begin in `weights`, and where the last one's end.
    let starts: [Int]
    /// All weights, those of one new position after those of another.
    let weights: [Int32]

    /// Computes the weights that turn `oldLength` values into `newLength`.
    ///
    /// - Parameters:
    ///   - cropStart: the first new position that is kept.
    ///   - cropLength: how many are kept.
    init(from oldLength: Int, to newLength: Int, cropStart: Int, cropLength: Int) {
        let step = Double(oldLength) / Double(newLength)
        let reach = max(step, 1)
        let slope = 1 / reach
        var firsts: [Int] = []
        var starts = [0]
        var weights: [Int32] = []
        for i in cropStart..<cropStart + cropLength {
            let centre = (Double(i) + 0.5) * step
            let first = max(Int((centre - reach + 0.5).rounded(.down)), 0)
            let end = min(Int((centre + reach + 0.5).rounded(.down)), oldLength)
            let exact = (first..<end).map { max(1 - abs((Double($0) - centre + 0.5) * slope), 0) }
            let sum = exact.reduce(0, +)
            for weight in exact {
                weights.append(Int32((weight / sum * Double(1 << Self.weightBits) + 0.5).rounded(.down)))
            }
            firsts.append(first)
            starts.append(weights.count)
        }
        self.firsts = firsts
        self.starts = starts
        self.weights = weights
    }

    /// How many new positions there are.
    var length: Int { firsts.count }

    /// The old position after the last one that a new one is made of.
    func end(_ i: Int) -> Int {
        firsts[i] + starts[i + 1] - starts[i]
    }

    /// The old positions from the first one on that are needed in all.
    var span: Int { end(length - 1) - firsts[0] }

    /// The most old positions that one new position is made of.
    var longest: Int { (0..<length).map { end($0) - firsts[$0] }.max() ?? 0 }
}
