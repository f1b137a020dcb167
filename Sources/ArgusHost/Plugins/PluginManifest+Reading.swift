import ArgusEnvAPI

extension PluginManifest {
    /// Reads a manifest file: strict, with one precise error.
    ///
    /// - Throws: ``ArgusError``: `file` when it cannot be read, `plugin` with file, line and key for what it says.
    public static func read(path: String) throws(ArgusError) -> PluginManifest {
        try manifest(YAMLSection(contentsOf: path, code: .plugin))
    }

    /// The same from a text; `file` is what messages call it.
    public static func read(text: String, file: String) throws(ArgusError) -> PluginManifest {
        try manifest(YAMLSection(text: text, file: file, code: .plugin))
    }

    private static func manifest(_ root: YAMLSection) throws(ArgusError) -> PluginManifest {
        try root.allow([
            "abi_major", "abi_minor", "name", "version", "license", "library", "library_size", "library_hash",
            "environments",
        ])
        let library = try root.required("library")
        let name = try library.nonEmptyString()
        guard !name.contains("/") else {
            throw library.error("bad library name", expected: "a file name without a folder")
        }
        let hash = try root.required("library_hash")
        let text = try hash.string()
        guard text.hasPrefix("fnv1a64:"), text.utf8.count == 24, text.dropFirst(8).allSatisfy(\.isHexDigit) else {
            throw hash.error("bad hash", expected: "'fnv1a64:' and 16 hexadecimal digits")
        }
        var environments: [EnvironmentManifest] = []
        for item in try root.list("environments") {
            let environment = try self.environment(item.section())
            let id = environment.descriptor.id
            guard !environments.contains(where: { $0.descriptor.id == id }) else {
                throw item.error("duplicate environment", found: "'\(id)' twice", expected: "each id once")
            }
            environments.append(environment)
        }
        return PluginManifest(
            abiMajor: try root.integer("abi_major", in: 1...1000),
            abiMinor: try root.integer("abi_minor", in: 0...1000),
            name: try root.required("name").nonEmptyString(), version: try root.string("version"),
            license: try root.string("license"), library: name,
            librarySize: try root.integer("library_size", in: 0 ... .max), libraryHash: text,
            environments: environments)
    }

    private static func environment(_ section: YAMLSection) throws(ArgusError) -> EnvironmentManifest {
        try section.allow([
            "id", "version", "summary", "rules", "source", "parameters", "capabilities", "baselines", "metrics",
            "suggested_horizon", "agents", "observation_size",
        ])
        let id = try section.required("id")
        let name = try id.string()
        guard !name.isEmpty, name.utf8.allSatisfy({ DescriptorReader.isLowercaseLetterOrDigit($0) || $0 == 45 }) else {
            throw id.error("bad environment id", expected: "only a-z, 0-9 and '-'")
        }
        var descriptor = EnvironmentDescriptor(
            id: name, version: try section.string("version"), summary: try section.string("summary"),
            rules: try section.string("rules"), source: try section.string("source"))
        for item in try section.list("parameters") {
            let parameter = try self.parameter(item.section())
            guard !descriptor.parameters.contains(where: { $0.name == parameter.name }) else {
                throw item.error("duplicate parameter", found: "'\(parameter.name)' twice", expected: "each name once")
            }
            descriptor.parameters.append(parameter)
        }
        for item in try section.list("capabilities") { descriptor.capabilities.insert(try item.oneOf(Capability.self)) }
        var manifest = EnvironmentManifest(descriptor: descriptor)
        for item in try section.list("baselines") { manifest.baselines.append(try baseline(item.section())) }
        for item in try section.list("metrics") { manifest.metrics.append(try metric(item.section())) }
        manifest.suggestedHorizon = try section["suggested_horizon"]?.integer(in: 1 ... .max)
        manifest.agentCount = try section["agents"]?.integer(in: 1 ... .max)
        manifest.observationSize = try section["observation_size"]?.integer(in: 1 ... .max)
        return manifest
    }

    private static func parameter(_ section: YAMLSection) throws(ArgusError) -> ParameterDescriptor {
        try section.allow(["name", "kind", "default", "minimum", "maximum", "choices", "description"])
        let kindName = try section.required("kind").oneOf(ManifestKind.Parameter.self)
        let given = try section.required("default")
        var value = try given.parameter()
        let kind: ParameterKind
        switch kindName {
        case .integer:
            let low = try section["minimum"]?.integer() ?? .min
            let high = try section["maximum"]?.integer() ?? .max
            guard low <= high else { throw badRange(section) }
            kind = .integer(low...high)
        case .number:
            let low = try section["minimum"]?.number() ?? -.infinity
            let high = try section["maximum"]?.number() ?? .infinity
            guard low <= high else { throw badRange(section) }
            kind = .number(low...high)
            if case .integer(let whole) = value { value = .number(Double(whole)) }
        case .boolean: kind = .boolean
        case .string: kind = .string
        case .choice:
            var names: [String] = []
            for item in try section.list("choices") { names.append(try item.string()) }
            kind = .choice(names)
        }
        let descriptor = ParameterDescriptor(
            try section.required("name").nonEmptyString(), kind, default: value, try section.string("description"))
        do {
            _ = try ParameterValues([descriptor.name: value], for: [descriptor])
        } catch {
            throw given.error("bad default", found: error.found, expected: error.expected)
        }
        return descriptor
    }

    private static func badRange(_ section: YAMLSection) -> ArgusError {
        section.error("value out of range", found: "minimum above maximum", expected: "minimum <= maximum")
    }

    private static func baseline(_ section: YAMLSection) throws(ArgusError) -> BaselineDescriptor {
        try section.allow(["name", "description", "sees_state", "memory_size"])
        return BaselineDescriptor(
            name: try section.required("name").nonEmptyString(), description: try section.string("description"),
            seesState: try section.boolean("sees_state"),
            memorySize: try section["memory_size"]?.integer(in: 0 ... .max) ?? 0)
    }

    private static func metric(_ section: YAMLSection) throws(ArgusError) -> MetricDescriptor {
        try section.allow(["name", "kind", "description"])
        let kind: MetricDescriptor.Kind =
            switch try section.required("kind").oneOf(ManifestKind.Metric.self) {
            case .count: .count
            case .fraction: .fraction
            case .number: .number
            }
        return MetricDescriptor(
            name: try section.required("name").nonEmptyString(), kind: kind,
            description: try section.string("description"))
    }
}
