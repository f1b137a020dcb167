import Synchronization

/// Whether a plugin has reported a fatal error, after which nothing of it is called again in this process.
///
/// One for each loaded library, however often it is opened.
public final class PluginHealth: Sendable {
    private let dead = Atomic<Bool>(false)

    private static let all = Mutex<[UInt: PluginHealth]>([:])

    /// - Parameter address: of the plugin's `argus_plugin`, which lives as long as the process.
    static func of(_ address: UInt) -> PluginHealth {
        all.withLock { all in
            if let known = all[address] { return known }
            let new = PluginHealth()
            all[address] = new
            return new
        }
    }

    var isDead: Bool {
        @inline(__always) get { dead.load(ordering: .relaxed) }
    }

    func die() { dead.store(true, ordering: .relaxed) }
}
