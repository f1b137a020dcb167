// A whole perceptron in one call into memory that is there already: for acting, where no gradient is wanted.
#pragma once

#include <ATen/core/grad_mode.h>
#include <ATen/ops/addmm.h>
#include <ATen/ops/empty.h>

#include <array>

#include "handle.hpp"

int ctorch_perceptron_forward(const ctorch_tensor *const *weights, const ctorch_tensor *const *biases, int32_t layers,
                              ctorch_unary activation, const ctorch_tensor *input, ctorch_tensor *output) {
    return ctorch::guarded([&] {
        if (layers < 1 || weights == nullptr || biases == nullptr) throw std::invalid_argument("no layers were given");
        if (activation != CTORCH_RELU && activation != CTORCH_TANH) {
            throw std::invalid_argument("the activation is neither relu nor tanh");
        }
        const c10::NoGradGuard no_gradient;
        // Hidden values of this thread's latest call: acting repeats the same shapes.
        thread_local std::vector<at::Tensor> hidden;
        if (hidden.size() < static_cast<size_t>(layers)) hidden.resize(static_cast<size_t>(layers));
        at::Tensor flow = ctorch::get(input);
        if (flow.dim() != 2) throw std::invalid_argument("the input is not [rows, features]");
        for (int32_t layer = 0; layer < layers; ++layer) {
            const auto &weight = ctorch::get(weights[layer]), &bias = ctorch::get(biases[layer]);
            const bool last = layer == layers - 1;
            at::Tensor &next = last ? ctorch::get(output) : hidden[static_cast<size_t>(layer)];
            const std::array<int64_t, 2> shape{flow.size(0), weight.size(0)};
            if (last && next.sizes() != shape) throw std::invalid_argument("the output is not [rows, outputs]");
            if (!next.defined() || next.sizes() != shape || next.options().device() != flow.device()) {
                next = at::empty(shape, flow.options());
            }
            at::addmm_out(next, bias, flow, weight.t());
            if (!last) activation == CTORCH_RELU ? next.relu_() : next.tanh_();
            flow = next;
        }
    });
}
