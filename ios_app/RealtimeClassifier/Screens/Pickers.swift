import SwiftUI

/// Which model, and what it may compute with.
struct Pickers: View {
    let models: [InstalledModel]
    @Binding var model: String
    @Binding var units: ComputeUnits

    var body: some View {
        LabeledContent(Words.pickerModel) {
            Picker(Words.pickerModel, selection: $model) {
                ForEach(models) { model in
                    Text(model.title).tag(model.name)
                }
            }
            .pickerStyle(.menu)
            .labelsHidden()
        }
        LabeledContent(Words.pickerUnits) {
            Picker(Words.pickerUnits, selection: $units) {
                ForEach(ComputeUnits.allCases, id: \.self) { units in
                    Text(units.title).tag(units)
                }
            }
            .pickerStyle(.menu)
            .labelsHidden()
        }
    }
}
