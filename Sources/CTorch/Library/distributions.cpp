// The categorical distribution, in one pass each way. Composed from single operations it takes an eighth of a
// policy-gradient step of small networks: log_softmax is slow over few columns. A translation unit of its own, because
// the header for custom gradients takes longest to compile.
#include <ATen/ops/empty.h>
#include <ATen/ops/empty_like.h>
#include <torch/csrc/autograd/custom_function.h>

#include <algorithm>
#include <cmath>
#include <memory>
#include <string>
#include <tuple>

#include "handle.hpp"

namespace ctorch {

// The log-probability of what has probability zero: finite, so that no difference of two is not-a-number.
constexpr float impossible = -1e10F;

struct Categorical : torch::autograd::Function<Categorical> {
    using Variables = torch::autograd::variable_list;

    // logits [rows, n] float32, legal [rows, n] of bytes or none, actions [rows] int64; all contiguous CPU.
    static Variables forward(torch::autograd::AutogradContext *context, const at::Tensor &logits,
                             const std::optional<at::Tensor> &legal, const at::Tensor &actions) {
        const int64_t rows = logits.size(0), n = logits.size(1);
        auto probabilities = at::empty_like(logits), log_probabilities = at::empty_like(logits);
        auto chosen = at::empty({rows}, logits.options()), entropies = at::empty({rows}, logits.options());
        const float *x = logits.const_data_ptr<float>();
        const auto *allowed = legal ? static_cast<const uint8_t *>(legal->const_data_ptr()) : nullptr;
        const int64_t *action = actions.const_data_ptr<int64_t>();
        float *p = probabilities.mutable_data_ptr<float>(), *log_p = log_probabilities.mutable_data_ptr<float>();
        float *chosen_out = chosen.mutable_data_ptr<float>(), *entropy_out = entropies.mutable_data_ptr<float>();
        for (int64_t row = 0; row < rows; ++row, x += n, p += n, log_p += n, allowed += allowed ? n : 0) {
            if (action[row] < 0 || action[row] >= n) {
                throw std::invalid_argument("action " + std::to_string(action[row]) + " in row " + std::to_string(row) +
                                            " is not in 0..<" + std::to_string(n));
            }
            float greatest = impossible;
            bool any = false;
            for (int64_t i = 0; i < n; ++i) {
                if (allowed != nullptr && allowed[i] == 0) continue;
                greatest = std::max(greatest, x[i]);
                any = true;
            }
            float sum = 0, weighted = 0;
            for (int64_t i = 0; i < n; ++i) {
                const bool counts = allowed == nullptr || allowed[i] != 0;
                log_p[i] = counts ? x[i] - greatest : impossible;
                p[i] = counts ? std::exp(log_p[i]) : 0;
                sum += p[i];
                weighted += counts ? p[i] * log_p[i] : 0;
            }
            if (!any) {  // a padding row: constant, so that it gives no gradient
                chosen_out[row] = entropy_out[row] = 0;
                continue;
            }
            const float log_sum = std::log(sum);
            for (int64_t i = 0; i < n; ++i) {
                p[i] /= sum;
                if (log_p[i] != impossible) log_p[i] -= log_sum;
            }
            chosen_out[row] = log_p[action[row]];
            entropy_out[row] = log_sum - weighted / sum;
        }
        context->save_for_backward({probabilities, log_probabilities, entropies, actions});
        return {chosen, entropies};
    }

    // d log p(a) / d x_i = [i = a] - p_i, and d H / d x_i = -p_i (log p_i + H).
    static Variables backward(torch::autograd::AutogradContext *context, const Variables &gradients) {
        const auto saved = context->get_saved_variables();
        auto result = at::empty_like(saved[0]);
        const int64_t rows = result.size(0), n = result.size(1);
        const auto chosen_gradient = gradients[0].contiguous(), entropy_gradient = gradients[1].contiguous();
        const float *by_chosen = chosen_gradient.const_data_ptr<float>();
        const float *by_entropy = entropy_gradient.const_data_ptr<float>();
        const float *p = saved[0].const_data_ptr<float>(), *log_p = saved[1].const_data_ptr<float>();
        const float *entropy = saved[2].const_data_ptr<float>();
        const int64_t *action = saved[3].const_data_ptr<int64_t>();
        float *out = result.mutable_data_ptr<float>();
        for (int64_t row = 0; row < rows; ++row, p += n, log_p += n, out += n) {
            for (int64_t i = 0; i < n; ++i) {
                // A product with probability zero stays zero, whatever the other factor.
                out[i] = p[i] == 0 ? 0 : -p[i] * (by_chosen[row] + by_entropy[row] * (log_p[i] + entropy[row]));
            }
            // A legal choice's probability may be too small for a float, and it still has a gradient.
            if (log_p[action[row]] != impossible) out[action[row]] += by_chosen[row];
        }
        return {result, at::Tensor(), at::Tensor()};
    }
};

// The same from single operations: any device and floating type.
inline std::pair<at::Tensor, at::Tensor> composed_categorical(const at::Tensor &logits,
                                                              const std::optional<at::Tensor> &legal,
                                                              const at::Tensor &actions) {
    const auto masked = legal ? logits.masked_fill(legal->eq(0), impossible) : logits;
    const auto log_p = masked.log_softmax(1);
    const auto chosen = log_p.gather(1, actions.unsqueeze(1)).squeeze(1);
    const auto entropy = log_p.exp().mul(log_p).sum(1).neg();
    if (!legal) return {chosen, entropy};
    const auto none = legal->eq(0).all(1);
    return {chosen.masked_fill(none, 0), entropy.masked_fill(none, 0)};
}

}  // namespace ctorch

int ctorch_categorical(const ctorch_tensor *logits, const ctorch_tensor *legal, const ctorch_tensor *actions,
                       ctorch_tensor **log_probability, ctorch_tensor **entropy) {
    return ctorch::guarded([&] {
        const auto &x = ctorch::get(logits), &a = ctorch::get(actions);
        auto mask = ctorch::optional(legal);
        if (x.dim() != 2 || x.size(1) < 1) throw std::invalid_argument("the logits are not [rows, actions]");
        if (a.dim() != 1 || a.size(0) != x.size(0) || a.scalar_type() != at::kLong) {
            throw std::invalid_argument("the actions are not an int64 vector with an entry for each row of logits");
        }
        if (mask && (mask->sizes() != x.sizes() || mask->element_size() != 1)) {
            throw std::invalid_argument("the legal mask is not of bytes or bools in the shape of the logits");
        }
        at::Tensor chosen, entropies;
        if (ctorch::is_plain(x) && a.is_cpu() && (!mask || mask->is_cpu())) {
            if (mask) mask = mask->contiguous();
            const auto both = ctorch::Categorical::apply(x.contiguous(), mask, a.contiguous());
            chosen = both[0];
            entropies = both[1];
        } else {
            std::tie(chosen, entropies) = ctorch::composed_categorical(x, mask, a);
        }
        auto first = std::make_unique<ctorch_tensor>(ctorch_tensor{std::move(chosen)});
        *entropy = new ctorch_tensor{std::move(entropies)};
        *log_probability = first.release();
    });
}
