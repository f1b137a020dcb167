/// C memory with one owner: everything that is allocated here is freed together, or never if the owner is immortal.
final class CMemory {
    private var blocks: [UnsafeMutableRawPointer] = []

    deinit {
        for block in blocks { block.deallocate() }
    }

    func string(_ text: String) -> UnsafePointer<CChar> {
        let bytes = Array(text.utf8).filter { $0 != 0 }
        let memory = UnsafeMutablePointer<CChar>.allocate(capacity: bytes.count + 1)
        for (index, byte) in bytes.enumerated() { memory[index] = CChar(bitPattern: byte) }
        memory[bytes.count] = 0
        blocks.append(UnsafeMutableRawPointer(memory))
        return UnsafePointer(memory)
    }

    /// Nil for an empty array.
    func array<Element: BitwiseCopyable>(_ elements: [Element]) -> UnsafePointer<Element>? {
        elements.isEmpty ? nil : nonEmptyArray(elements)
    }

    /// Never nil; for an empty array a pointer that is not to be read.
    func nonEmptyArray<Element: BitwiseCopyable>(_ elements: [Element]) -> UnsafePointer<Element> {
        let memory = UnsafeMutablePointer<Element>.allocate(capacity: max(1, elements.count))
        memory.initialize(from: elements, count: elements.count)
        blocks.append(UnsafeMutableRawPointer(memory))
        return UnsafePointer(memory)
    }

    func value<Value: BitwiseCopyable>(_ value: Value) -> UnsafePointer<Value> { nonEmptyArray([value]) }

    func strings(_ texts: [String]) -> UnsafePointer<UnsafePointer<CChar>>? { array(texts.map(string)) }
}
