/// A camera frame for measuring without a camera: noise, the same each time and on each machine.
public enum NoiseFrame {
    /// Makes one.
    ///
    /// - Throws: `DeploymentError.image` where there are no frames of that size.
    public static func create(width: Int, height: Int) throws -> YuvFrame {
        var frame = try YuvFrame(width: width, height: height)
        var noise = Noise()
        let interleaved = 2 * frame.chromaWidth
        let luma = noise.bytes(width * height)
        let chroma = noise.bytes(interleaved * frame.chromaHeight)
        try luma.withUnsafeBytes { luma in
            try chroma.withUnsafeBytes { chroma in
                try frame.copy(
                    y: Plane(luma, rowStride: width, pixelStride: 1),
                    u: Plane(chroma, rowStride: interleaved, pixelStride: 2),
                    v: Plane(UnsafeRawBufferPointer(rebasing: chroma[1...]), rowStride: interleaved, pixelStride: 2))
            }
        }
        return frame
    }
}

/// A linear congruential generator, Knuth's for MMIX: the noise needs no quality, only to be the same each time.
private struct Noise {
    private var state: UInt64 = 1

    mutating func bytes(_ count: Int) -> [UInt8] {
        (0..<count).map { _ in
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return UInt8(truncatingIfNeeded: state >> 56)
        }
    }
}
