import SwiftUI

/// How a run fares, and what it gave.
struct RunPanel: View {
    @ObservedObject var runs: Runs

    var body: some View {
        switch runs.state {
        case .none:
            EmptyView()
        case .running(let measure, let step):
            Section(Words.runningTitle(measure.title)) {
                progress(step)
                Button(Words.cancel, role: .cancel) { runs.cancel() }
            }
        case .done(let measure, let result):
            Section {
                if result.isUntrained {
                    Notice(text: Words.untrained)
                }
                ForEach(result.lines) { line in
                    LabeledContent(line.label, value: line.value)
                        .monospacedDigit()
                }
                ShareLink(Words.shareLog, item: result.log)
            } header: {
                Text(Words.resultDone(measure.title))
            } footer: {
                Text(result.log.lastPathComponent)
            }
        case .failed(let measure, let failure):
            outcome(Words.resultFailed(measure.title), failure.sentence)
        case .cancelled(let measure):
            outcome(Words.resultCancelled(measure.title), Words.resultCancelledText)
        case .refused(let failure):
            outcome(Words.requestFailed, failure.sentence)
        }
    }

    @ViewBuilder private func progress(_ step: RunStep) -> some View {
        switch step {
        case .doing(let text):
            HStack(spacing: 12) {
                ProgressView()
                Text(text)
            }
        case .counted(let text, let done, let total):
            ProgressView(value: Double(min(done, total)), total: Double(max(total, 1))) {
                Text(Words.progressCount(text, done.formatted(), total.formatted()))
                    .monospacedDigit()
            }
            .accessibilityLabel(Words.measureProgress)
        }
    }

    private func outcome(_ title: String, _ text: String) -> some View {
        Section(title) {
            Text(text)
        }
    }
}
