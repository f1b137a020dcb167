// Process settings, creation, description and reading.
#pragma once

#include <ATen/Parallel.h>
#include <ATen/core/grad_mode.h>
#include <ATen/Version.h>
#include <ATen/ops/diag.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/from_blob.h>
#include <ATen/ops/full.h>
#include <ATen/ops/linalg_qr.h>
#include <ATen/ops/sign.h>
#include <torch/version.h>

#include <algorithm>
#include <cstring>
#include <string>

#include "handle.hpp"

const char *ctorch_last_error(void) { return ctorch::last_error; }
const char *ctorch_version(void) { return TORCH_VERSION; }

const char *ctorch_cpu_capability(void) {
    static const std::string name = at::get_cpu_capability();
    return name.c_str();
}

int ctorch_set_threads(int32_t count) {
    return ctorch::guarded([&] {
        if (count < 1) throw std::invalid_argument("the number of threads is less than 1");
        at::set_num_threads(count);
    });
}

int32_t ctorch_threads(void) { return at::get_num_threads(); }

int ctorch_set_interop_threads(int32_t count) {
    return ctorch::guarded([&] {
        if (count < 1) throw std::invalid_argument("the number of threads is less than 1");
        at::set_num_interop_threads(count);
    });
}

void ctorch_release(ctorch_tensor *tensor) { delete tensor; }

int ctorch_full(const int64_t *shape, int32_t rank, ctorch_dtype dtype, const char *device, double value,
                ctorch_tensor **out) {
    return ctorch::produce(out, [&] {
        return at::full(ctorch::sizes(shape, rank), value, ctorch::options(dtype, device));
    });
}

int ctorch_from_data(const void *data, size_t bytes, const int64_t *shape, int32_t rank, ctorch_dtype dtype,
                     const char *device, ctorch_tensor **out) {
    return ctorch::produce(out, [&] {
        auto tensor = at::empty(ctorch::sizes(shape, rank), ctorch::options(dtype, nullptr));
        if (tensor.nbytes() != bytes) {
            throw std::invalid_argument("the data has " + std::to_string(bytes) + " bytes, the shape needs " +
                                        std::to_string(tensor.nbytes()));
        }
        if (bytes > 0) std::memcpy(tensor.mutable_data_ptr(), data, bytes);
        return device == nullptr ? tensor : tensor.to(ctorch::device(device));
    });
}

int ctorch_borrow(void *data, const int64_t *shape, int32_t rank, ctorch_dtype dtype, ctorch_tensor **out) {
    return ctorch::produce(out, [&] {
        return at::from_blob(data, ctorch::sizes(shape, rank), ctorch::options(dtype, nullptr));
    });
}

int ctorch_orthogonal(const float *normals, int64_t rows, int64_t columns, double gain, ctorch_tensor **out) {
    return ctorch::produce(out, [&] {
        if (rows < 1 || columns < 1) throw std::invalid_argument("the matrix has no rows or no columns");
        const int64_t longer = std::max(rows, columns), shorter = std::min(rows, columns);
        const c10::NoGradGuard no_gradient;
        // The tensor only reads the numbers, and is gone when this function returns.
        auto normal = at::from_blob(const_cast<float *>(normals), {longer, shorter}, at::kFloat);
        auto [q, r] = at::linalg_qr(normal.to(at::kDouble), "reduced");
        const auto signed_q = q.mul(at::sign(at::diag(r))).mul(gain);
        return (rows < columns ? signed_q.t() : signed_q).to(at::kFloat).contiguous();
    });
}

int ctorch_clone(const ctorch_tensor *tensor, ctorch_tensor **out) {
    return ctorch::produce(out, [&] { return ctorch::get(tensor).clone(); });
}

int ctorch_detach(const ctorch_tensor *tensor, ctorch_tensor **out) {
    return ctorch::produce(out, [&] { return ctorch::get(tensor).detach(); });
}

int ctorch_contiguous(const ctorch_tensor *tensor, ctorch_tensor **out) {
    return ctorch::produce(out, [&] { return ctorch::get(tensor).contiguous(); });
}

int ctorch_to_device(const ctorch_tensor *tensor, const char *device, ctorch_tensor **out) {
    return ctorch::produce(out, [&] {
        return ctorch::get(tensor).to(ctorch::device(device));
    });
}

int ctorch_to_dtype(const ctorch_tensor *tensor, ctorch_dtype dtype, ctorch_tensor **out) {
    return ctorch::produce(out, [&] { return ctorch::get(tensor).to(ctorch::scalar_type(dtype)); });
}

int ctorch_describe(const ctorch_tensor *tensor, ctorch_description *out) {
    return ctorch::guarded([&] {
        const auto &value = ctorch::get(tensor);
        if (value.dim() > CTORCH_MAXIMUM_RANK) throw std::invalid_argument("the rank is not in 0...8");
        ctorch_description result{};
        result.dtype = ctorch::dtype_of(value.scalar_type());
        result.rank = static_cast<int32_t>(value.dim());
        for (int32_t axis = 0; axis < result.rank; ++axis) result.shape[axis] = value.size(axis);
        result.count = value.numel();
        result.is_contiguous = value.is_contiguous();
        result.requires_gradient = value.requires_grad();
        result.is_cpu = value.is_cpu();
        *out = result;
    });
}

int ctorch_device_name(const ctorch_tensor *tensor, char *buffer, size_t capacity) {
    return ctorch::guarded([&] {
        std::snprintf(buffer, capacity, "%s", ctorch::get(tensor).device().str().c_str());
    });
}

int ctorch_read(const ctorch_tensor *tensor, ctorch_dtype dtype, void *destination, size_t bytes) {
    return ctorch::guarded([&] {
        const auto source = ctorch::get(tensor).detach().to(at::kCPU, ctorch::scalar_type(dtype)).contiguous();
        if (source.nbytes() != bytes) {
            throw std::invalid_argument("the destination has " + std::to_string(bytes) + " bytes, the tensor needs " +
                                        std::to_string(source.nbytes()));
        }
        if (bytes > 0) std::memcpy(destination, source.const_data_ptr(), bytes);
    });
}

int ctorch_item(const ctorch_tensor *tensor, double *out) {
    return ctorch::guarded([&] { *out = ctorch::get(tensor).item().toDouble(); });
}

int ctorch_all_finite(const ctorch_tensor *tensor, bool *out) {
    // x - x is 0 where x is finite, else not a number.
    return ctorch::guarded([&] {
        const auto &value = ctorch::get(tensor);
        *out = value.sub(value).eq(0).all().item().toBool();
    });
}
