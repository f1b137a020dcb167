// Whole networks in one call into memory that is there already: for acting, where no gradient is wanted.
#pragma once

#include <ATen/core/grad_mode.h>
#include <ATen/ops/addmm.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/gru_cell.h>

#include <array>

#include "handle.hpp"
#include "normalization.hpp"

namespace ctorch {

inline void activate(ctorch_unary activation, at::Tensor &tensor) {
    activation == CTORCH_RELU ? tensor.relu_() : tensor.tanh_();
}

// `space` to write [rows, columns] into: what it was, if it has that shape.
inline void shape_like(at::Tensor &space, int64_t rows, int64_t columns, const at::Tensor &like) {
    const std::array<int64_t, 2> shape{rows, columns};
    if (!space.defined() || space.sizes() != shape || space.device() != like.device()) {
        space = at::empty(shape, like.options());
    }
}

// `hidden` keeps the hidden values of the latest call: acting repeats the same shapes.
inline void forward(const ctorch_perceptron *perceptron, at::Tensor flow, at::Tensor &output,
                    std::vector<at::Tensor> &hidden) {
    if (perceptron == nullptr) throw std::invalid_argument("no perceptron was given");
    const auto &[weights, biases, norm_weights, norm_biases, layers, activation, norm, epsilon] = *perceptron;
    if (layers < 1 || weights == nullptr || biases == nullptr) throw std::invalid_argument("no layers were given");
    if (norm != CTORCH_NO_NORM && layers > 1 && (norm_weights == nullptr || norm_biases == nullptr)) {
        throw std::invalid_argument("no normalisation was given");
    }
    if (activation != CTORCH_RELU && activation != CTORCH_TANH) {
        throw std::invalid_argument("the activation is neither relu nor tanh");
    }
    if (flow.dim() != 2) throw std::invalid_argument("the input is not [rows, features]");
    if (hidden.size() < static_cast<size_t>(layers)) hidden.resize(static_cast<size_t>(layers));
    for (int32_t layer = 0; layer < layers; ++layer) {
        const auto &weight = get(weights[layer]), &bias = get(biases[layer]);
        const bool last = layer == layers - 1;
        at::Tensor &next = last ? output : hidden[static_cast<size_t>(layer)];
        if (!last) shape_like(next, flow.size(0), weight.size(0), flow);
        if (next.dim() != 2 || next.size(0) != flow.size(0) || next.size(1) != weight.size(0)) {
            throw std::invalid_argument("the output is not [rows, outputs]");
        }
        at::addmm_out(next, bias, flow, weight.t());
        flow = next;
        if (last) break;
        const auto normalise = [&] {
            layer_norm_in_place(flow, get(norm_weights[layer]), get(norm_biases[layer]), epsilon);
        };
        if (norm == CTORCH_NORM_BEFORE_ACTIVATION) normalise();
        activate(activation, flow);
        if (norm == CTORCH_NORM_AFTER_ACTIVATION) normalise();
    }
}

}  // namespace ctorch

int ctorch_perceptron_forward(const ctorch_perceptron *perceptron, const ctorch_tensor *input, ctorch_tensor *output) {
    return ctorch::guarded([&] {
        const c10::NoGradGuard no_gradient;
        thread_local std::vector<at::Tensor> hidden;
        ctorch::forward(perceptron, ctorch::get(input), ctorch::get(output), hidden);
    });
}

int ctorch_recurrent_step(const ctorch_perceptron *body, const ctorch_gated_unit *unit, const ctorch_perceptron *head,
                          const ctorch_tensor *input, const ctorch_tensor *starts, ctorch_tensor *hidden,
                          ctorch_tensor *output) {
    return ctorch::guarded([&] {
        if (body == nullptr || unit == nullptr) throw std::invalid_argument("no network was given");
        const c10::NoGradGuard no_gradient;
        thread_local std::vector<at::Tensor> body_hidden, head_hidden;
        thread_local at::Tensor features;
        const auto &x = ctorch::get(input), &begins = ctorch::get(starts);
        const auto &input_weight = ctorch::get(unit->input_weight), &hidden_weight = ctorch::get(unit->hidden_weight);
        at::Tensor &memory = ctorch::get(hidden);
        if (x.dim() != 2 || memory.dim() != 2 || begins.dim() != 2 || begins.size(1) != 1 || begins.size(0) < 1 ||
            memory.size(0) != x.size(0) || x.size(0) % begins.size(0) != 0) {
            throw std::invalid_argument("input, hidden and starts have other rows");
        }
        ctorch::shape_like(features, x.size(0), input_weight.size(1), x);
        ctorch::forward(body, x, features, body_hidden);
        ctorch::activate(body->activation, features);
        const at::Tensor kept = memory.view({begins.size(0), -1, memory.size(1)}).mul(begins.neg().add(1).unsqueeze(2));
        memory.copy_(at::gru_cell(features, kept.view(memory.sizes()), input_weight, hidden_weight,
                                  ctorch::get(unit->input_bias), ctorch::get(unit->hidden_bias)));
        ctorch::forward(head, memory, ctorch::get(output), head_hidden);
    });
}
