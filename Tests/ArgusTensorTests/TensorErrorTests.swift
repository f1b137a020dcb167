import ArgusTensor
import Testing

struct TensorErrorTests {
    private func code(of body: () throws(TensorError) -> Void) -> TensorError.Code? {
        do throws(TensorError) {
            try body()
            return nil
        } catch {
            #expect(!error.message.isEmpty)
            return error.code
        }
    }

    @Test("Misuse is a thrown error with a message, never an abort")
    func misuse() throws {
        let a = try Tensor.zeros([2, 3])
        let b = try Tensor.zeros([4, 5])
        let floats = try Tensor.zeros([2, 3])
        #expect(code { () throws(TensorError) in _ = try a + b } == .refused)
        #expect(code { () throws(TensorError) in _ = try a.matmul(b) } == .refused)
        #expect(code { () throws(TensorError) in _ = try a.linear(weight: b) } == .refused)
        #expect(code { () throws(TensorError) in _ = try a.reshaped(to: [7]) } == .refused)
        #expect(code { () throws(TensorError) in _ = try a.narrowed(axis: 0, from: 1, count: 9) } == .refused)
        #expect(code { () throws(TensorError) in _ = try a.gathered(axis: 1, indices: floats) } == .refused)
        #expect(code { () throws(TensorError) in _ = try a.sum(axes: [5]) } == .refused)
        #expect(code { () throws(TensorError) in _ = try a.item() } == .refused)
        #expect(code { () throws(TensorError) in _ = try Tensor.stack([]) } == .refused)
        #expect(code { () throws(TensorError) in try a.backward() } == .refused)
        #expect(code { () throws(TensorError) in _ = try Tensor.zeros([1 << 50]) } == .outOfMemory)
        #expect(code { () throws(TensorError) in _ = try Tensor.zeros([-1]) } == .refused)
        #expect(code { () throws(TensorError) in try TorchThreads.set(0) } == .invalidArgument)
        #expect(
            code { () throws(TensorError) in _ = try Tensor([1, 2, 3] as [Float], shape: [2, 2]) } == .invalidArgument)
        #expect(
            code { () throws(TensorError) in _ = try Tensor.zeros([1, 1, 1, 1, 1, 1, 1, 1]).unsqueezed(0) }
                == .invalidArgument)
    }

    @Test("An index out of range is refused")
    func indexOutOfRange() throws {
        let rows = try Tensor.zeros([2, 3])
        let outside = try Tensor([5] as [Int64])
        #expect(code { () throws(TensorError) in _ = try rows.gatheredRows(outside) } != nil)
    }

    @Test("A device that is not there is refused")
    func missingDevice() throws {
        let tensor = try Tensor.zeros([1])
        #expect(code { () throws(TensorError) in _ = try tensor.to(Device("nowhere:7")) } == .refused)
        #expect(code { () throws(TensorError) in _ = try tensor.to(.cuda(99)) } != nil)
        #expect(code { () throws(TensorError) in _ = try Tensor.zeros([1], device: .cuda(99)) } != nil)
    }

    @Test("A destination of the wrong size is refused and left alone")
    func destinationSize() throws {
        let tensor = try Tensor([1, 2, 3] as [Float])
        var values: [Float] = [7, 7]
        values.withUnsafeMutableBufferPointer { buffer in
            let failure = code { () throws(TensorError) in try tensor.copy(to: buffer) }
            #expect(failure == .invalidArgument)
        }
        #expect(values == [7, 7])
    }
}
