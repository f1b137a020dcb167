import ArgusEnvAPI
import CArgusEnv

/// Reads a plugin's descriptor into Swift, checking what the contract demands.
enum DescriptorReader {
    static func read(_ pointer: UnsafePointer<argus_descriptor>, _ path: String) throws(ArgusError)
        -> EnvironmentDescriptor
    {
        let c = try PluginMemory(place: path).value(
            pointer, "argus_descriptor",
            pointers: [
                ("id", \.id), ("version", \.version), ("summary", \.summary), ("rules", \.rules), ("source", \.source),
            ])
        let id = String(cString: c.id)
        let place = "\(path), environment '\(id)'"
        let memory = PluginMemory(place: place)
        guard !id.isEmpty, id.utf8.allSatisfy({ isLowercaseLetterOrDigit($0) || $0 == UInt8(ascii: "-") }) else {
            throw ArgusError(
                .plugin, "bad environment id", at: place, found: "'\(id)'", expected: "only a-z, 0-9 and '-'")
        }
        var parameters: [ParameterDescriptor] = []
        let list = try memory.values(
            c.parameters, count: c.parameter_count, "parameter",
            pointers: [("name", \.name), ("description", \.description), ("default_value", \.default_value)])
        for item in list {
            let parameter = try parameter(item, memory)
            guard !parameters.contains(where: { $0.name == parameter.name }) else {
                throw memory.refused("two parameters named '\(parameter.name)'", "each name once")
            }
            parameters.append(parameter)
        }
        // An id that this host does not know is of a later minor version: no error.
        let capabilities = try memory.texts(c.capabilities, count: c.capability_count, "capabilities")
            .compactMap(Capability.init(rawValue:))
        return EnvironmentDescriptor(
            id: id, version: String(cString: c.version), summary: String(cString: c.summary),
            rules: String(cString: c.rules), source: String(cString: c.source), parameters: parameters,
            capabilities: Set(capabilities))
    }

    private static func parameter(
        _ c: argus_parameter, _ memory: PluginMemory
    ) throws(ArgusError) -> ParameterDescriptor {
        let name = String(cString: c.name)
        let json = String(cString: c.default_value)
        func refused(_ found: String, _ expected: String) -> ArgusError {
            ArgusError(.plugin, "bad parameter '\(name)'", at: memory.place, found: found, expected: expected)
        }
        let kind: ParameterKind
        switch c.kind {
        case UInt32(ARGUS_PARAMETER_INTEGER):
            guard let low = integer(c.minimum), let high = integer(c.maximum), low <= high else {
                throw refused("the range \(c.minimum) to \(c.maximum)", "an integer range")
            }
            kind = .integer(low...high)
        case UInt32(ARGUS_PARAMETER_NUMBER):
            guard c.minimum <= c.maximum else {
                throw refused("the range \(c.minimum) to \(c.maximum)", "minimum <= maximum")
            }
            kind = .number(c.minimum...c.maximum)
        case UInt32(ARGUS_PARAMETER_BOOLEAN): kind = .boolean
        case UInt32(ARGUS_PARAMETER_STRING): kind = .string
        case UInt32(ARGUS_PARAMETER_CHOICE):
            let choices = try memory.texts(c.choices, count: c.choice_count, "choices of parameter '\(name)'")
            guard !choices.isEmpty else { throw refused("no choices", "at least one") }
            kind = .choice(choices)
        default: throw refused("kind \(c.kind)", "1 to 5")
        }
        guard var value = try? ParameterJSON.decodeValue(json) else {
            throw refused("the default \(json)", "a JSON value")
        }
        if case .number = kind, case .integer(let whole) = value { value = .number(Double(whole)) }
        let descriptor = ParameterDescriptor(name, kind, default: value, String(cString: c.description))
        do {
            _ = try ParameterValues([name: value], for: [descriptor])
        } catch {
            throw refused("the default \(json)", error.expected)
        }
        return descriptor
    }

    /// Doubles at or beyond the ends of Int stand for those ends.
    private static func integer(_ value: Double) -> Int? {
        if value >= 0x1p63 { return .max }
        if value <= -0x1p63 { return .min }
        return Int(exactly: value)
    }

    static func isLowercaseLetterOrDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }
}
