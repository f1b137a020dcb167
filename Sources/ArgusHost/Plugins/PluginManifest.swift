public import ArgusEnvAPI

/// What is known of a plugin without opening its library: the content of `libNAME.plugin.yaml` beside it.
///
/// Written from `argus-env-runner --describe`; size and hash say which library it was written for.
public struct PluginManifest: Sendable, Hashable {
    /// The major version of the C interface, which is also part of the entry's name.
    public var abiMajor: Int
    public var abiMinor: Int
    public var name: String
    public var version: String
    /// An SPDX identifier; may be empty.
    public var license: String
    /// File name of the library, in the manifest's own folder.
    public var library: String
    /// Bytes.
    public var librarySize: Int
    /// `fnv1a64:…`, see ``Fingerprint``.
    public var libraryHash: String
    public var environments: [EnvironmentManifest]

    /// A manifest for the library at `path`, whose size and hash are taken from the file.
    ///
    /// - Throws: ``ArgusError`` (file) when the library cannot be read.
    public init(
        describing path: String, abiMajor: Int, abiMinor: Int, name: String, version: String, license: String,
        environments: [EnvironmentManifest]
    ) throws(ArgusError) {
        libraryHash = try Fingerprint.file(path)
        librarySize = FileStatus(path)?.size ?? 0
        library = PluginManifest.fileName(of: path)
        self.abiMajor = abiMajor
        self.abiMinor = abiMinor
        self.name = name
        self.version = version
        self.license = license
        self.environments = environments
    }

    init(
        abiMajor: Int, abiMinor: Int, name: String, version: String, license: String, library: String,
        librarySize: Int, libraryHash: String, environments: [EnvironmentManifest]
    ) {
        self.abiMajor = abiMajor
        self.abiMinor = abiMinor
        self.name = name
        self.version = version
        self.license = license
        self.library = library
        self.librarySize = librarySize
        self.libraryHash = libraryHash
        self.environments = environments
    }

    /// Where the manifest of a library is: `libNAME.plugin.yaml` for `libNAME.so`.
    public static func path(ofLibrary path: String) -> String {
        (path.hasSuffix(".so") ? String(path.dropLast(3)) : path) + ".plugin.yaml"
    }

    static func fileName(of path: String) -> String { path.split(separator: "/").last.map(String.init) ?? path }
}

/// One environment of a plugin, as its manifest tells it.
public struct EnvironmentManifest: Sendable, Hashable {
    public var descriptor: EnvironmentDescriptor
    /// Scripted policies, the default first.
    public var baselines: [BaselineDescriptor]
    public var metrics: [MetricDescriptor]
    /// A horizon that the environment proposes, with default parameters.
    public var suggestedHorizon: Int?
    /// Number of agents with default parameters; nil when unknown.
    public var agentCount: Int?
    /// Width of an observation row with default parameters; nil when unknown.
    public var observationSize: Int?

    public init(
        descriptor: EnvironmentDescriptor, baselines: [BaselineDescriptor] = [], metrics: [MetricDescriptor] = [],
        suggestedHorizon: Int? = nil, agentCount: Int? = nil, observationSize: Int? = nil
    ) {
        self.descriptor = descriptor
        self.baselines = baselines
        self.metrics = metrics
        self.suggestedHorizon = suggestedHorizon
        self.agentCount = agentCount
        self.observationSize = observationSize
    }
}

/// The words that stand for kinds in a manifest.
enum ManifestKind {
    enum Parameter: String, CaseIterable { case integer, number, boolean, string, choice }
    enum Metric: String, CaseIterable { case count, fraction, number }
}
