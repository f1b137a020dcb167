// Attention pooling with learned queries, forward and backward: one operation on the gradient tape instead of six. A
// row is a handful of things of some 30 numbers.
#pragma once

#include <ATen/ops/empty.h>
#include <ATen/ops/empty_like.h>
#include <ATen/ops/linear.h>
#include <torch/csrc/autograd/custom_function.h>

#include <algorithm>
#include <limits>
#include <vector>

#include "handle.hpp"
#include "lanes.hpp"
#include "rows.hpp"

namespace ctorch {

// How many things a row has, numbers a thing, and heads, each with a part of the numbers.
struct PoolingShape {
    int64_t count, size, heads;
};

// MARK: Loops. `known` sizes are constants to the compiler; 0 is any size.

// A thing's numbers times a score.
template <int64_t known_size>
CTORCH_INLINE float score_of(const float *thing, const float *score, int64_t any_size) {
    const int64_t size = known_size > 0 ? known_size : any_size, whole = size - size % lane_count;
    Lanes products = {};
    for (int64_t i = 0; i < whole; i += lane_count) products += LANES(thing + i) * LANES(score + i);
    float product = sum_of(products);
    for (int64_t i = whole; i < size; ++i) product += thing[i] * score[i];
    return product;
}

// A part of a thing times that of a gradient. A part is most often 8 or 16 numbers, too few for lanes.
template <int64_t known_part>
CTORCH_INLINE float product_of(const float *one, const float *other, int64_t any_part) {
    const int64_t part = known_part > 0 ? known_part : any_part;
    float eight[8] = {}, product = 0;
    int64_t i = 0;
    for (; i + 8 <= part; i += 8) {
        for (int lane = 0; lane < 8; ++lane) eight[lane] += one[i + lane] * other[i + lane];
    }
    for (; i < part; ++i) product += one[i] * other[i];
    for (int lane = 0; lane < 4; ++lane) product += eight[lane] + eight[lane + 4];
    return product;
}

template <int64_t known_size, int64_t known_heads>
CTORCH_INLINE void pool_rows(const float *things, const float *score, float *weights, float *out, int64_t from,
                             int64_t to, PoolingShape shape) {
    const int64_t count = shape.count, size = known_size > 0 ? known_size : shape.size;
    const int64_t heads = known_heads > 0 ? known_heads : shape.heads, part = size / heads, row_weights = count * heads;
    for (int64_t row = from; row < to; ++row) {
        const float *thing = things + row * count * size;
        float *weight = weights + row * row_weights;
        for (int64_t k = 0; k < count; ++k) {
            for (int64_t head = 0; head < heads; ++head) {
                weight[k * heads + head] = score_of<known_size>(thing + k * size, score + head * size, size);
            }
        }
        for (int64_t head = 0; head < heads; ++head) {
            float greatest = -std::numeric_limits<float>::infinity();
            for (int64_t k = 0; k < count; ++k) greatest = std::max(greatest, weight[k * heads + head]);
            for (int64_t k = 0; k < count; ++k) weight[k * heads + head] -= greatest;
        }
    }
    exponentiate(weights + from * row_weights, (to - from) * row_weights);
    for (int64_t row = from; row < to; ++row) {
        const float *thing = things + row * count * size;
        float *weight = weights + row * row_weights, *pooled = out + row * size;
        for (int64_t head = 0; head < heads; ++head) {
            float sum = 0;
            for (int64_t k = 0; k < count; ++k) sum += weight[k * heads + head];
            const float scale = 1 / sum;
            for (int64_t k = 0; k < count; ++k) weight[k * heads + head] *= scale;
        }
        for (int64_t i = 0; i < size; ++i) pooled[i] = 0;
        for (int64_t k = 0; k < count; ++k) {
            for (int64_t head = 0; head < heads; ++head) {
                const float w = weight[k * heads + head], *e = thing + k * size + head * part;
                float *to_part = pooled + head * part;
                for (int64_t i = 0; i < part; ++i) to_part[i] += w * e[i];
            }
        }
    }
}

template <int64_t known_size, int64_t known_heads>
CTORCH_INLINE void pool_rows_backward(const float *things, const float *score, const float *weights,
                                      const float *gradient, float *to_things, float *to_score, float *of_weights,
                                      int64_t from, int64_t to, PoolingShape shape) {
    constexpr int64_t known_part = known_heads > 0 ? known_size / known_heads : 0;
    const int64_t count = shape.count, size = known_size > 0 ? known_size : shape.size;
    const int64_t heads = known_heads > 0 ? known_heads : shape.heads, part = size / heads;
    const int64_t whole = size - size % lane_count;
    for (int64_t row = from; row < to; ++row) {
        const float *thing = things + row * count * size, *given = gradient + row * size;
        const float *weight = weights + row * count * heads;
        float *to_thing = to_things + row * count * size;
        for (int64_t k = 0; k < count; ++k) {
            for (int64_t head = 0; head < heads; ++head) {
                const float *g = given + head * part, w = weight[k * heads + head];
                float *out = to_thing + k * size + head * part;
                of_weights[k * heads + head] = product_of<known_part>(thing + k * size + head * part, g, part);
                for (int64_t i = 0; i < part; ++i) out[i] = w * g[i];
            }
        }
        for (int64_t head = 0; head < heads; ++head) {
            float mean = 0;
            for (int64_t k = 0; k < count; ++k) mean += weight[k * heads + head] * of_weights[k * heads + head];
            for (int64_t k = 0; k < count; ++k) {
                of_weights[k * heads + head] = weight[k * heads + head] * (of_weights[k * heads + head] - mean);
            }
        }
        for (int64_t k = 0; k < count; ++k) {
            for (int64_t head = 0; head < heads; ++head) {
                const float by = of_weights[k * heads + head];
                const float *e = thing + k * size, *s = score + head * size;
                float *out = to_thing + k * size, *sum = to_score + head * size;
                for (int64_t i = 0; i < whole; i += lane_count) {
                    WRITE_LANES(out + i) += by * LANES(s + i);
                    WRITE_LANES(sum + i) += by * LANES(e + i);
                }
                for (int64_t i = whole; i < size; ++i) {
                    out[i] += by * s[i];
                    sum[i] += by * e[i];
                }
            }
        }
    }
}

// For rows `from` to `to`: weights [rows, count, heads], a softmax over the things of score [heads, size] times the
// things [rows, count, size]; out [rows, size], each head's part of the things, weighted by the head's. The sizes that
// networks of 64 and 128 units have are known to the compiler.
CTORCH_CLONES static void pool(const float *things, const float *score, float *weights, float *out, int64_t from,
                               int64_t to, PoolingShape shape) {
    if (shape.heads == 4 && shape.size == 32) {
        pool_rows<32, 4>(things, score, weights, out, from, to, shape);
    } else if (shape.heads == 4 && shape.size == 64) {
        pool_rows<64, 4>(things, score, weights, out, from, to, shape);
    } else {
        pool_rows<0, 0>(things, score, weights, out, from, to, shape);
    }
}

// The gradients of the things, and of the scores, which is added to `to_score` [heads, size]. `of_weights` is room for
// [count, heads].
CTORCH_CLONES static void pool_backward(const float *things, const float *score, const float *weights,
                                        const float *gradient, float *to_things, float *to_score, float *of_weights,
                                        int64_t from, int64_t to, PoolingShape shape) {
    if (shape.heads == 4 && shape.size == 32) {
        pool_rows_backward<32, 4>(
            things, score, weights, gradient, to_things, to_score, of_weights, from, to, shape);
    } else if (shape.heads == 4 && shape.size == 64) {
        pool_rows_backward<64, 4>(
            things, score, weights, gradient, to_things, to_score, of_weights, from, to, shape);
    } else {
        pool_rows_backward<0, 0>(things, score, weights, gradient, to_things, to_score, of_weights, from, to, shape);
    }
}

// things [rows, count, size], score [heads, size]: float32, contiguous, on the CPU.
struct AttentionPooling : torch::autograd::Function<AttentionPooling> {
    using Context = torch::autograd::AutogradContext;
    using List = torch::autograd::variable_list;

