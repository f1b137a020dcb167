import ArgusEnvAPI
import CArgusEnv

/// Asks an instance for its extensions and reads what they hold.
struct ExtensionFinder {
    let instance: UnsafeMutablePointer<argus_instance>
    let memory: PluginMemory

    /// The extension with this id; nil when the instance does not offer it.
    func callAsFunction<Value>(
        _ id: String, _ pointers: PluginMemory.RequiredFields<Value>
    ) throws(ArgusError) -> Value? {
        guard let found = instance.pointee.get_extension(instance, id) else { return nil }
        return try memory.value(found.assumingMemoryBound(to: Value.self), id, pointers: pointers)
    }

    func baselines(_ c: argus_baselines) throws(ArgusError) -> [BaselineDescriptor] {
        var baselines: [BaselineDescriptor] = []
        let list = try memory.values(
            c.baselines, count: c.count, "baseline", pointers: [("name", \.name), ("description", \.description)])
        for item in list {
            guard item.memory_size <= 1 << 20 else {
                throw memory.refused("a baseline that wants \(item.memory_size) bytes of memory", "at most \(1 << 20)")
            }
            baselines.append(
                BaselineDescriptor(
                    name: String(cString: item.name),
                    description: String(cString: item.description),
                    seesState: item.sees_state != 0, memorySize: Int(item.memory_size)))
        }
        return baselines
    }

    func metrics(_ c: argus_metrics) throws(ArgusError) -> [MetricDescriptor] {
        var metrics: [MetricDescriptor] = []
        let list = try memory.values(
            c.metrics, count: c.count, "metric", pointers: [("name", \.name), ("description", \.description)])
        for item in list {
            metrics.append(
                MetricDescriptor(
                    name: String(cString: item.name),
                    kind: MetricDescriptor.Kind(rawValue: item.kind) ?? .number,
                    description: String(cString: item.description)))
        }
        return metrics
    }
}
