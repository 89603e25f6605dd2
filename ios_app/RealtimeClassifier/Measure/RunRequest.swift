import Foundation

/// What is to be measured.
struct RunRequest: Sendable {
    /// What a number may be, and what it is at first.
    struct Field: Sendable {
        let title: String
        let range: ClosedRange<Int>
        /// Nil where nothing need be entered: then it is the largest.
        let usual: Int?

        /// The number that a text says; nil where it is none, or not in the range.
        func number(_ text: String) -> Int? {
            let digits = text.trimmingCharacters(in: .whitespaces)
            if digits.isEmpty && usual == nil {
                return range.upperBound
            }
            return Int(digits).flatMap { range.contains($0) ? $0 : nil }
        }
    }

    /// The most images of a folder.
    static let imageLimit = Field(title: Words.fieldLimit, range: 1...200_000, usual: nil)
    /// The most digits of the MNIST test set.
    static let digitLimit = Field(title: Words.fieldLimit, range: 1...10_000, usual: nil)
    /// Steady calls of a benchmark.
    static let count = Field(title: Words.fieldCount, range: 1...100_000, usual: 100)
    /// Calls before them that do not count.
    static let warmUp = Field(title: Words.fieldWarmUp, range: 0...100_000, usual: 10)
    /// The most seconds of a benchmark's steady calls.
    static let seconds = Field(title: Words.fieldSeconds, range: 1...86_400, usual: 60)

    /// The numbers that a measurement asks for.
    static func fields(_ measure: Measure) -> [Field] {
        switch measure {
        case .accuracy: return [imageLimit]
        case .benchmark: return [count, warmUp, seconds]
        case .digits: return [digitLimit]
        }
    }

    /// What.
    let measure: Measure
    /// Of which model.
    let model: InstalledModel
    /// In what.
    let units: ComputeUnits
    /// One for each of `fields`, in their order.
    let numbers: [Int]
    /// The folder of images; nil where none is needed.
    let images: URL?
}
