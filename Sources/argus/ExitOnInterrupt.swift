import ArgusHost
import Glibc

/// For commands that have nothing to save: Ctrl-C ends the process with status 130, SIGTERM with 143.
enum ExitOnInterrupt {
    static func listen() {
        signal(SIGINT) { _ in _exit(130) }
        signal(SIGTERM) { _ in _exit(143) }
    }

    /// Ends the process with status 130 when standard input ends: the parent that held it is gone.
    static func whenStandardInputEnds() {
        StandardInput.whenItEnds { _exit(130) }
    }
}
