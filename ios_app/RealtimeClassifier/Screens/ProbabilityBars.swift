import SwiftUI

/// Classes and their probabilities, a row each: name, bar, percent.
struct ProbabilityBars: View {
    /// A class.
    struct Row: Identifiable, Equatable {
        let id: Int
        let name: String
        let probability: Double
    }

    /// The rows; empty before there is a result.
    let rows: [Row]
    /// How many rows there are room for.
    let count: Int
    /// The row of the most probable class.
    let strong: Int
    /// Whether names are as short as digits.
    var hasShortNames = false

    var body: some View {
        Grid(alignment: .leading, horizontalSpacing: 10, verticalSpacing: 6) {
            ForEach(0..<count, id: \.self) { number in
                GridRow {
                    let row = number < rows.count ? rows[number] : nil
                    Text(row?.name ?? " ")
                        .lineLimit(1)
                        .truncationMode(.tail)
                        .frame(maxWidth: hasShortNames ? nil : .infinity, alignment: .leading)
                    Bar(share: row?.probability ?? 0)
                    Text(row.map { Self.percent($0.probability) } ?? " ")
                        .monospacedDigit()
                        .gridColumnAlignment(.trailing)
                }
                .font(.callout)
                .fontWeight(number == strong && !rows.isEmpty ? .semibold : .regular)
            }
        }
        .accessibilityElement(children: .ignore)
        .accessibilityLabel(spoken)
        .accessibilityAddTraits(.updatesFrequently)
    }

    private var spoken: String {
        let items = rows.map { Words.barsItem($0.name, Self.percent($0.probability)) }
        return items.isEmpty ? Words.barsNone : items.joined(separator: "; ")
    }

    private static func percent(_ probability: Double) -> String {
        probability.formatted(.percent.precision(.fractionLength(1)))
    }
}

/// A part of a whole.
private struct Bar: View {
    let share: Double

    var body: some View {
        GeometryReader { area in
            ZStack(alignment: .leading) {
                Capsule().fill(Color("Track"))
                // Less than a dot would not be a bar any more.
                Capsule().fill(.tint)
                    .frame(width: max(area.size.width * share, area.size.height))
                    .opacity(share > 0 ? 1 : 0)
            }
        }
        .frame(minWidth: 60, idealHeight: 6, maxHeight: 6)
    }
}
