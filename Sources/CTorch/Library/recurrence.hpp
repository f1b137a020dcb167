// A gated recurrent unit over a whole sequence, forward and backward by hand: one operation on the gradient tape
// instead of a dozen a step, and one matrix product over all steps for the inputs and for each gradient of a weight.
#pragma once

#include <ATen/ops/addmm.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/empty_like.h>
#include <ATen/ops/gru_cell.h>
#include <ATen/ops/linear.h>
#include <ATen/ops/mm.h>
#include <ATen/ops/mul.h>
#include <ATen/ops/stack.h>
#include <ATen/ops/zeros.h>
#include <torch/csrc/autograd/custom_function.h>

#include <array>

#include "handle.hpp"
#include "lanes.hpp"

namespace ctorch {

// One step's loops over rows of `size` numbers, whose gates r, z, n stand side by side. No two pointers meet.

// h * keep.
CTORCH_CLONES static void keep_memory(const float *__restrict memory, const float *__restrict keeps,
                                      float *__restrict kept, int64_t rows, int64_t size) {
    for (int64_t row = 0; row < rows; ++row) {
        for (int64_t i = 0; i < size; ++i) kept[row * size + i] = memory[row * size + i] * keeps[row];
    }
}

// r and z are complete with what the memory gives; its part of n is kept for the reset gate.
CTORCH_CLONES static void add_projected(const float *__restrict projected, float *__restrict gates,
                                        float *__restrict candidate, int64_t rows, int64_t size) {
    for (int64_t row = 0; row < rows; ++row) {
        const float *p = projected + row * 3 * size;
        float *g = gates + row * 3 * size, *c = candidate + row * size;
        for (int64_t i = 0; i < 2 * size; ++i) g[i] += p[i];
        for (int64_t i = 0; i < size; ++i) c[i] = p[2 * size + i];
    }
}

// n's argument.
CTORCH_CLONES static void add_candidate(float *__restrict gates, const float *__restrict candidate, int64_t rows,
                                        int64_t size) {
    for (int64_t row = 0; row < rows; ++row) {
        float *g = gates + row * 3 * size;
        const float *c = candidate + row * size;
        for (int64_t i = 0; i < size; ++i) g[2 * size + i] += g[i] * c[i];
    }
}

// h' = (1 - z) n + z h.
CTORCH_CLONES static void blend(const float *__restrict gates, const float *__restrict kept, float *__restrict next,
                                int64_t rows, int64_t size) {
    for (int64_t row = 0; row < rows; ++row) {
        const float *z = gates + row * 3 * size + size, *n = z + size, *h = kept + row * size;
        float *out = next + row * size;
        for (int64_t i = 0; i < size; ++i) out[i] = (1 - z[i]) * n[i] + z[i] * h[i];
    }
}

// From dL/dh' (`given` and `later`) to what goes into the gates from the inputs' side and from the memory's, which
// differ in n alone, and to h directly.
CTORCH_CLONES static void gate_gradients(const float *__restrict given, const float *__restrict later,
                                         const float *__restrict kept, const float *__restrict candidate,
                                         const float *__restrict gates, float *__restrict from_inputs,
                                         float *__restrict from_memory, float *__restrict direct, int64_t rows,
                                         int64_t size) {
    for (int64_t row = 0; row < rows; ++row) {
        const int64_t at = row * size, wide = 3 * at;
        const float *g = gates + wide;
        float *a = from_inputs + wide, *b = from_memory + wide;
        for (int64_t i = 0; i < size; ++i) {
            const float r = g[i], z = g[size + i], n = g[2 * size + i];
            const float dh = given[at + i] + later[at + i];
            const float dn = dh * (1 - z) * (1 - n * n);
            const float dr = dn * candidate[at + i] * r * (1 - r);
            const float dz = dh * (kept[at + i] - n) * z * (1 - z);
            a[i] = dr;
            b[i] = dr;
            a[size + i] = dz;
            b[size + i] = dz;
            a[2 * size + i] = dn;
            b[2 * size + i] = dn * r;
            direct[at + i] = dh * z;
        }
    }
}

// All float32, contiguous, on the CPU: x [steps, rows, in], memory [rows, h], keeps [steps, rows, 1].
struct GatedRecurrence : torch::autograd::Function<GatedRecurrence> {
    using Context = torch::autograd::AutogradContext;
    using List = torch::autograd::variable_list;

    static at::Tensor forward(Context *context, const at::Tensor &x, const at::Tensor &memory, const at::Tensor &keeps,
                              const at::Tensor &input_weight, const at::Tensor &hidden_weight,
                              const at::Tensor &input_bias, const at::Tensor &hidden_bias) {
        const int64_t steps = x.size(0), rows = x.size(1), size = hidden_weight.size(1);
        // [steps, rows, 3h]: what the inputs give, then the gates r, z, n.
        at::Tensor gates = at::linear(x, input_weight, input_bias).contiguous();
        // What each step's memory was, after episodes that begin forgot it; and Un h + cn.
        at::Tensor kept = at::empty({steps, rows, size}, x.options());
        at::Tensor candidate = at::empty({steps, rows, size}, x.options());
        at::Tensor memories = at::empty({steps, rows, size}, x.options());
        at::Tensor projected = at::empty({rows, 3 * size}, x.options());
        const at::Tensor transposed = hidden_weight.t();
        const float *previous = memory.const_data_ptr<float>();
        for (int64_t step = 0; step < steps; ++step) {
            const float *keep = keeps.const_data_ptr<float>() + step * rows;
            float *from = kept.mutable_data_ptr<float>() + step * rows * size;
            keep_memory(previous, keep, from, rows, size);
            at::addmm_out(projected, hidden_bias, kept[step], transposed);
            at::Tensor gate = gates[step];
            float *g = gate.mutable_data_ptr<float>();
            float *c = candidate.mutable_data_ptr<float>() + step * rows * size;
            add_projected(projected.const_data_ptr<float>(), g, c, rows, size);
            gate.narrow(1, 0, 2 * size).sigmoid_();
            add_candidate(g, c, rows, size);
            gate.narrow(1, 2 * size, size).tanh_();
            float *next = memories.mutable_data_ptr<float>() + step * rows * size;
            blend(g, from, next, rows, size);
            previous = next;
        }
        context->save_for_backward({x, keeps, input_weight, hidden_weight, gates, kept, candidate});
        return memories;
    }

