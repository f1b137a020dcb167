// What decoder-only language models need beside the other operations. A translation unit of its own: few headers.
//
// Where no gradient is recorded, the linear layer, the norm and the rotation take a faster way; the results differ
// in the last bits alone.
#include <ATen/core/dispatch/Dispatcher.h>
#include <ATen/core/grad_mode.h>
#include <ATen/ops/baddbmm.h>
#include <ATen/ops/bmm.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/empty_like.h>
#include <ATen/ops/linear.h>
#include <ATen/ops/rms_norm.h>
#include <ATen/ops/silu.h>

#include <cmath>
#include <initializer_list>
#include <optional>
#include <string_view>
#include <vector>

#include "handle.hpp"
#include "rows.hpp"

// Compiled for several instruction sets, the best of which is chosen when the library is loaded.
#if defined(__x86_64__)
#define CTORCH_VECTORISED __attribute__((target_clones("avx512f", "avx2", "default")))
#else
#define CTORCH_VECTORISED
#endif

namespace ctorch {

inline bool records(std::initializer_list<const at::Tensor *> tensors) {
    if (!c10::GradMode::is_enabled()) return false;
    for (const auto *tensor : tensors) {
        if (tensor->requires_grad()) return true;
    }
    return false;
}

using LinearPointwise = at::Tensor(const at::Tensor &, const at::Tensor &, const std::optional<at::Tensor> &,
                                   std::string_view, c10::List<std::optional<at::Scalar>>,
                                   std::optional<std::string_view>);

// oneDNN's linear layer, where this libtorch has it. Its float32 kernels use all that the processor has, whoever made
// it; MKL's, which at::linear takes, were half as fast on an AMD processor with AVX-512 (105 against 227 GFLOP/s a
// core for 256 rows of a small language model).
inline const std::optional<c10::TypedOperatorHandle<LinearPointwise>> &one_dnn_linear() {
    static const auto handle = []() -> std::optional<c10::TypedOperatorHandle<LinearPointwise>> {
        const auto schema = c10::Dispatcher::singleton().findSchema({"mkldnn::_linear_pointwise", ""});
        if (!schema || !schema->hasKernelForDispatchKey(c10::DispatchKey::CPU)) return std::nullopt;
        return schema->typed<LinearPointwise>();
    }();
    return handle;
}

CTORCH_VECTORISED
static void rms_norm_row(const float *x, const float *weight, int64_t n, float epsilon, float *out) {
#pragma clang fp reassociate(on)
    float sum = 0;
    for (int64_t i = 0; i < n; ++i) sum += x[i] * x[i];
    const float scale = 1 / std::sqrt(sum / static_cast<float>(n) + epsilon);
    for (int64_t i = 0; i < n; ++i) out[i] = x[i] * scale * weight[i];
}

CTORCH_VECTORISED
static void rotate_row(const float *x, const float *cosine, const float *sine, int64_t heads, int64_t half,
                       float *out) {
    for (int64_t head = 0; head < heads; ++head, x += 2 * half, out += 2 * half) {
        for (int64_t i = 0; i < half; ++i) {
            out[i] = x[i] * cosine[i] - x[half + i] * sine[i];
            out[half + i] = x[half + i] * cosine[i] + x[i] * sine[i];
        }
    }
}

// Rows that are worth a second thread, for work that is one pass over memory.
inline int64_t grain(int64_t elements_a_row) { return std::max<int64_t>(1, 32768 / std::max<int64_t>(1, elements_a_row)); }

}  // namespace ctorch

int ctorch_linear_inference(const ctorch_tensor *input, const ctorch_tensor *weight, const ctorch_tensor *bias,
                            ctorch_tensor **out) {
    return ctorch::produce(out, [&] {
        const auto &x = ctorch::get(input), &w = ctorch::get(weight);
        const auto b = ctorch::optional(bias);
        const c10::NoGradGuard no_gradient;
        const auto &fast = ctorch::one_dnn_linear();
        const bool fits = x.dim() == 2 && w.dim() == 2 && x.size(1) == w.size(1) && x.size(0) > 0 && w.size(0) > 0 &&
                          (!b || (b->dim() == 1 && b->size(0) == w.size(0) && ctorch::is_plain(*b)));
        if (!fast || !fits || !ctorch::is_plain(x) || !ctorch::is_plain(w)) return at::linear(x, w, b);
        return fast->call(x, w, b, "none", c10::List<std::optional<at::Scalar>>(), std::nullopt);
    });
}

int ctorch_rms_norm(const ctorch_tensor *input, const ctorch_tensor *weight, double epsilon, ctorch_tensor **out) {
    return ctorch::produce(out, [&] {
        const auto &x = ctorch::get(input), &w = ctorch::get(weight);
        if (x.dim() < 1 || w.dim() != 1 || x.size(-1) != w.size(0)) {
            throw std::invalid_argument("the weight is not a vector as long as the input's last axis");
        }
        if (ctorch::records({&x, &w}) || !ctorch::is_plain(x) || !ctorch::is_plain(w)) {
            return at::rms_norm(x, {x.size(-1)}, w, epsilon);
        }
        const auto rows = x.contiguous(), scale = w.contiguous();
        auto result = at::empty_like(rows);
        const int64_t n = rows.size(-1);
        if (rows.numel() == 0) return result;
        const float *source = rows.const_data_ptr<float>(), *factors = scale.const_data_ptr<float>();
        float *destination = result.mutable_data_ptr<float>();
        const auto normalise = [&](int64_t begin, int64_t end) {
            for (int64_t row = begin; row < end; ++row) {
                ctorch::rms_norm_row(source + row * n, factors, n, static_cast<float>(epsilon), destination + row * n);
            }
        };
        ctorch::for_rows(rows.numel() / n, normalise, ctorch::grain(n));
        return result;
    });
}