    static at::Tensor forward(Context *context, const at::Tensor &things, const at::Tensor &score) {
        const PoolingShape shape{things.size(1), things.size(2), score.size(0)};
        const int64_t rows = things.size(0);
        at::Tensor result = at::empty({rows, shape.size}, things.options());
        at::Tensor weights = at::empty({rows, shape.count, shape.heads}, things.options());
        const float *e = things.const_data_ptr<float>(), *s = score.const_data_ptr<float>();
        float *w = weights.mutable_data_ptr<float>(), *out = result.mutable_data_ptr<float>();
        for_few_rows(rows, [&](int64_t from, int64_t to) { pool(e, s, w, out, from, to, shape); });
        context->save_for_backward({things, score, weights});
        return result;
    }

    static List backward(Context *context, List gradients) {
        const List saved = context->get_saved_variables();
        const at::Tensor &things = saved[0], &score = saved[1], &weights = saved[2];
        const PoolingShape shape{things.size(1), things.size(2), score.size(0)};
        const int64_t rows = things.size(0), scores = score.numel();
        const at::Tensor given = packed(gradients[0]);
        at::Tensor to_things = at::empty_like(things), to_score = at::empty_like(score);
        const float *e = things.const_data_ptr<float>(), *s = score.const_data_ptr<float>();
        const float *w = weights.const_data_ptr<float>(), *g = given.const_data_ptr<float>();
        float *out = to_things.mutable_data_ptr<float>();
        sum_over_rows(rows, scores, to_score.mutable_data_ptr<float>(), [&](int64_t from, int64_t to, float *of_rows) {
            std::vector<float> room(static_cast<size_t>(shape.count * shape.heads));
            pool_backward(e, s, w, g, out, of_rows, room.data(), from, to, shape);
        });
        return {to_things, to_score};
    }
};

// The same by libtorch's operations: on every device, in every element type.
inline at::Tensor pool(const at::Tensor &things, const at::Tensor &score) {
    const int64_t rows = things.size(0), count = things.size(1), size = things.size(2), heads = score.size(0);
    const at::Tensor weights = at::linear(things, score).softmax(1).unsqueeze(3);
    return things.reshape({rows, count, heads, size / heads}).mul(weights).sum(1).reshape({rows, size});
}

}  // namespace ctorch

int ctorch_attention_pooling(const ctorch_tensor *things, const ctorch_tensor *score, ctorch_tensor **out) {
    return ctorch::produce(out, [&] {
        const auto &e = ctorch::get(things), &s = ctorch::get(score);
        if (e.dim() != 3 || s.dim() != 2 || e.size(1) < 1 || s.size(0) < 1 || s.size(1) != e.size(2) ||
            e.size(2) % s.size(0) != 0) {
            throw std::invalid_argument(
                "expected things [rows, count, size] and scores [heads, size], the size a multiple of the heads");
        }
        if (ctorch::is_plain(e) && ctorch::is_plain(s)) {
            return ctorch::AttentionPooling::apply(e.contiguous(), s.contiguous());
        }
        return ctorch::pool(e, s);
    });
}
