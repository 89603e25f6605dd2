import RealtimeCore

extension DeploymentError {
    /// The message as a sentence: the core's begin small, since a file's name or another message may come before them.
    var sentence: String {
        message.prefix(1).uppercased() + message.dropFirst() + (message.hasSuffix(".") ? "" : ".")
    }
}
