// The first and the last layer of a network that treats things of one kind alike, into memory that is there already:
// for acting.
#pragma once

#include <ATen/ops/addmm.h>

#include <vector>

#include "handle.hpp"
#include "perceptron.hpp"
#include "pooling.hpp"

namespace ctorch {

// What the latest call made: acting repeats the same shapes.
struct EntityRoom {
    struct Kind {
        at::Tensor things, first, context, entities, weights, pooled, outputs, output_context, choices;
    };
    std::vector<Kind> kinds;
    at::Tensor own, joined, own_outputs;
};

inline void apply(const ctorch_affine &layer, const at::Tensor &x, at::Tensor &out) {
    const at::Tensor &weight = get(layer.weight);
    shape_like(out, x.size(0), weight.size(0), x);
    at::addmm_out(out, get(layer.bias), x, weight.t());
}

// Adds a row's context to each of its things.
inline void add_context(at::Tensor &things, const at::Tensor &context) {
    things.view({context.size(0), -1, context.size(1)}).add_(context.unsqueeze(1));
}

// [rows * count, size] to [rows, size].
inline void pool_things(EntityRoom::Kind &room, const at::Tensor &score, int64_t count) {
    const at::Tensor &things = room.entities;
    const int64_t rows = things.size(0) / count;
    const PoolingShape shape{count, things.size(1), score.size(0)};
    if (!is_plain(things) || !is_plain(score) || !things.is_contiguous() || !score.is_contiguous()) {
        room.pooled = pool(things.view({rows, shape.count, shape.size}), score);
        return;
    }
    shape_like(room.pooled, rows, shape.size, things);
    shape_like(room.weights, things.size(0), shape.heads, things);
    const float *e = things.const_data_ptr<float>(), *s = score.const_data_ptr<float>();
    float *weights = room.weights.mutable_data_ptr<float>(), *out = room.pooled.mutable_data_ptr<float>();
    for_few_rows(rows, [&](int64_t from, int64_t to) { pool(e, s, weights, out, from, to, shape); });
}

// Checks what the loops below rely on, for an input of so many numbers a row; libtorch checks the rest.
inline void require_consistent(const ctorch_entity_layers &layers, int64_t inputs) {
    const bool has_kinds = layers.kind_count > 0 && layers.kinds != nullptr;
    const bool has_ranges = (layers.own_input_count <= 0 || layers.own_inputs != nullptr) &&
                            (layers.own_output_count <= 0 || layers.own_outputs != nullptr);
    if (!has_kinds || !has_ranges) throw std::invalid_argument("no kinds of things, or no ranges, were given");
    if (layers.activation != CTORCH_RELU && layers.activation != CTORCH_TANH) {
        throw std::invalid_argument("the activation is neither relu nor tanh");
    }
    int64_t own = 0, all = 0;
    for (int32_t index = 0; index < layers.own_input_count; ++index) own += layers.own_inputs[index].count;
    for (int32_t index = 0; index < layers.kind_count; ++index) {
        const ctorch_entity_kind &kind = layers.kinds[index];
        const at::Tensor &score = get(kind.score), &second = get(kind.second.weight);
        if (kind.count < 1 || score.dim() != 2 || score.size(0) < 1 || second.dim() != 2 ||
            score.size(1) != second.size(0) || score.size(1) % score.size(0) != 0 ||
            (kind.context.weight != nullptr && own == 0)) {
            throw std::invalid_argument("a kind has no things, or scores or a context that do not fit them");
        }
        all += kind.count * kind.width;
    }
    if (own + all != inputs) throw std::invalid_argument("the input does not have the numbers that the ranges have");
}

// How many outputs a row has.
inline int64_t output_count(const ctorch_entity_layers &layers) {
    int64_t count = 0;
    for (int32_t index = 0; index < layers.kind_count; ++index) {
        if (layers.kinds[index].first_output >= 0) count += layers.kinds[index].count;
    }
    for (int32_t index = 0; index < layers.own_output_count; ++index) count += layers.own_outputs[index].count;
    return count;
}

// h [rows, hidden] of input [rows, in]; the things' own numbers stay in `room`.
inline void observe(const ctorch_entity_layers &layers, const at::Tensor &input, at::Tensor &hidden, EntityRoom &room) {
    const int64_t rows = input.size(0);
    const auto finish = [&](const ctorch_affine &scale, at::Tensor &flow) {
        activate(layers.activation, layers.norm, scale, layers.epsilon, flow);
    };
    room.kinds.resize(static_cast<size_t>(layers.kind_count));
    shape_like(room.joined, rows, get(layers.join.weight).size(1), input);
    int64_t joined = 0;
    const auto join = [&](const at::Tensor &part) {
        room.joined.narrow(1, joined, part.size(1)).copy_(part);
        joined += part.size(1);
    };
    for (int32_t index = 0; index < layers.own_input_count; ++index) {
        join(input.narrow(1, layers.own_inputs[index].first, layers.own_inputs[index].count));
    }
    if (joined > 0) {
        shape_like(room.own, rows, joined, input);
        room.own.copy_(room.joined.narrow(1, 0, joined));
    }
    for (int32_t index = 0; index < layers.kind_count; ++index) {
        const ctorch_entity_kind &kind = layers.kinds[index];
        EntityRoom::Kind &each = room.kinds[static_cast<size_t>(index)];
        shape_like(each.things, rows * kind.count, kind.width, input);
        each.things.view({rows, kind.count * kind.width})
            .copy_(input.narrow(1, kind.offset, kind.count * kind.width));
        apply(kind.input, each.things, each.first);
        if (kind.context.weight != nullptr) {
            apply(kind.context, room.own, each.context);
            add_context(each.first, each.context);
        }
        finish(kind.norm, each.first);
        apply(kind.second, each.first, each.entities);
        finish(kind.second_norm, each.entities);
        pool_things(each, get(kind.score), kind.count);
        join(each.pooled);
    }
    if (joined != room.joined.size(1)) throw std::invalid_argument("what is joined does not fit its weights");
    apply(layers.join, room.joined, hidden);
    finish(layers.join_norm, hidden);
}

// Outputs [rows, out] of h and the things that observe() saw.
inline void answer(const ctorch_entity_layers &layers, const at::Tensor &hidden, at::Tensor &output, EntityRoom &room) {
    for (int32_t index = 0; index < layers.kind_count; ++index) {
        const ctorch_entity_kind &kind = layers.kinds[index];
        if (kind.first_output < 0) continue;
        EntityRoom::Kind &each = room.kinds[static_cast<size_t>(index)];
        apply(kind.output_entity, each.entities, each.outputs);
        apply(kind.output_context, hidden, each.output_context);
        add_context(each.outputs, each.output_context);
        activate(layers.activation, each.outputs);
        apply(kind.choice, each.outputs, each.choices);
        output.narrow(1, kind.first_output, kind.count).copy_(each.choices.view({-1, kind.count}));
    }
    if (layers.own_output.weight == nullptr) return;
    apply(layers.own_output, hidden, room.own_outputs);
    int64_t from = 0;
    for (int32_t index = 0; index < layers.own_output_count; ++index) {
        const ctorch_range &range = layers.own_outputs[index];
        output.narrow(1, range.first, range.count).copy_(room.own_outputs.narrow(1, from, range.count));
        from += range.count;
    }
}

}  // namespace ctorch