int ctorch_rotary(const ctorch_tensor *input, const ctorch_tensor *cosine, const ctorch_tensor *sine,
                  ctorch_tensor **out) {
    return ctorch::produce(out, [&] {
        const auto &x = ctorch::get(input), &c = ctorch::get(cosine), &s = ctorch::get(sine);
        const bool fits = x.dim() == 3 && c.dim() == 2 && c.sizes() == s.sizes() && x.size(0) == c.size(0) &&
                          x.size(2) == 2 * c.size(1);
        if (!fits) throw std::invalid_argument("the shapes are not [rows, heads, n] and twice [rows, n / 2]");
        const int64_t heads = x.size(1), half = c.size(1);
        if (ctorch::records({&x}) || !ctorch::is_plain(x) || !ctorch::is_plain(c) || !ctorch::is_plain(s)) {
            const auto cos = c.unsqueeze(1), sin = s.unsqueeze(1);
            const auto a = x.narrow(2, 0, half), b = x.narrow(2, half, half);
            return at::cat({a.mul(cos).sub(b.mul(sin)), b.mul(cos).add(a.mul(sin))}, 2);
        }
        const auto rows = x.contiguous(), cos = c.contiguous(), sin = s.contiguous();
        auto result = at::empty_like(rows);
        if (rows.numel() == 0) return result;
        const float *source = rows.const_data_ptr<float>();
        const float *cosines = cos.const_data_ptr<float>(), *sines = sin.const_data_ptr<float>();
        float *destination = result.mutable_data_ptr<float>();
        const int64_t length = heads * 2 * half;
        const auto rotate = [&](int64_t begin, int64_t end) {
            for (int64_t row = begin; row < end; ++row) {
                ctorch::rotate_row(source + row * length, cosines + row * half, sines + row * half, heads, half,
                                   destination + row * length);
            }
        };
        ctorch::for_rows(rows.size(0), rotate, ctorch::grain(length));
        return result;
    });
}

int ctorch_gated_silu(const ctorch_tensor *gate, const ctorch_tensor *up, ctorch_tensor **out) {
    return ctorch::produce(out, [&] {
        const auto &g = ctorch::get(gate), &u = ctorch::get(up);
        const auto activated = at::silu(g);
        return ctorch::records({&g, &u}) ? activated.mul(u) : activated.mul_(u);
    });
}

int ctorch_grouped_attention(const ctorch_tensor *query, const ctorch_tensor *const *keys,
                             const ctorch_tensor *const *values, int32_t parts, const ctorch_tensor *mask, double scale,
                             ctorch_tensor **out) {
    return ctorch::produce(out, [&] {
        const auto &q = ctorch::get(query);
        const auto k = ctorch::list(keys, parts), v = ctorch::list(values, parts);
        const auto bias = ctorch::optional(mask);
        if (parts < 1) throw std::invalid_argument("there are no keys");
        const bool fits = q.dim() == 3 && k[0].dim() == 3 && k[0].size(1) > 0 && q.size(1) % k[0].size(1) == 0;
        if (!fits) throw std::invalid_argument("the query and keys are not [rows, heads, n], heads in whole groups");
        const int64_t rows = q.size(0), heads = q.size(1), n = q.size(2);
        const int64_t shared = k[0].size(1), group = heads / shared;
        int64_t length = 0;
        for (size_t part = 0; part < k.size(); ++part) {
            if (k[part].dim() != 3 || k[part].sizes() != v[part].sizes() || k[part].size(1) != shared ||
                k[part].size(2) != n) {
                throw std::invalid_argument("the keys and values are not all [length, key heads, n]");
            }
            length += k[part].size(0);
        }
        if (bias && (bias->dim() != 2 || bias->size(0) != rows || bias->size(1) > length)) {
            throw std::invalid_argument("the mask is not [rows, latest keys]");
        }
        // A key head serves `group` query heads: their rows make one matrix.
        const auto grouped =
            q.mul(scale).reshape({rows, shared, group, n}).permute({1, 2, 0, 3}).reshape({shared, group * rows, n});
        std::vector<at::Tensor> scores;
        scores.reserve(k.size());
        for (const auto &key : k) scores.push_back(at::bmm(grouped, key.permute({1, 2, 0})));
        const auto joined = scores.size() == 1 ? scores[0] : at::cat(scores, 2);
        if (bias) {
            joined.view({shared, group, rows, length}).narrow(3, length - bias->size(1), bias->size(1)).add_(*bias);
        }
        const auto weights = joined.softmax(2);
        at::Tensor result;
        int64_t start = 0;
        for (const auto &value : v) {
            const auto part = weights.narrow(2, start, value.size(0)), by_head = value.permute({1, 0, 2});
            result = result.defined() ? at::baddbmm(result, part, by_head) : at::bmm(part, by_head);
            start += value.size(0);
        }
        return result.view({shared, group, rows, n}).permute({2, 0, 1, 3}).reshape({rows, heads * n});
    });
}
