/// Standard output and standard error, written at once and unbuffered. What cannot be written there is lost: a reader that
/// went away, or a disk that is full, ends no run.
public enum StandardStream: Int32, Sendable {
    case output = 1
    case error = 2

    public func write(_ text: String) {
        var text = text
        text.withUTF8 { _ = AtomicFile.writeAll(UnsafeRawBufferPointer($0), to: rawValue) }
    }
}
