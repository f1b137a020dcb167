// Layers into memory that is there already: for acting, where no gradient is wanted.
#pragma once

#include <ATen/ops/addmm.h>
#include <ATen/ops/empty.h>

#include <array>

#include "handle.hpp"
#include "normalization.hpp"

namespace ctorch {

inline void activate(ctorch_unary activation, at::Tensor &tensor) {
    activation == CTORCH_RELU ? tensor.relu_() : tensor.tanh_();
}

// With a layer normalisation before or behind, where there is one.
inline void activate(ctorch_unary activation, ctorch_norm_placement norm, const ctorch_affine &scale, double epsilon,
                     at::Tensor &tensor) {
    const auto normalise = [&] { layer_norm_in_place(tensor, get(scale.weight), get(scale.bias), epsilon); };
    if (norm == CTORCH_NORM_BEFORE_ACTIVATION) normalise();
    activate(activation, tensor);
    if (norm == CTORCH_NORM_AFTER_ACTIVATION) normalise();
}

// `space` to write [rows, columns] into: what it was, if it is like that.
inline void shape_like(at::Tensor &space, int64_t rows, int64_t columns, const at::Tensor &like) {
    const std::array<int64_t, 2> shape{rows, columns};
    if (!space.defined() || space.sizes() != shape || space.device() != like.device() ||
        space.scalar_type() != like.scalar_type()) {
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
        ctorch_affine scale{};
        if (norm != CTORCH_NO_NORM) scale = {norm_weights[layer], norm_biases[layer]};
        activate(activation, norm, scale, epsilon, flow);
    }
}

}  // namespace ctorch
