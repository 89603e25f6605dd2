import SwiftUI

/// A black square to draw a white digit on with a finger.
struct DigitPad: View {
    @Binding var drawing: Drawing

    var body: some View {
        GeometryReader { area in
            let side = min(area.size.width, area.size.height)
            ZStack {
                RoundedRectangle(cornerRadius: 12).fill(.black)
                if drawing.strokes.isEmpty {
                    Text(Words.padHint).foregroundStyle(Color(white: 0.75))
                }
                Canvas { canvas, _ in
                    let style = StrokeStyle(lineWidth: side * Ink.strokeShare, lineCap: .round, lineJoin: .round)
                    for stroke in drawing.strokes {
                        canvas.stroke(path(stroke, side), with: .color(.white), style: style)
                    }
                }
            }
            .gesture(finger(side))
        }
        .aspectRatio(1, contentMode: .fit)
        .accessibilityElement(children: .ignore)
        .accessibilityLabel(Words.pad)
        .accessibilityAddTraits(.allowsDirectInteraction)
    }

    private func path(_ stroke: [StrokePoint], _ side: Double) -> Path {
        Path { path in
            guard let first = stroke.first else {
                return
            }
            path.move(to: CGPoint(x: first.x * side, y: first.y * side))
            // A dot as well has to be a line.
            path.addLine(to: CGPoint(x: first.x * side + 0.1, y: first.y * side))
            for point in stroke.dropFirst() {
                path.addLine(to: CGPoint(x: point.x * side, y: point.y * side))
            }
        }
    }

    private func finger(_ side: Double) -> some Gesture {
        func part(_ place: CGPoint) -> StrokePoint { StrokePoint(x: place.x / side, y: place.y / side) }
        return DragGesture(minimumDistance: 0)
            .onChanged { drag in drawing.follow(part(drag.location), from: part(drag.startLocation)) }
            .onEnded { _ in drawing.lift() }
    }
}

/// The digit as the network sees it: its pixels are to be seen as such.
struct SeenDigit: View {
    /// 28 x 28 gray values, row by row; nil where nothing was drawn.
    let pixels: [UInt8]?

    var body: some View {
        Canvas { canvas, size in
            let step = size.width / CGFloat(MnistDigit.side)
            for (number, value) in (pixels ?? []).enumerated() where value > 0 {
                let x = CGFloat(number % MnistDigit.side) * step
                let y = CGFloat(number / MnistDigit.side) * step
                let place = CGRect(x: x, y: y, width: step, height: step)
                canvas.fill(Path(place), with: .color(Color(white: Double(value) / 255)))
            }
        }
        .background(Color.black)
        .accessibilityElement(children: .ignore)
        .accessibilityLabel(Words.seen)
        .accessibilityAddTraits(.isImage)
    }
}
