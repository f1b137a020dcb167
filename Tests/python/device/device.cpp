// A device for tests, `elsewhere`: memory of its own as far as libtorch can tell, and operations
// that are the CPU's. Unlike a GPU it is on every machine; like one it refuses operations on tensors of two devices.
// Preloaded into a program, it is one of libtorch's devices there.
#include <ATen/Context.h>
#include <ATen/core/dispatch/Dispatcher.h>
#include <ATen/detail/PrivateUse1HooksInterface.h>
#include <ATen/native/CPUFallback.h>
#include <ATen/native/Resize.h>
#include <ATen/ops/as_strided_cpu_dispatch.h>
#include <ATen/ops/_reshape_alias_native.h>
#include <ATen/ops/linear.h>
#include <ATen/ops/view_native.h>
#include <c10/core/DeviceType.h>
#include <c10/core/impl/DeviceGuardImplInterface.h>
#include <torch/library.h>

#include <cstdlib>

namespace {

constexpr auto kind = c10::DeviceType::PrivateUse1;
const c10::Device device(kind, 0);

// One device, one stream, nothing to wait for.
struct Guard final : c10::impl::DeviceGuardImplInterface {
    c10::DeviceType type() const override { return kind; }
    c10::Device exchangeDevice(c10::Device) const override { return device; }
    c10::Device getDevice() const override { return device; }
    void setDevice(c10::Device) const override {}
    void uncheckedSetDevice(c10::Device) const noexcept override {}
    c10::Stream getStream(c10::Device) const override { return c10::Stream(c10::Stream::DEFAULT, device); }
    c10::Stream getNewStream(c10::Device, int) const override { return c10::Stream(c10::Stream::DEFAULT, device); }
    c10::Stream exchangeStream(c10::Stream) const override { return c10::Stream(c10::Stream::DEFAULT, device); }
    c10::DeviceIndex deviceCount() const noexcept override { return 1; }
    void record(void **, const c10::Stream &, const c10::DeviceIndex, const c10::EventFlag) const override {}
    void block(void *, const c10::Stream &) const override {}
    bool queryEvent(void *) const override { return true; }
    void destroyEvent(void *, const c10::DeviceIndex) const noexcept override {}
};
C10_REGISTER_GUARD_IMPL(PrivateUse1, Guard);

struct Allocator final : c10::Allocator {
    c10::DataPtr allocate(size_t bytes) override {
        void *data = bytes == 0 ? nullptr : std::malloc(bytes);
        return {data, data, &std::free, device};
    }
    c10::DeleterFnPtr raw_deleter() const override { return &std::free; }
    void copy_data(void *to, const void *from, std::size_t bytes) const override { default_copy_data(to, from, bytes); }
};
Allocator allocator;
REGISTER_ALLOCATOR(kind, &allocator);

at::Tensor of_shape(at::IntArrayRef sizes, at::ScalarType type) {
    int64_t count = 1;
    for (const auto size : sizes) count *= size;
    const size_t bytes = static_cast<size_t>(count) * c10::elementSize(type);
    auto storage = c10::make_intrusive<c10::StorageImpl>(
        c10::StorageImpl::use_byte_size_t(), bytes, allocator.allocate(bytes), &allocator, true);
    auto result = at::detail::make_tensor<c10::TensorImpl>(
        std::move(storage), c10::DispatchKeySet(c10::DispatchKey::PrivateUse1), c10::scalarTypeToTypeMeta(type));
    result.unsafeGetTensorImpl()->set_sizes_contiguous(sizes);
    return result;
}

at::Tensor empty(at::IntArrayRef sizes, std::optional<at::ScalarType> type, std::optional<at::Layout>,
                 std::optional<at::Device>, std::optional<bool>, std::optional<at::MemoryFormat>) {
    return of_shape(sizes, type.value_or(at::kFloat));
}

at::Tensor empty_strided(at::IntArrayRef sizes, at::IntArrayRef strides, std::optional<at::ScalarType> type,
                         std::optional<at::Layout>, std::optional<at::Device>, std::optional<bool>) {
    int64_t count = 1;
    for (size_t axis = 0; axis < sizes.size(); ++axis) {
        if (sizes[axis] == 0) return of_shape(sizes, type.value_or(at::kFloat));
        count += (sizes[axis] - 1) * strides[axis];
    }
    auto result = of_shape({count}, type.value_or(at::kFloat));
    result.unsafeGetTensorImpl()->set_sizes_and_strides(sizes, strides);
    return result;
}

// The same memory as a tensor of the CPU.
at::Tensor on_cpu(const at::Tensor &tensor) {
    if (tensor.is_cpu()) return tensor;
    auto *data = static_cast<char *>(const_cast<void *>(tensor.storage().data()));
    auto storage = c10::make_intrusive<c10::StorageImpl>(
        c10::StorageImpl::use_byte_size_t(), tensor.storage().nbytes(),
        c10::DataPtr(data, c10::Device(c10::kCPU)), nullptr, false);
    auto result = at::detail::make_tensor<c10::TensorImpl>(std::move(storage),
                                                           c10::DispatchKeySet(c10::DispatchKey::CPU), tensor.dtype());
    auto *implementation = result.unsafeGetTensorImpl();
    implementation->set_storage_offset(tensor.storage_offset());
    implementation->set_sizes_and_strides(tensor.sizes(), tensor.strides());
    return result;
}

at::Tensor copy_from(const at::Tensor &from, const at::Tensor &to, bool) {
    on_cpu(to).copy_(on_cpu(from));
    return to;
}

at::Tensor copy_from_and_resize(const at::Tensor &from, const at::Tensor &to) {
    if (to.sizes() != from.sizes()) at::native::resize_impl_cpu_(to.unsafeGetTensorImpl(), from.sizes(), std::nullopt);
    return copy_from(from, to, false);
}

void fallback(const c10::OperatorHandle &operation, torch::jit::Stack *stack) {
    // As on a GPU: only tensors without axes may come from elsewhere.
    const auto require = [&](const at::Tensor &tensor) {
        TORCH_CHECK(!tensor.defined() || tensor.device().type() == kind || tensor.dim() == 0,
                    "a tensor of another device: ", operation.schema().name());
    };
    for (const auto &argument : torch::jit::last(*stack, operation.schema().arguments().size())) {
        if (argument.isTensor()) require(argument.toTensor());
        if (argument.isTensorList()) {
            for (const auto &tensor : argument.toTensorVector()) require(tensor);
        }
    }
    at::native::cpu_fallback(operation, stack, false);
}

// libtorch takes every device but the CPU for one that has this as one operation.
at::Tensor gru_cell(const at::Tensor &input, const at::Tensor &hidden, const at::Tensor &input_weight,
                    const at::Tensor &hidden_weight, const std::optional<at::Tensor> &input_bias,
                    const std::optional<at::Tensor> &hidden_bias) {
    const auto from_input = at::linear(input, input_weight, input_bias).chunk(3, 1);
    const auto from_hidden = at::linear(hidden, hidden_weight, hidden_bias).chunk(3, 1);
    const auto reset = from_input[0].add(from_hidden[0]).sigmoid(), update = from_input[1].add(from_hidden[1]).sigmoid();
    const auto next = from_input[2].add(reset.mul(from_hidden[2])).tanh();
    return hidden.sub(next).mul(update).add(next);
}

struct Hooks final : at::PrivateUse1HooksInterface {
    bool hasPrimaryContext(c10::DeviceIndex) const override { return true; }
    bool isAvailable() const override { return true; }
};

struct Registered {
    Registered() {
        c10::register_privateuse1_backend("elsewhere");
        at::RegisterPrivateUse1HooksInterface(new Hooks());
    }
} registered;

}  // namespace

TORCH_LIBRARY_IMPL(aten, PrivateUse1, library) {
    library.impl("empty.memory_format", empty);
    library.impl("empty_strided", empty_strided);
    library.impl("_copy_from", copy_from);
    library.impl("_copy_from_and_resize", copy_from_and_resize);
    library.impl("as_strided", TORCH_FN(at::cpu::as_strided));
    library.impl("_reshape_alias", TORCH_FN(at::native::_reshape_alias));
    library.impl("view", TORCH_FN(at::native::view));
}

TORCH_LIBRARY_IMPL(_, PrivateUse1, library) { library.fallback(torch::CppFunction::makeFromBoxedFunction<&fallback>()); }

TORCH_LIBRARY_IMPL(aten, AutogradPrivateUse1, library) { library.impl("gru_cell", gru_cell); }
