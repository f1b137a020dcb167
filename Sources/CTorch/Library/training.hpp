// In-place updates, gradients, clipping and the optimiser's step.
#pragma once

#include <ATen/core/grad_mode.h>
#include <ATen/ops/_fused_adam.h>
#include <ATen/ops/linalg_vector_norm.h>

#include <cmath>

#include "handle.hpp"

int ctorch_copy_in_place(ctorch_tensor *tensor, const ctorch_tensor *source) {
    return ctorch::guarded([&] { ctorch::get(tensor).copy_(ctorch::get(source)); });
}

int ctorch_fill_in_place(ctorch_tensor *tensor, double value) {
    return ctorch::guarded([&] { ctorch::get(tensor).fill_(value); });
}

int ctorch_add_in_place(ctorch_tensor *tensor, const ctorch_tensor *other, double scale) {
    return ctorch::guarded([&] { ctorch::get(tensor).add_(ctorch::get(other), scale); });
}

int ctorch_multiply_in_place(ctorch_tensor *tensor, double factor) {
    return ctorch::guarded([&] { ctorch::get(tensor).mul_(factor); });
}

int ctorch_lerp_in_place(ctorch_tensor *tensor, const ctorch_tensor *end, double weight) {
    return ctorch::guarded([&] { ctorch::get(tensor).lerp_(ctorch::get(end), weight); });
}

// MARK: Gradients

bool ctorch_set_gradient_enabled(bool enabled) {
    const bool previous = c10::GradMode::is_enabled();
    c10::GradMode::set_enabled(enabled);
    return previous;
}

bool ctorch_gradient_enabled(void) { return c10::GradMode::is_enabled(); }

int ctorch_set_requires_gradient(ctorch_tensor *tensor, bool requires_gradient) {
    return ctorch::guarded([&] { ctorch::get(tensor).requires_grad_(requires_gradient); });
}

int ctorch_backward(const ctorch_tensor *tensor, const ctorch_tensor *gradient) {
    return ctorch::guarded([&] { ctorch::get(tensor).backward(gradient ? gradient->value : at::Tensor()); });
}

int ctorch_gradient(const ctorch_tensor *tensor, ctorch_tensor **out) {
    return ctorch::guarded([&] {
        const auto &gradient = ctorch::get(tensor).grad();
        *out = gradient.defined() ? new ctorch_tensor{gradient} : nullptr;
    });
}

int ctorch_clear_gradients(ctorch_tensor *const *tensors, int32_t count) {
    return ctorch::guarded([&] {
        for (const auto &tensor : ctorch::list(tensors, count)) tensor.mutable_grad().reset();
    });
}

namespace ctorch {

// Small contiguous gradients are summed here: an operation each would cost more than the sum itself.
inline double squared_norm(const at::Tensor &gradient) {
    if (is_plain(gradient) && gradient.is_contiguous()) {
        const float *values = gradient.const_data_ptr<float>();
        const int64_t count = gradient.numel();
        double partial[8] = {};
        int64_t i = 0;
        for (; i + 8 <= count; i += 8) {
            for (int lane = 0; lane < 8; ++lane) partial[lane] += double(values[i + lane]) * values[i + lane];
        }
        double sum = 0;
        for (; i < count; ++i) sum += double(values[i]) * values[i];
        for (double lane : partial) sum += lane;
        return sum;
    }
    const double norm = at::linalg_vector_norm(gradient.to(at::kDouble)).item().toDouble();
    return norm * norm;
}

}  // namespace ctorch

int ctorch_clip_gradient_norm(ctorch_tensor *const *tensors, int32_t count, double maximum, double *norm) {
    return ctorch::guarded([&] {
        const c10::NoGradGuard no_gradient;
        std::vector<at::Tensor> gradients;
        double sum = 0;
        for (const auto &tensor : ctorch::list(tensors, count)) {
            if (!tensor.grad().defined()) continue;
            gradients.push_back(tensor.grad());
            sum += ctorch::squared_norm(gradients.back());
        }
        *norm = std::sqrt(sum);
        const double scale = maximum / (*norm + 1e-6);
        if (!std::isfinite(*norm) || scale >= 1) return;
        for (auto &gradient : gradients) gradient.mul_(scale);
    });
}

int ctorch_adam_step(ctorch_tensor *const *parameters, ctorch_tensor *const *first, ctorch_tensor *const *second,
                     ctorch_tensor *const *steps, int32_t count, const ctorch_adam_options *options) {
    return ctorch::guarded([&] {
        if (options == nullptr) throw std::invalid_argument("the options are null");
        const c10::NoGradGuard no_gradient;
        std::vector<at::Tensor> values, gradients, firsts, seconds, counts;
        for (int32_t i = 0; i < count; ++i) {
            const auto &parameter = ctorch::get(parameters[i]);
            if (!parameter.grad().defined()) continue;
            values.push_back(parameter);
            gradients.push_back(parameter.grad());
            firsts.push_back(ctorch::get(first[i]));
            seconds.push_back(ctorch::get(second[i]));
            counts.push_back(ctorch::get(steps[i]));
        }
        if (values.empty()) return;
        for (auto &step : counts) step.add_(1);
        at::_fused_adam_(values, gradients, firsts, seconds, {}, counts, options->learning_rate, options->beta1,
                         options->beta2, options->weight_decay, options->epsilon, false, false);
    });
}
