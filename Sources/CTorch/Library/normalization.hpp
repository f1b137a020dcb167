// Loops of layer normalisation over many short rows, forward and backward: libtorch's take a fifth of a gradient step of
// networks for sets, whose rows are 32 or 64 numbers.
#pragma once

#include <ATen/ops/layer_norm.h>

#include <cmath>

#include "handle.hpp"
#include "lanes.hpp"
#include "rows.hpp"

namespace ctorch {

// Loops over rows of a size that the compiler knows, or of any, where it is 0.
template <int64_t known_size>
CTORCH_INLINE void normalize_rows(const float *x, float *y, float *moments, const float *weight, const float *bias,
                                  float epsilon, int64_t from, int64_t to, int64_t any_size) {
    const int64_t size = known_size > 0 ? known_size : any_size, whole = size - size % lane_count;
    for (int64_t row = from; row < to; ++row) {
        const float *in = x + row * size;
        float *out = y + row * size;
        Lanes sums = {};
        for (int64_t i = 0; i < whole; i += lane_count) sums += LANES(in + i);
        float sum = sum_of(sums);
        for (int64_t i = whole; i < size; ++i) sum += in[i];
        const float mean = sum / static_cast<float>(size);
        Lanes squares = {};
        for (int64_t i = 0; i < whole; i += lane_count) {
            const Lanes difference = LANES(in + i) - mean;
            squares += difference * difference;
        }
        float square = sum_of(squares);
        for (int64_t i = whole; i < size; ++i) square += (in[i] - mean) * (in[i] - mean);
        const float scale = 1 / std::sqrt(square / static_cast<float>(size) + epsilon);
        for (int64_t i = 0; i < whole; i += lane_count) {
            WRITE_LANES(out + i) = (LANES(in + i) - mean) * scale * LANES(weight + i) + LANES(bias + i);
        }
        for (int64_t i = whole; i < size; ++i) out[i] = (in[i] - mean) * scale * weight[i] + bias[i];
        if (moments == nullptr) continue;
        moments[2 * row] = mean;
        moments[2 * row + 1] = scale;
    }
}

template <int64_t known_size>
CTORCH_INLINE void normalize_rows_backward(const float *x, const float *moments, const float *weight,
                                           const float *gradient, float *to_x, float *sums, int64_t from, int64_t to,
                                           int64_t any_size) {
    const int64_t size = known_size > 0 ? known_size : any_size, whole = size - size % lane_count;
    // Of a known size, sums stay in registers until the last row.
    Lanes weight_sums[known_size / lane_count + 1] = {}, bias_sums[known_size / lane_count + 1] = {};
    float *to_weight = sums, *to_bias = sums + size;
    for (int64_t row = from; row < to; ++row) {
        const float *in = x + row * size, *given = gradient + row * size;
        float *out = to_x + row * size;
        const float mean = moments[2 * row], scale = moments[2 * row + 1];
        Lanes plain = {}, turned = {};
        for (int64_t i = 0; i < whole; i += lane_count) {
            const Lanes normal = (LANES(in + i) - mean) * scale, each = LANES(given + i);
            const Lanes weighted = each * LANES(weight + i);
            plain += weighted;
            turned += weighted * normal;
            if (known_size > 0) {
                weight_sums[i / lane_count] += each * normal;
                bias_sums[i / lane_count] += each;
            } else {
                WRITE_LANES(to_weight + i) += each * normal;
                WRITE_LANES(to_bias + i) += each;
            }
        }
        float first = sum_of(plain), second = sum_of(turned);
        for (int64_t i = whole; i < size; ++i) {
            const float normal = (in[i] - mean) * scale;
            first += given[i] * weight[i];
            second += given[i] * weight[i] * normal;
            to_weight[i] += given[i] * normal;
            to_bias[i] += given[i];
        }
        first /= static_cast<float>(size);
        second /= static_cast<float>(size);
        for (int64_t i = 0; i < whole; i += lane_count) {
            const Lanes normal = (LANES(in + i) - mean) * scale;
            WRITE_LANES(out + i) = (LANES(given + i) * LANES(weight + i) - first - normal * second) * scale;
        }
        for (int64_t i = whole; i < size; ++i) {
            out[i] = (given[i] * weight[i] - first - (in[i] - mean) * scale * second) * scale;
        }
    }
    if (known_size == 0) return;
    for (int64_t i = 0; i < whole; i += lane_count) {
        WRITE_LANES(to_weight + i) += weight_sums[i / lane_count];
        WRITE_LANES(to_bias + i) += bias_sums[i / lane_count];
    }
}

// y = (x - mean) / sqrt(variance + epsilon) * weight + bias for rows `from` to `to` of `size` numbers; `moments` takes
// the mean and the reciprocal deviation of each row, if it is not null. y may be x.
CTORCH_CLONES static void normalize(const float *x, float *y, float *moments, const float *weight, const float *bias,
                                    float epsilon, int64_t from, int64_t to, int64_t size) {
    switch (size) {
    case 32: return normalize_rows<32>(x, y, moments, weight, bias, epsilon, from, to, size);
    case 64: return normalize_rows<64>(x, y, moments, weight, bias, epsilon, from, to, size);
    case 128: return normalize_rows<128>(x, y, moments, weight, bias, epsilon, from, to, size);
    default: return normalize_rows<0>(x, y, moments, weight, bias, epsilon, from, to, size);
    }
}

// With n the normalised row and g = dL/dy * weight: dL/dx = (g - mean(g) - n mean(g n)) / deviation. What the rows add
// to the gradients of weight and bias is added to `sums` [2, size].
CTORCH_CLONES static void normalize_backward(const float *x, const float *moments, const float *weight,
                                             const float *gradient, float *to_x, float *sums, int64_t from, int64_t to,
                                             int64_t size) {
    switch (size) {
    case 32: return normalize_rows_backward<32>(x, moments, weight, gradient, to_x, sums, from, to, size);
    case 64: return normalize_rows_backward<64>(x, moments, weight, gradient, to_x, sums, from, to, size);
    case 128: return normalize_rows_backward<128>(x, moments, weight, gradient, to_x, sums, from, to, size);
    default: return normalize_rows_backward<0>(x, moments, weight, gradient, to_x, sums, from, to, size);
    }
}

// Without a gradient, into x itself where it can be: for acting, which does it at every step.
inline void layer_norm_in_place(at::Tensor &x, const at::Tensor &weight, const at::Tensor &bias, double epsilon) {
    const auto fits = [&](const at::Tensor &each) {
        return each.dim() == 1 && each.size(0) == x.size(-1) && is_plain(each) && each.is_contiguous();
    };
    if (x.dim() < 1 || x.size(-1) < 1 || !is_plain(x) || !x.is_contiguous() || !fits(weight) || !fits(bias)) {
        x = at::layer_norm(x, {x.size(-1)}, weight, bias, epsilon);
        return;
    }
    const int64_t size = weight.numel();
    float *values = x.mutable_data_ptr<float>();
    const float *scale = weight.const_data_ptr<float>(), *shift = bias.const_data_ptr<float>();
    for_rows(x.numel() / size, [&](int64_t from, int64_t to) {
        normalize(values, values, nullptr, scale, shift, static_cast<float>(epsilon), from, to, size);
    });
}

}  // namespace ctorch
