// Shape, elementwise, reduction and network operations.
#pragma once

#include <ATen/ops/cat.h>
#include <ATen/ops/gelu.h>
#include <ATen/ops/elu.h>
#include <ATen/ops/gru_cell.h>
#include <ATen/ops/huber_loss.h>
#include <ATen/ops/isfinite.h>
#include <ATen/ops/layer_norm.h>
#include <ATen/ops/linear.h>
#include <ATen/ops/matmul.h>
#include <ATen/ops/maximum.h>
#include <ATen/ops/minimum.h>
#include <ATen/ops/stack.h>
#include <ATen/ops/where.h>

#include <cmath>

#include "handle.hpp"

// MARK: Shape

int ctorch_reshape(const ctorch_tensor *tensor, const int64_t *shape, int32_t rank, ctorch_tensor **out) {
    return ctorch::produce(out, [&] { return ctorch::get(tensor).reshape(ctorch::sizes(shape, rank)); });
}

int ctorch_expand(const ctorch_tensor *tensor, const int64_t *shape, int32_t rank, ctorch_tensor **out) {
    return ctorch::produce(out, [&] { return ctorch::get(tensor).expand(ctorch::sizes(shape, rank)); });
}

int ctorch_permute(const ctorch_tensor *tensor, const int64_t *axes, int32_t count, ctorch_tensor **out) {
    return ctorch::produce(out, [&] { return ctorch::get(tensor).permute(ctorch::sizes(axes, count)); });
}

int ctorch_transpose(const ctorch_tensor *tensor, int64_t first, int64_t second, ctorch_tensor **out) {
    return ctorch::produce(out, [&] { return ctorch::get(tensor).transpose(first, second); });
}

int ctorch_unsqueeze(const ctorch_tensor *tensor, int64_t axis, ctorch_tensor **out) {
    return ctorch::produce(out, [&] { return ctorch::get(tensor).unsqueeze(axis); });
}

int ctorch_squeeze(const ctorch_tensor *tensor, int64_t axis, ctorch_tensor **out) {
    return ctorch::produce(out, [&] { return ctorch::get(tensor).squeeze(axis); });
}

int ctorch_narrow(const ctorch_tensor *tensor, int64_t axis, int64_t start, int64_t length, ctorch_tensor **out) {
    return ctorch::produce(out, [&] { return ctorch::get(tensor).narrow(axis, start, length); });
}

int ctorch_select(const ctorch_tensor *tensor, int64_t axis, int64_t index, ctorch_tensor **out) {
    return ctorch::produce(out, [&] { return ctorch::get(tensor).select(axis, index); });
}

int ctorch_index_select(const ctorch_tensor *tensor, int64_t axis, const ctorch_tensor *indices, ctorch_tensor **out) {
    return ctorch::produce(out, [&] { return ctorch::get(tensor).index_select(axis, ctorch::get(indices)); });
}

int ctorch_gather(const ctorch_tensor *tensor, int64_t axis, const ctorch_tensor *indices, ctorch_tensor **out) {
    return ctorch::produce(out, [&] { return ctorch::get(tensor).gather(axis, ctorch::get(indices)); });
}

int ctorch_stack(const ctorch_tensor *const *tensors, int32_t count, int64_t axis, ctorch_tensor **out) {
    return ctorch::produce(out, [&] { return at::stack(ctorch::list(tensors, count), axis); });
}

int ctorch_concatenate(const ctorch_tensor *const *tensors, int32_t count, int64_t axis, ctorch_tensor **out) {
    return ctorch::produce(out, [&] { return at::cat(ctorch::list(tensors, count), axis); });
}

// MARK: Elementwise

