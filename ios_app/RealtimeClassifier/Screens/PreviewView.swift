import AVFoundation
import RealtimeCore
import SwiftUI
import UIKit

/// The camera's picture, and in it the part that the network sees.
struct PreviewView: View {
    let display: PreviewDisplay
    /// What frames are like; nil before the first.
    let shape: PreviewDisplay.Shape?

    var body: some View {
        PreviewLayer(layer: display.layer, rotation: shape?.rotation ?? .degrees0)
            .aspectRatio(shape.map { CGFloat($0.width) / CGFloat($0.height) } ?? 0.75, contentMode: .fit)
            .overlay {
                if let seen = shape?.seen {
                    GeometryReader { area in
                        Rectangle()
                            .strokeBorder(.white, lineWidth: 2)
                            .shadow(color: .black.opacity(0.6), radius: 1)
                            .frame(width: area.size.width * seen.width, height: area.size.height * seen.height)
                            .position(x: area.size.width / 2, y: area.size.height / 2)
                    }
                }
            }
            .frame(maxWidth: .infinity)
            .background(Color.black)
            .accessibilityElement(children: .ignore)
            .accessibilityLabel(Words.preview)
            .accessibilityAddTraits(.isImage)
    }
}

/// Puts the display's layer on the screen, turned so that frames stand upright.
private struct PreviewLayer: UIViewRepresentable {
    let layer: AVSampleBufferDisplayLayer
    let rotation: Rotation

    func makeUIView(context: Context) -> PreviewLayerView {
        PreviewLayerView(layer)
    }

    func updateUIView(_ view: PreviewLayerView, context: Context) {
        view.rotation = rotation
    }
}

private final class PreviewLayerView: UIView {
    private let frames: AVSampleBufferDisplayLayer

    var rotation = Rotation.degrees0 {
        didSet { setNeedsLayout() }
    }

    init(_ frames: AVSampleBufferDisplayLayer) {
        self.frames = frames
        super.init(frame: .zero)
        frames.videoGravity = .resizeAspect
        layer.addSublayer(frames)
    }

    @available(*, unavailable)
    required init?(coder: NSCoder) {
        fatalError("expected to be made in code, received a storyboard")
    }

    override func layoutSubviews() {
        super.layoutSubviews()
        // Without the animation that layers have by themselves.
        CATransaction.begin()
        CATransaction.setDisableActions(true)
        let size = rotation.isSideways ? CGSize(width: bounds.height, height: bounds.width) : bounds.size
        frames.setAffineTransform(.identity)
        frames.bounds = CGRect(origin: .zero, size: size)
        frames.position = CGPoint(x: bounds.midX, y: bounds.midY)
        frames.setAffineTransform(CGAffineTransform(rotationAngle: CGFloat(rotation.rawValue) * .pi / 180))
        CATransaction.commit()
    }
}

extension ScreenTurn {
    /// How the app's screen is turned now.
    @MainActor static var now: ScreenTurn {
        let scenes = UIApplication.shared.connectedScenes.compactMap { $0 as? UIWindowScene }
        switch scenes.first?.interfaceOrientation {
        case .landscapeLeft: return .landscapeLeft
        case .landscapeRight: return .landscapeRight
        case .portraitUpsideDown: return .upsideDown
        default: return .portrait
        }
    }
}
