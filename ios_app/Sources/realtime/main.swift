import Foundation
import RealtimeDesktop

let command = RealtimeCommand(
    out: { print($0) }, errors: { FileHandle.standardError.write(Data(($0 + "\n").utf8)) })
exit(command.run(Array(CommandLine.arguments.dropFirst())))