namespace ctorch {

inline at::Tensor apply(ctorch_unary operation, const at::Tensor &x) {
    switch (operation) {
    case CTORCH_NEGATE: return x.neg();
    case CTORCH_EXP: return x.exp();
    case CTORCH_LOG: return x.log();
    case CTORCH_SQUARE: return x.square();
    case CTORCH_SQRT: return x.sqrt();
    case CTORCH_ABS: return x.abs();
    case CTORCH_RELU: return x.relu();
    case CTORCH_TANH: return x.tanh();
    case CTORCH_ELU: return at::elu(x);
    case CTORCH_SIGMOID: return x.sigmoid();
    case CTORCH_GELU: return at::gelu(x);
    case CTORCH_LOGICAL_NOT: return x.logical_not();
    case CTORCH_IS_FINITE: return at::isfinite(x);
    }
    throw std::invalid_argument("unknown unary operation");
}

inline at::Tensor apply(ctorch_binary operation, const at::Tensor &a, const at::Tensor &b) {
    switch (operation) {
    case CTORCH_ADD: return a.add(b);
    case CTORCH_SUBTRACT: return a.sub(b);
    case CTORCH_MULTIPLY: return a.mul(b);
    case CTORCH_DIVIDE: return a.div(b);
    case CTORCH_MINIMUM: return at::minimum(a, b);
    case CTORCH_MAXIMUM: return at::maximum(a, b);
    case CTORCH_EQUAL: return a.eq(b);
    case CTORCH_NOT_EQUAL: return a.ne(b);
    case CTORCH_LESS: return a.lt(b);
    case CTORCH_LESS_EQUAL: return a.le(b);
    case CTORCH_GREATER: return a.gt(b);
    case CTORCH_GREATER_EQUAL: return a.ge(b);
    case CTORCH_LOGICAL_AND: return a.logical_and(b);
    case CTORCH_LOGICAL_OR: return a.logical_or(b);
    }
    throw std::invalid_argument("unknown binary operation");
}

// An integer tensor times a whole number stays an integer tensor, as it would with an integer literal in Python.
inline at::Scalar scalar(const at::Tensor &a, double value) {
    const bool whole = std::trunc(value) == value && std::abs(value) < 9e15;
    if (at::isIntegralType(a.scalar_type(), true) && whole) return at::Scalar(static_cast<int64_t>(value));
    return at::Scalar(value);
}

inline at::Tensor apply(ctorch_binary operation, const at::Tensor &a, const at::Scalar &b) {
    switch (operation) {
    case CTORCH_ADD: return a.add(b);
    case CTORCH_SUBTRACT: return a.sub(b);
    case CTORCH_MULTIPLY: return a.mul(b);
    case CTORCH_DIVIDE: return a.div(b);
    case CTORCH_EQUAL: return a.eq(b);
    case CTORCH_NOT_EQUAL: return a.ne(b);
    case CTORCH_LESS: return a.lt(b);
    case CTORCH_LESS_EQUAL: return a.le(b);
    case CTORCH_GREATER: return a.gt(b);
    case CTORCH_GREATER_EQUAL: return a.ge(b);
    default: throw std::invalid_argument("this operation is not offered with a scalar");
    }
}

}  // namespace ctorch

int ctorch_apply_unary(ctorch_unary operation, const ctorch_tensor *tensor, ctorch_tensor **out) {
    return ctorch::produce(out, [&] { return ctorch::apply(operation, ctorch::get(tensor)); });
}

int ctorch_apply_binary(ctorch_binary operation, const ctorch_tensor *left, const ctorch_tensor *right,
                        ctorch_tensor **out) {
    return ctorch::produce(out, [&] { return ctorch::apply(operation, ctorch::get(left), ctorch::get(right)); });
}

int ctorch_apply_binary_scalar(ctorch_binary operation, const ctorch_tensor *left, double right, ctorch_tensor **out) {
    return ctorch::produce(out, [&] {
        const auto &a = ctorch::get(left);
        return ctorch::apply(operation, a, ctorch::scalar(a, right));
    });
}

int ctorch_clamp(const ctorch_tensor *tensor, double minimum, double maximum, ctorch_tensor **out) {
    return ctorch::produce(out, [&] {
        const auto &x = ctorch::get(tensor);
        const auto bound = [&x](double value) -> std::optional<at::Scalar> {
            if (std::isinf(value)) return std::nullopt;
            return ctorch::scalar(x, value);
        };
        const auto low = bound(minimum), high = bound(maximum);
        return low || high ? x.clamp(low, high) : x.clone();
    });
}

