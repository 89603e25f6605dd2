@testable import RealtimeCore

/// Preprocessing as one writes it down first, from the text of `helpers/preprocess.py` and nothing else: convert the
/// whole frame, turn it, resize it whole, cut it, scale it, with a new array for each step. The `Preprocessor` has to
/// give the same bits.
enum Straightforward {
    typealias Picture = [[[Int]]]

    static func upright(_ image: ArgbImage, _ rotation: Rotation) -> [[UInt32]] {
        var picture = (0..<image.height).map { row in
            Array(image.pixels[row * image.width..<(row + 1) * image.width])
        }
        for _ in 0..<rotation.rawValue / 90 {
            let old = picture
            picture = old[0].indices.map { row in
                old.indices.map { column in old[old.count - 1 - column][row] }
            }
        }
        return picture
    }

    static func channels(_ picture: [[UInt32]], gray isGray: Bool) -> Picture {
        picture.map { row in
            row.map { pixel in
                let (red, green, blue) = (Int(pixel >> 16 & 255), Int(pixel >> 8 & 255), Int(pixel & 255))
                return isGray ? [(19595 * red + 38470 * green + 7471 * blue + 32768) >> 16] : [red, green, blue]
            }
        }
    }

    /// One pass along the rows.
    static func resampled(_ old: Picture, _ newLength: Int) -> Picture {
        let oldLength = old[0].count
        let step = Double(oldLength) / Double(newLength)
        let reach = max(step, 1)
        var result = old.map { _ in [[Int]]() }
        for i in 0..<newLength {
            let centre = (Double(i) + 0.5) * step
            let first = max(Int((centre - reach + 0.5).rounded(.down)), 0)
            let end = min(Int((centre + reach + 0.5).rounded(.down)), oldLength)
            let weights = (first..<end).map { max(1 - abs((Double($0) - centre + 0.5) * (1 / reach)), 0) }
            var sum = 0.0
            for weight in weights {
                sum += weight
            }
            let whole = weights.map { Int(($0 / sum * 4_194_304 + 0.5).rounded(.down)) }
            for row in old.indices {
                result[row].append(
                    old[row][0].indices.map { channel in
                        var total = 1 << 21
                        for j in first..<end {
                            total += whole[j - first] * old[row][j][channel]
                        }
                        return max(0, min(255, total >> 22))
                    })
            }
        }
        return result
    }

    static func transposed(_ old: Picture) -> Picture {
        old[0].indices.map { row in old.indices.map { column in old[column][row] } }
    }

    static func fitted(_ image: ArgbImage, _ rotation: Rotation, _ input: ImageInput) -> [UInt8] {
        var picture = channels(upright(image, rotation), gray: input.channels == 1)
        if let side = input.resize?.shorterSide {
            let (longer, shorter) = (max(image.width, image.height), min(image.width, image.height))
            let resized = (longer * side + shorter / 2) / shorter
            let lies = picture.count <= picture[0].count
            picture = resampled(picture, lies ? resized : side)
            picture = transposed(resampled(transposed(picture), lies ? side : resized))
        }
        let top = (picture.count - input.height) / 2
        let left = (picture[0].count - input.width) / 2
        return picture[top..<top + input.height].flatMap { row in
            row[left..<left + input.width].flatMap { $0.map { UInt8($0) } }
        }
    }

    static func tensor(_ fitted: [UInt8], _ input: ImageInput) -> [Float] {
        stride(from: 0, to: fitted.count, by: input.channels).flatMap { at in
            (0..<input.channels).map { channel in
                let from = input.channelOrder == .bgr ? input.channels - 1 - channel : channel
                let scaled: Float = Float(fitted[at + from]) * input.scale[channel]
                return scaled + input.bias[channel]
            }
        }
    }
}
