import Glibc

/// Where the running program is.
public enum ExecutableFolder {
    /// The folder that holds the running executable (links resolved), or nil where `/proc` is not mounted.
    public static var path: String? {
        let executable = FileStatus.resolved("/proc/self/exe")
        guard executable != "/proc/self/exe", let slash = executable.lastIndex(of: "/") else { return nil }
        return slash == executable.startIndex ? "/" : String(executable[..<slash])
    }
}
