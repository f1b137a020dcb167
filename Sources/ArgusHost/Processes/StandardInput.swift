import Foundation
import Glibc

/// The pipe from the process that started this one: it ends with that process, however that ends.
public enum StandardInput {
    /// True when another program holds the other end.
    public static var isPipe: Bool {
        var status = stat()
        return fstat(0, &status) == 0 && status.st_mode & S_IFMT == S_IFIFO
    }

    /// Calls `body` on a thread of its own when standard input ends.
    public static func whenItEnds(_ body: @escaping @Sendable () -> Void) {
        let thread = Thread {
            var byte: UInt8 = 0
            while true {
                let count = read(0, &byte, 1)
                if count > 0 || count < 0 && errno == EINTR { continue }
                body()
                return
            }
        }
        thread.start()
    }
}
