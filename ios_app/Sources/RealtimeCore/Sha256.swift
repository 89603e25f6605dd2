import Foundation

/// SHA-256 (FIPS 180-4), as 64 lower-case hexadecimal digits. Foundation alone has none.
public struct Sha256: Sendable {
    private static let roundConstants: [UInt32] = [
        0x428a_2f98, 0x7137_4491, 0xb5c0_fbcf, 0xe9b5_dba5, 0x3956_c25b, 0x59f1_11f1, 0x923f_82a4, 0xab1c_5ed5,
        0xd807_aa98, 0x1283_5b01, 0x2431_85be, 0x550c_7dc3, 0x72be_5d74, 0x80de_b1fe, 0x9bdc_06a7, 0xc19b_f174,
        0xe49b_69c1, 0xefbe_4786, 0x0fc1_9dc6, 0x240c_a1cc, 0x2de9_2c6f, 0x4a74_84aa, 0x5cb0_a9dc, 0x76f9_88da,
        0x983e_5152, 0xa831_c66d, 0xb003_27c8, 0xbf59_7fc7, 0xc6e0_0bf3, 0xd5a7_9147, 0x06ca_6351, 0x1429_2967,
        0x27b7_0a85, 0x2e1b_2138, 0x4d2c_6dfc, 0x5338_0d13, 0x650a_7354, 0x766a_0abb, 0x81c2_c92e, 0x9272_2c85,
        0xa2bf_e8a1, 0xa81a_664b, 0xc24b_8b70, 0xc76c_51a3, 0xd192_e819, 0xd699_0624, 0xf40e_3585, 0x106a_a070,
        0x19a4_c116, 0x1e37_6c08, 0x2748_774c, 0x34b0_bcb5, 0x391c_0cb3, 0x4ed8_aa4a, 0x5b9c_ca4f, 0x682e_6ff3,
        0x748f_82ee, 0x78a5_636f, 0x84c8_7814, 0x8cc7_0208, 0x90be_fffa, 0xa450_6ceb, 0xbef9_a3f7, 0xc671_78f2,
    ]
    private static let blockBytes = 64
    private static let pieceBytes = 1 << 20

    private var hash: [UInt32] = [
        0x6a09_e667, 0xbb67_ae85, 0x3c6e_f372, 0xa54f_f53a, 0x510e_527f, 0x9b05_688c, 0x1f83_d9ab, 0x5be0_cd19,
    ]
    private var schedule = [UInt32](repeating: 0, count: 64)
    // What does not fill a block yet.
    private var rest: [UInt8] = []
    private var byteCount: UInt64 = 0

    private init() {}

    /// The hash of some bytes.
    public static func of(_ content: some Sequence<UInt8>) -> String {
        var digest = Sha256()
        digest.update(Array(content))
        return digest.finish()
    }

    /// The hash of a file, read in pieces.
    ///
    /// - Throws: Foundation's error where the file cannot be read.
    public static func of(file: URL) throws -> String {
        let handle = try FileHandle(forReadingFrom: file)
        defer { try? handle.close() }
        var digest = Sha256()
        while let piece = try handle.read(upToCount: pieceBytes), !piece.isEmpty {
            digest.update(Array(piece))
        }
        return digest.finish()
    }

    private mutating func update(_ bytes: [UInt8]) {
        byteCount += UInt64(bytes.count)
        let all = rest.isEmpty ? bytes : rest + bytes
        let whole = all.count / Self.blockBytes * Self.blockBytes
        all.withUnsafeBufferPointer { pointer in
            for start in stride(from: 0, to: whole, by: Self.blockBytes) {
                compress(UnsafeBufferPointer(rebasing: pointer[start..<start + Self.blockBytes]))
            }
        }
        rest = Array(all[whole...])
    }

    private mutating func finish() -> String {
        let bitCount = byteCount * 8
        let zeros = (2 * Self.blockBytes - 9 - rest.count) % Self.blockBytes
        let length = (0..<8).map { UInt8(truncatingIfNeeded: bitCount >> (56 - 8 * $0)) }
        update([0x80] + [UInt8](repeating: 0, count: zeros) + length)
        return hash.map { word in
            let digits = String(word, radix: 16)
            return String(repeating: "0", count: 8 - digits.count) + digits
        }.joined()
    }

    private mutating func compress(_ block: UnsafeBufferPointer<UInt8>) {
        var variables = (hash[0], hash[1], hash[2], hash[3], hash[4], hash[5], hash[6], hash[7])
        schedule.withUnsafeMutableBufferPointer { words in
            Self.roundConstants.withUnsafeBufferPointer { constants in
                for i in 0..<16 {
                    words[i] =
                        UInt32(block[4 * i]) << 24 | UInt32(block[4 * i + 1]) << 16
                        | UInt32(block[4 * i + 2]) << 8 | UInt32(block[4 * i + 3])
                }
                for i in 16..<64 {
                    let early = words[i - 15]
                    let late = words[i - 2]
                    words[i] =
                        words[i - 16] &+ words[i - 7]
                        &+ (Self.turned(early, 7) ^ Self.turned(early, 18) ^ early >> 3)
                        &+ (Self.turned(late, 17) ^ Self.turned(late, 19) ^ late >> 10)
                }
                var (a, b, c, d, e, f, g, h) = variables
                for i in 0..<64 {
                    let first =
                        h &+ (Self.turned(e, 6) ^ Self.turned(e, 11) ^ Self.turned(e, 25))
                        &+ (e & f ^ ~e & g) &+ constants[i] &+ words[i]
                    let second =
                        (Self.turned(a, 2) ^ Self.turned(a, 13) ^ Self.turned(a, 22))
                        &+ (a & b ^ a & c ^ b & c)
                    (h, g, f, e) = (g, f, e, d &+ first)
                    (d, c, b, a) = (c, b, a, first &+ second)
                }
                variables = (a, b, c, d, e, f, g, h)
            }
        }
        hash[0] &+= variables.0
        hash[1] &+= variables.1
        hash[2] &+= variables.2
        hash[3] &+= variables.3
        hash[4] &+= variables.4
        hash[5] &+= variables.5
        hash[6] &+= variables.6
        hash[7] &+= variables.7
    }

    @inline(__always)
    private static func turned(_ word: UInt32, _ places: UInt32) -> UInt32 {
        word >> places | word << (32 - places)
    }
}
