// What every part of the shim uses: the handle, the error guard, and the mapping of element types.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdio>
#include <cstring>
#include <initializer_list>
#include <new>
#include <stdexcept>
#include <vector>

#include "ctorch.h"

struct ctorch_tensor {
    at::Tensor value;
};

namespace ctorch {

// A fixed buffer: reporting that memory ran out must not need memory.
inline thread_local char last_error[2048] = "";

inline int fail(int status, const char *message) noexcept {
    std::snprintf(last_error, sizeof last_error, "%s", message);
    return status;
}

// Runs `body` and turns whatever it throws into a status and a message.
template <typename Body>
int guarded(Body &&body) noexcept {
    try {
        body();
        return CTORCH_OK;
    } catch (const c10::OutOfMemoryError &error) {
        return fail(CTORCH_OUT_OF_MEMORY, error.what_without_backtrace());
    } catch (const c10::Error &error) {
        // Memory of the processor's own is refused without a type of its own.
        const char *message = error.what_without_backtrace();
        const bool is_memory = std::strstr(message, "DefaultCPUAllocator: can't allocate memory") != nullptr;
        return fail(is_memory ? CTORCH_OUT_OF_MEMORY : CTORCH_TORCH_ERROR, message);
    } catch (const std::bad_alloc &) {
        return fail(CTORCH_OUT_OF_MEMORY, "out of memory");
    } catch (const std::invalid_argument &error) {
        return fail(CTORCH_INVALID_ARGUMENT, error.what());
    } catch (const std::exception &error) {
        return fail(CTORCH_INTERNAL_ERROR, error.what());
    } catch (...) {
        return fail(CTORCH_INTERNAL_ERROR, "an unknown exception was thrown");
    }
}


inline at::Tensor &get(ctorch_tensor *tensor) {
    if (tensor == nullptr) throw std::invalid_argument("a tensor handle is null");
    return tensor->value;
}

inline const at::Tensor &get(const ctorch_tensor *tensor) {
    if (tensor == nullptr) throw std::invalid_argument("a tensor handle is null");
    return tensor->value;
}

// Whether loops of our own take it, once it is contiguous.
inline bool is_plain(const at::Tensor &x) {
    return x.is_cpu() && x.scalar_type() == at::kFloat && x.layout() == at::kStrided;
}

inline std::optional<at::Tensor> optional(const ctorch_tensor *tensor) {
    return tensor == nullptr ? std::nullopt : std::optional<at::Tensor>(tensor->value);
}

inline std::vector<at::Tensor> list(const ctorch_tensor *const *tensors, int32_t count) {
    if (count < 0 || (count > 0 && tensors == nullptr)) throw std::invalid_argument("a tensor list is null");
    std::vector<at::Tensor> result;
    result.reserve(static_cast<size_t>(count));
    for (int32_t i = 0; i < count; ++i) result.push_back(get(tensors[i]));
    return result;
}

inline at::IntArrayRef sizes(const int64_t *shape, int32_t rank) {
    if (rank < 0 || rank > CTORCH_MAXIMUM_RANK) throw std::invalid_argument("the rank is not in 0...8");
    if (rank > 0 && shape == nullptr) throw std::invalid_argument("the shape is null");
    return at::IntArrayRef(shape, static_cast<size_t>(rank));
}

inline at::ScalarType scalar_type(ctorch_dtype dtype) {
    switch (dtype) {
    case CTORCH_FLOAT32: return at::kFloat;
    case CTORCH_FLOAT64: return at::kDouble;
    case CTORCH_INT64: return at::kLong;
    case CTORCH_INT32: return at::kInt;
    case CTORCH_UINT8: return at::kByte;
    case CTORCH_BOOL: return at::kBool;
    case CTORCH_FLOAT16: return at::kHalf;
    case CTORCH_BFLOAT16: return at::kBFloat16;
    }
    throw std::invalid_argument("unknown element type");
}

inline ctorch_dtype dtype_of(at::ScalarType type) {
    switch (type) {
    case at::kFloat: return CTORCH_FLOAT32;
    case at::kDouble: return CTORCH_FLOAT64;
    case at::kLong: return CTORCH_INT64;
    case at::kInt: return CTORCH_INT32;
    case at::kByte: return CTORCH_UINT8;
    case at::kBool: return CTORCH_BOOL;
    case at::kHalf: return CTORCH_FLOAT16;
    case at::kBFloat16: return CTORCH_BFLOAT16;
    default: throw std::invalid_argument("an element type that this layer does not offer");
    }
}

// Runs `body`, which returns an at::Tensor, and hands it out as a new handle. Each handle satisfies what
// ctorch_describe promises: a rank and an element type that this layer can name.
template <typename Body>
int produce(ctorch_tensor **out, Body &&body) noexcept {
    return guarded([&] {
        if (out == nullptr) throw std::invalid_argument("the output pointer is null");
        at::Tensor result = body();
        if (result.dim() > CTORCH_MAXIMUM_RANK) throw std::invalid_argument("the result's rank is above 8");
        static_cast<void>(dtype_of(result.scalar_type()));
        *out = new ctorch_tensor{std::move(result)};
    });
}

inline at::Device device(const char *name) { return name == nullptr ? at::Device(at::kCPU) : at::Device(name); }

inline at::TensorOptions options(ctorch_dtype dtype, const char *device) {
    const auto result = at::TensorOptions().dtype(scalar_type(dtype));
    return result.device(ctorch::device(device));
}

}  // namespace ctorch
