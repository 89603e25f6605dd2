import SwiftUI

/// The meters of the live screen.
struct MeterPanel: View {
    /// What was measured; nil while nothing is.
    let meters: Meters?
    /// How hot the phone says it is.
    let thermalState: String

    var body: some View {
        // As many beside one another as the text's size lets.
        LazyVGrid(columns: [GridItem(.adaptive(minimum: width), spacing: 8)], spacing: 8) {
            Meter(value: number(meters?.fps, 1), name: Words.meterFps, spoken: Words.meterFpsSpoken)
            Meter(
                value: number(meters?.processedPerSecond, 1), name: Words.meterProcessed,
                spoken: Words.meterProcessedSpoken)
            Meter(
                value: number(meters?.latencyMillis, 1), name: Words.meterLatency, spoken: Words.meterLatencySpoken)
            Meter(value: number(meters?.cpuPercent, 0), name: Words.meterCpu, spoken: Words.meterCpuSpoken)
            Meter(value: thermalState, name: Words.meterThermal, spoken: Words.meterThermal)
        }
    }

    @ScaledMetric(relativeTo: .title3) private var width: CGFloat = 84

    private func number(_ number: Double?, _ fractionDigits: Int) -> String {
        guard let number else {
            return Words.noValue
        }
        return number.formatted(.number.precision(.fractionLength(number >= 100 ? 0 : fractionDigits)))
    }
}

private struct Meter: View {
    let value: String
    let name: String
    let spoken: String

    var body: some View {
        VStack(spacing: 2) {
            Text(value)
                .font(.title3.weight(.semibold))
                .monospacedDigit()
                .lineLimit(1)
                .minimumScaleFactor(0.6)
            Text(name)
                .font(.caption)
                .foregroundStyle(.secondary)
                .lineLimit(1)
                .minimumScaleFactor(0.6)
        }
        .frame(maxWidth: .infinity)
        .accessibilityElement(children: .ignore)
        .accessibilityLabel(Words.sentencePair(spoken, value))
        .accessibilityAddTraits(.updatesFrequently)
    }
}
