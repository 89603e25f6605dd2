import Foundation

/// Reading files of unknown origin without trusting their size.
enum BoundedRead {
    /// Why a file was not read, in words that follow a colon.
    struct Failure: Error {
        let reason: String
    }

    private static let pieceBytes = 1 << 20

    /// Reads a regular file, or one byte more than allowed: a result longer than the limit means "too long".
    ///
    /// - Throws: `Failure` where there is no such file, it is a folder or a device, or it cannot be read.
    static func upTo(_ limitBytes: Int, of file: URL) throws -> Data {
        do {
            // Asked first: opening a pipe would wait for its writer, and a device may have no end.
            var isFolder: ObjCBool = false
            guard FileManager.default.fileExists(atPath: file.path, isDirectory: &isFolder) else {
                throw Failure(reason: "there is no such file")
            }
            let target = file.resolvingSymlinksInPath().path
            let kind = try FileManager.default.attributesOfItem(atPath: target)[.type] as? FileAttributeType
            guard kind == .typeRegular else {
                throw Failure(reason: "it is not a regular file")
            }
            let handle = try FileHandle(forReadingFrom: file)
            defer { try? handle.close() }
            var content = Data()
            while content.count <= limitBytes {
                let wanted = min(pieceBytes, limitBytes + 1 - content.count)
                guard let piece = try handle.read(upToCount: wanted), !piece.isEmpty else {
                    break
                }
                content.append(piece)
            }
            return content
        } catch let failure as Failure {
            throw failure
        } catch {
            throw Failure(reason: error.reason)
        }
    }
}
