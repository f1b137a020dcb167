// One step of a whole network in one call: for acting, where no gradient is wanted.
#pragma once

#include <ATen/core/grad_mode.h>
#include <ATen/ops/gru_cell.h>

#include "entities.hpp"
#include "handle.hpp"
#include "perceptron.hpp"

namespace ctorch {

// What the latest call made, in each part of the network.
struct NetworkRoom {
    EntityRoom entities;
    std::vector<at::Tensor> body, head;
    at::Tensor observed, features, answered;
};

inline void require_rows(const at::Tensor &tensor, int64_t rows, const char *message) {
    if (tensor.dim() != 2 || tensor.size(0) != rows) throw std::invalid_argument(message);
}

// The memory [rows, h], on which the unit moves: x [rows, in], starts [groups, 1].
inline void remember(const ctorch_gated_unit &unit, const at::Tensor &x, const at::Tensor &starts, at::Tensor &memory) {
    require_rows(memory, x.size(0), "input and hidden have other rows");
    if (starts.dim() != 2 || starts.size(1) != 1 || starts.size(0) < 1 || x.size(0) % starts.size(0) != 0) {
        throw std::invalid_argument("input and starts have other rows");
    }
    const at::Tensor keeps = starts.neg().add(1).unsqueeze(2);
    const at::Tensor kept = memory.view({starts.size(0), -1, memory.size(1)}).mul(keeps).view(memory.sizes());
    memory.copy_(at::gru_cell(x, kept, get(unit.input_weight), get(unit.hidden_weight), get(unit.input_bias),
                              get(unit.hidden_bias)));
}

inline int64_t output_count(const ctorch_perceptron *layers) {
    if (layers == nullptr || layers->layers < 1 || layers->weights == nullptr) {
        throw std::invalid_argument("no layers were given");
    }
    return get(layers->weights[layers->layers - 1]).size(0);
}

// Before anything moves on.
inline void require_outputs(const ctorch_network &network, const at::Tensor &output) {
    const auto [entities, body, unit, head] = network;
    if (entities == nullptr && unit == nullptr && head != nullptr) {
        throw std::invalid_argument("a head without a unit or things was given");
    }
    const int64_t count =
        entities != nullptr ? output_count(*entities) : output_count(unit != nullptr ? head : body);
    if (output.size(1) != count) throw std::invalid_argument("the output is not [rows, outputs]");
}

inline void step(const ctorch_network &network, const at::Tensor &input, const at::Tensor *starts, at::Tensor *memory,
                 at::Tensor &output, NetworkRoom &room) {
    const auto [entities, body, unit, head] = network;
    if (entities != nullptr) require_consistent(*entities, input.size(1));
    require_outputs(network, output);
    if (input.size(0) == 0) return;
    if (entities == nullptr && unit == nullptr) return forward(body, input, output, room.body);
    at::Tensor flow = input;
    const auto pass = [&flow](const ctorch_perceptron *layers, at::Tensor &next, std::vector<at::Tensor> &hidden) {
        if (layers == nullptr) return;
        shape_like(next, flow.size(0), output_count(layers), flow);
        forward(layers, flow, next, hidden);
        activate(layers->activation, next);
        flow = next;
    };
    if (entities != nullptr) {
        observe(*entities, flow, room.observed, room.entities);
        flow = room.observed;
    }
    pass(body, room.features, room.body);
    if (unit != nullptr) {
        if (starts == nullptr || memory == nullptr) throw std::invalid_argument("no memory was given");
        remember(*unit, flow, *starts, *memory);
        flow = *memory;
    }
    if (entities == nullptr) return forward(head, flow, output, room.head);
    pass(head, room.answered, room.head);
    answer(*entities, flow, output, room.entities);
}

}  // namespace ctorch

int ctorch_network_step(const ctorch_network *network, int64_t first, int64_t stride, const ctorch_tensor *input,
                        const ctorch_tensor *starts, ctorch_tensor *hidden, ctorch_tensor *output) {
    return ctorch::guarded([&] {
        if (network == nullptr) throw std::invalid_argument("no network was given");
        const c10::NoGradGuard no_gradient;
        thread_local ctorch::NetworkRoom room;
        const auto part = [&](const at::Tensor &tensor) {
            if (tensor.dim() != 2) throw std::invalid_argument("input, hidden or output is not [rows, numbers]");
            if (first < 0 || first >= stride || tensor.size(0) % stride != 0) {
                throw std::invalid_argument("the rows are not as many for each network");
            }
            return stride == 1 && first == 0 ? tensor : tensor.slice(0, first, std::nullopt, stride);
        };
        const at::Tensor x = part(ctorch::get(input));
        at::Tensor out = part(ctorch::get(output)), memory;
        ctorch::require_rows(out, x.size(0), "input and output have other rows");
        if (network->unit != nullptr) memory = part(ctorch::get(hidden));
        const bool remembers = network->unit != nullptr;
        ctorch::step(*network, x, remembers ? &ctorch::get(starts) : nullptr, remembers ? &memory : nullptr, out, room);
    });
}
