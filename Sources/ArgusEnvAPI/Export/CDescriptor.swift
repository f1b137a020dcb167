import CArgusEnv

/// A descriptor as the C interface shows it.
enum CDescriptor {
    static func make(_ descriptor: EnvironmentDescriptor, _ memory: CMemory) -> argus_descriptor {
        let capabilities = descriptor.capabilities.map(\.rawValue).sorted()
        return argus_descriptor(
            struct_size: UInt32(MemoryLayout<argus_descriptor>.size),
            parameter_count: UInt32(descriptor.parameters.count), id: memory.string(descriptor.id),
            version: memory.string(descriptor.version), summary: memory.string(descriptor.summary),
            rules: memory.string(descriptor.rules), source: memory.string(descriptor.source),
            parameters: memory.array(descriptor.parameters.map { parameter($0, memory) }),
            capabilities: memory.strings(capabilities), capability_count: UInt32(capabilities.count), reserved: 0)
    }

    private static func parameter(_ descriptor: ParameterDescriptor, _ memory: CMemory) -> argus_parameter {
        var kind = UInt32(ARGUS_PARAMETER_BOOLEAN)
        var range = (0.0, 0.0)
        var choices: [String] = []
        switch descriptor.kind {
        case .integer(let bounds):
            kind = UInt32(ARGUS_PARAMETER_INTEGER)
            range = (Double(bounds.lowerBound), Double(bounds.upperBound))
        case .number(let bounds):
            kind = UInt32(ARGUS_PARAMETER_NUMBER)
            range = (bounds.lowerBound, bounds.upperBound)
        case .boolean: break
        case .string: kind = UInt32(ARGUS_PARAMETER_STRING)
        case .choice(let names):
            kind = UInt32(ARGUS_PARAMETER_CHOICE)
            choices = names
        }
        return argus_parameter(
            struct_size: UInt32(MemoryLayout<argus_parameter>.size), kind: kind, name: memory.string(descriptor.name),
            description: memory.string(descriptor.description),
            default_value: memory.string(ParameterJSON.encode(descriptor.defaultValue)), minimum: range.0,
            maximum: range.1, choices: memory.strings(choices), choice_count: UInt32(choices.count), reserved: 0)
    }
}