int ctorch_where(const ctorch_tensor *condition, const ctorch_tensor *left, const ctorch_tensor *right,
                 ctorch_tensor **out) {
    return ctorch::produce(out, [&] {
        return at::where(ctorch::get(condition), ctorch::get(left), ctorch::get(right));
    });
}

int ctorch_masked_fill(const ctorch_tensor *tensor, const ctorch_tensor *mask, double value, ctorch_tensor **out) {
    return ctorch::produce(out, [&] { return ctorch::get(tensor).masked_fill(ctorch::get(mask), value); });
}

// MARK: Reductions

int ctorch_reduce(ctorch_reduction operation, const ctorch_tensor *tensor, const int64_t *axes, int32_t count,
                  bool keep, ctorch_tensor **out) {
    return ctorch::produce(out, [&]() -> at::Tensor {
        const auto &x = ctorch::get(tensor);
        std::vector<int64_t> over(ctorch::sizes(axes, count).vec());
        if (over.empty()) {
            for (int64_t axis = 0; axis < x.dim(); ++axis) over.push_back(axis);
        }
        switch (operation) {
        case CTORCH_SUM: return x.sum(over, keep);
        case CTORCH_MEAN: return x.mean(over, keep);
        case CTORCH_MAX: return x.amax(over, keep);
        case CTORCH_MIN: return x.amin(over, keep);
        case CTORCH_VARIANCE: return x.var(over, at::Scalar(0), keep);
        case CTORCH_LOG_SUM_EXP: return x.logsumexp(over, keep);
        }
        throw std::invalid_argument("unknown reduction");
    });
}

int ctorch_argmax(const ctorch_tensor *tensor, int64_t axis, bool keep, ctorch_tensor **out) {
    return ctorch::produce(out, [&] { return ctorch::get(tensor).argmax(axis, keep); });
}

// MARK: Networks

int ctorch_matmul(const ctorch_tensor *left, const ctorch_tensor *right, ctorch_tensor **out) {
    return ctorch::produce(out, [&] { return at::matmul(ctorch::get(left), ctorch::get(right)); });
}

int ctorch_linear(const ctorch_tensor *input, const ctorch_tensor *weight, const ctorch_tensor *bias,
                  ctorch_tensor **out) {
    return ctorch::produce(out, [&] {
        return at::linear(ctorch::get(input), ctorch::get(weight), ctorch::optional(bias));
    });
}

int ctorch_layer_norm(const ctorch_tensor *input, const ctorch_tensor *weight, const ctorch_tensor *bias,
                      double epsilon, ctorch_tensor **out) {
    return ctorch::produce(out, [&] {
        const auto &x = ctorch::get(input);
        return at::layer_norm(x, {x.size(-1)}, ctorch::optional(weight), ctorch::optional(bias), epsilon);
    });
}

int ctorch_softmax(const ctorch_tensor *tensor, int64_t axis, ctorch_tensor **out) {
    return ctorch::produce(out, [&] { return ctorch::get(tensor).softmax(axis); });
}

int ctorch_log_softmax(const ctorch_tensor *tensor, int64_t axis, ctorch_tensor **out) {
    return ctorch::produce(out, [&] { return ctorch::get(tensor).log_softmax(axis); });
}

int ctorch_huber_loss(const ctorch_tensor *input, const ctorch_tensor *target, double delta, ctorch_tensor **out) {
    return ctorch::produce(out, [&] {
        return at::huber_loss(ctorch::get(input), ctorch::get(target), at::Reduction::None, delta);
    });
}

int ctorch_gru_cell(const ctorch_tensor *input, const ctorch_tensor *hidden, const ctorch_tensor *input_weight,
                    const ctorch_tensor *hidden_weight, const ctorch_tensor *input_bias,
                    const ctorch_tensor *hidden_bias, ctorch_tensor **out) {
    return ctorch::produce(out, [&] {
        return at::gru_cell(ctorch::get(input), ctorch::get(hidden), ctorch::get(input_weight),
                            ctorch::get(hidden_weight), ctorch::optional(input_bias), ctorch::optional(hidden_bias));
    });
}