    static List backward(Context *context, List gradients) {
        const List saved = context->get_saved_variables();
        const at::Tensor &x = saved[0], &keeps = saved[1], &input_weight = saved[2], &hidden_weight = saved[3];
        const at::Tensor &gates = saved[4], &kept = saved[5], &candidate = saved[6];
        const int64_t steps = x.size(0), rows = x.size(1), size = hidden_weight.size(1);
        const at::Tensor given = gradients[0].contiguous();
        at::Tensor from_inputs = at::empty_like(gates), from_memory = at::empty_like(gates);
        at::Tensor carried = at::zeros({rows, size}, x.options()), direct = at::empty({rows, size}, x.options());
        for (int64_t step = steps - 1; step >= 0; --step) {
            const int64_t first = step * rows * size;
            const float *out = given.const_data_ptr<float>() + first, *hold = kept.const_data_ptr<float>() + first;
            const float *c = candidate.const_data_ptr<float>() + first;
            const float *g = gates.const_data_ptr<float>() + 3 * first;
            float *a = from_inputs.mutable_data_ptr<float>() + 3 * first;
            float *b = from_memory.mutable_data_ptr<float>() + 3 * first;
            gate_gradients(out, carried.const_data_ptr<float>(), hold, c, g, a, b, direct.mutable_data_ptr<float>(),
                           rows, size);
            at::addmm_out(carried, direct, from_memory[step], hidden_weight);
            carried.mul_(keeps[step]);
        }
        const at::Tensor inputs = from_inputs.view({steps * rows, 3 * size});
        const at::Tensor hidden = from_memory.view({steps * rows, 3 * size});
        const at::Tensor flat = x.view({steps * rows, x.size(2)});
        at::Tensor to_x;
        if (context->needs_input_grad(0)) to_x = at::mm(inputs, input_weight).view(x.sizes());
        return {to_x,
                carried,
                at::Tensor(),
                at::mm(inputs.t(), flat),
                at::mm(hidden.t(), kept.view({steps * rows, size})),
                inputs.sum(0),
                hidden.sum(0)};
    }
};

}  // namespace ctorch

int ctorch_gru_sequence(const ctorch_tensor *input, const ctorch_tensor *hidden, const ctorch_tensor *keeps,
                        const ctorch_tensor *input_weight, const ctorch_tensor *hidden_weight,
                        const ctorch_tensor *input_bias, const ctorch_tensor *hidden_bias, ctorch_tensor **out) {
    return ctorch::produce(out, [&] {
        const auto &x = ctorch::get(input), &memory = ctorch::get(hidden), &keep = ctorch::get(keeps);
        const auto &wi = ctorch::get(input_weight), &wh = ctorch::get(hidden_weight);
        const auto &bi = ctorch::get(input_bias), &bh = ctorch::get(hidden_bias);
        if (x.dim() != 3 || memory.dim() != 2 || wi.dim() != 2 || wh.dim() != 2) {
            throw std::invalid_argument("expected input [steps, rows, in], hidden [rows, h] and weights of two axes");
        }
        const int64_t steps = x.size(0), rows = x.size(1), size = wh.size(1);
        const std::array<int64_t, 3> each{steps, rows, 1};
        const std::array<int64_t, 2> before{rows, size}, from_inputs{3 * size, x.size(2)}, from_memory{3 * size, size};
        if (steps < 1 || memory.sizes() != before || keep.sizes() != each || wi.sizes() != from_inputs ||
            wh.sizes() != from_memory || bi.numel() != 3 * size || bh.numel() != 3 * size) {
            throw std::invalid_argument("the shapes of input, hidden, keeps and weights do not fit each other");
        }
        for (const auto *tensor : {&x, &memory, &keep, &wi, &wh, &bi, &bh}) {
            if (tensor->scalar_type() != at::kFloat) throw std::invalid_argument("expected float32");
            if (tensor->device() != x.device()) {
                throw std::invalid_argument("input, hidden, keeps and weights are on different devices");
            }
        }
        if (x.is_cpu()) {
            return ctorch::GatedRecurrence::apply(x.contiguous(), memory.contiguous(), keep.contiguous(),
                                                  wi.contiguous(), wh.contiguous(), bi.contiguous(), bh.contiguous());
        }
        std::vector<at::Tensor> memories;
        at::Tensor now = memory;
        for (int64_t step = 0; step < steps; ++step) {
            now = at::gru_cell(x[step], now.mul(keep[step]), wi, wh, bi, bh);
            memories.push_back(now);
        }
        return at::stack(memories);
    });
}
