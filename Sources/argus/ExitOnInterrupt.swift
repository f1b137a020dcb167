import Foundation
import Glibc

/// For commands that have nothing to save: Ctrl-C ends the process with status 130, SIGTERM with 143.
enum ExitOnInterrupt {
    static func listen() {
        signal(SIGINT) { _ in _exit(130) }
        signal(SIGTERM) { _ in _exit(143) }
    }

    /// Ends the process with status 130 when standard input ends: the parent that held it is gone.
    static func whenStandardInputEnds() {
        Thread.detachNewThread {
            var buffer = [UInt8](repeating: 0, count: 4096)
            while true {
                let count = read(STDIN_FILENO, &buffer, buffer.count)
                if count < 0, errno == EINTR { continue }
                if count <= 0 { _exit(130) }
            }
        }
    }
}
