package import CArgusEnv

/// C memory with one owner: everything that is allocated here is freed together, or never if the owner is immortal.
package final class CMemory {
    private var blocks: [UnsafeMutableRawPointer] = []

    package init() {}

    deinit {
        for block in blocks { block.deallocate() }
    }

    package func string(_ text: String) -> UnsafePointer<CChar> {
        let bytes = Array(text.utf8).filter { $0 != 0 }
        let memory = UnsafeMutablePointer<CChar>.allocate(capacity: bytes.count + 1)
        for (index, byte) in bytes.enumerated() { memory[index] = CChar(bitPattern: byte) }
        memory[bytes.count] = 0
        blocks.append(UnsafeMutableRawPointer(memory))
        return UnsafePointer(memory)
    }

    /// Nil for an empty array.
    package func array<Element: BitwiseCopyable>(_ elements: [Element]) -> UnsafePointer<Element>? {
        elements.isEmpty ? nil : nonEmptyArray(elements)
    }

    /// Never nil; for an empty array a pointer that is not to be read.
    package func nonEmptyArray<Element: BitwiseCopyable>(_ elements: [Element]) -> UnsafePointer<Element> {
        let memory = UnsafeMutablePointer<Element>.allocate(capacity: max(1, elements.count))
        memory.initialize(from: elements, count: elements.count)
        blocks.append(UnsafeMutableRawPointer(memory))
        return UnsafePointer(memory)
    }

    package func value<Value: BitwiseCopyable>(_ value: Value) -> UnsafePointer<Value> { nonEmptyArray([value]) }

    package func strings(_ texts: [String]) -> UnsafePointer<UnsafePointer<CChar>>? { array(texts.map(string)) }
}

/// Lists of the C interface's extensions.
extension CMemory {
    package func baselines(_ descriptors: [BaselineDescriptor]) -> UnsafePointer<argus_baseline> {
        nonEmptyArray(
            descriptors.map {
                argus_baseline(
                    struct_size: UInt32(MemoryLayout<argus_baseline>.size), sees_state: $0.seesState ? 1 : 0,
                    name: string($0.name), description: string($0.description), memory_size: UInt32($0.memorySize),
                    reserved: 0)
            })
    }

    package func metrics(_ descriptors: [MetricDescriptor]) -> UnsafePointer<argus_metric> {
        nonEmptyArray(
            descriptors.map {
                argus_metric(
                    struct_size: UInt32(MemoryLayout<argus_metric>.size), kind: $0.kind.rawValue,
                    name: string($0.name), description: string($0.description))
            })
    }
}
