// A layer of a network, forward and backward: the matrix product, what is added, the activation and the normalisation as
// one operation on the gradient tape instead of up to five, each of which would go over all rows again.
#pragma once

#include <ATen/ops/empty.h>
#include <ATen/ops/empty_like.h>
#include <ATen/ops/layer_norm.h>
#include <ATen/ops/linear.h>
#include <ATen/ops/mm.h>
#include <torch/csrc/autograd/custom_function.h>

#include <algorithm>
#include <optional>
#include <vector>

#include "handle.hpp"
#include "lanes.hpp"
#include "normalization.hpp"
#include "rows.hpp"

namespace ctorch {

// MARK: Loops over rows of `size` numbers

// Adds a row to the rows `from` to `to`.
CTORCH_CLONES static void add_row(const float *__restrict row, float *__restrict rows, int64_t from, int64_t to,
                                  int64_t size) {
    for (int64_t each = from; each < to; ++each) {
        float *out = rows + each * size;
        for (int64_t i = 0; i < size; ++i) out[i] += row[i];
    }
}

// Adds to the rows `from` to `to` what their groups have, of `group_rows` rows each.
CTORCH_CLONES static void add_groups(const float *__restrict groups, float *__restrict rows, int64_t group_rows,
                                     int64_t from, int64_t to, int64_t size) {
    for (int64_t row = from; row < to; ++row) {
        const float *group = groups + row / group_rows * size;
        float *out = rows + row * size;
        for (int64_t i = 0; i < size; ++i) out[i] += group[i];
    }
}

// What the rows of the groups `from` to `to` sum to.
CTORCH_CLONES static void sum_groups(const float *__restrict rows, float *__restrict groups, int64_t group_rows,
                                     int64_t from, int64_t to, int64_t size) {
    for (int64_t group = from; group < to; ++group) {
        const float *in = rows + group * group_rows * size;
        float *out = groups + group * size;
        for (int64_t i = 0; i < size; ++i) out[i] = in[i];
        for (int64_t row = 1; row < group_rows; ++row) {
            for (int64_t i = 0; i < size; ++i) out[i] += in[row * size + i];
        }
    }
}

CTORCH_CLONES static void add_rows(const float *__restrict rows, float *__restrict sum, int64_t from, int64_t to,
                                   int64_t size) {
    for (int64_t row = from; row < to; ++row) {
        for (int64_t i = 0; i < size; ++i) sum[i] += rows[row * size + i];
    }
}

// What is not a number stays so. By lanes: left to itself, the compiler takes a branch for each number.
CTORCH_CLONES static void rectify(float *values, int64_t from, int64_t to) {
    int64_t i = from;
    for (; i + lane_count <= to; i += lane_count) {
        const Lanes each = LANES(values + i);
        WRITE_LANES(values + i) = each < 0 ? Lanes{} : each;
    }
    for (; i < to; ++i) values[i] = values[i] < 0 ? 0 : values[i];
}

// The gradient of what was rectified, by what that made. `out` may be `gradient`.
CTORCH_CLONES static void rectify_backward(const float *made, const float *gradient, float *out, int64_t from,
                                           int64_t to) {
    int64_t i = from;
    for (; i + lane_count <= to; i += lane_count) {
        const Lanes each = LANES(gradient + i);
        WRITE_LANES(out + i) = LANES(made + i) <= 0 ? Lanes{} : each;
    }
    for (; i < to; ++i) out[i] = made[i] <= 0 ? 0 : gradient[i];
}

// y [rows, size] = `columns` [size, rows] transposed.
CTORCH_CLONES static void transpose(const float *__restrict columns, float *__restrict y, int64_t rows, int64_t size) {
    for (int64_t row = 0; row < rows; ++row) {
        for (int64_t i = 0; i < size; ++i) y[row * size + i] = columns[i * rows + row];
    }
}

// MARK: Products. What has rows of a few numbers, or of no multiple of 16, is made up to seven times as fast transposed.

// y [rows, out] = x [rows, in] W^T. The bias is added later, with what else is: libtorch would first write it to all rows.
inline void multiply(const at::Tensor &x, const at::Tensor &weight, at::Tensor &y) {
    const int64_t rows = x.size(0), size = weight.size(0);
    if (size == 1 || size >= 16 || rows < 64) {
        at::mm_out(y, x, weight.t());
        return;
    }
    const at::Tensor columns = at::mm(weight, x.t());
    transpose(columns.const_data_ptr<float>(), y.mutable_data_ptr<float>(), rows, size);
}

// dL/dW [out, in] of dL/dy [rows, out] and x [rows, in].
inline at::Tensor weight_gradient(const at::Tensor &gradient, const at::Tensor &x) {
    const int64_t inputs = x.size(1), outputs = gradient.size(1);
    if (inputs % 16 == 0 || (outputs % 16 != 0 && inputs >= outputs)) return at::mm(gradient.t(), x);
    return at::mm(x.t(), gradient).t().contiguous();
}

// MARK: The layer

// What stands behind a layer's product.
struct LayerEnd {
    bool rectifies;
    ctorch_norm_placement norm;
    double epsilon;
};

// x [..., in]: float32, on the CPU; groups [groups, out], weights, biases and scales also contiguous.
struct NetworkLayer : torch::autograd::Function<NetworkLayer> {
    using Context = torch::autograd::AutogradContext;
    using List = torch::autograd::variable_list;

    static at::Tensor forward(Context *context, const at::Tensor &input, const at::Tensor &weight, const at::Tensor &bias,
                              const std::optional<at::Tensor> &groups, const std::optional<at::Tensor> &scale,
                              const std::optional<at::Tensor> &shift, const LayerEnd &end) {
        const at::Tensor x = packed(input);
        const int64_t inputs = weight.size(1), size = weight.size(0), rows = x.numel() / inputs;
        std::vector<int64_t> shape = x.sizes().vec();
        shape.back() = size;
        at::Tensor result = at::empty(shape, x.options()), product = result.view({rows, size}), moments;
        float *out = result.mutable_data_ptr<float>(), *kept = nullptr;
        const float *group = groups ? groups->const_data_ptr<float>() : nullptr, *by = nullptr, *plus = nullptr;
        const int64_t group_rows = groups ? rows / groups->size(0) : 1;
        const bool normalises = end.norm != CTORCH_NO_NORM;
        if (normalises) {
            product = at::empty({rows, size}, x.options());
            moments = at::empty({rows, 2}, x.options());
            kept = moments.mutable_data_ptr<float>();
            by = scale->const_data_ptr<float>();
            plus = shift->const_data_ptr<float>();
        }
        multiply(x.view({rows, inputs}), weight, product);
        float *made = product.mutable_data_ptr<float>();
        const float *constant = bias.const_data_ptr<float>();
        const bool rectifies_last = end.norm == CTORCH_NORM_BEFORE_ACTIVATION;
        for_few_rows(rows, [&](int64_t from, int64_t to) {
            add_row(constant, made, from, to, size);
            if (group != nullptr) add_groups(group, made, group_rows, from, to, size);
            if (end.rectifies && !rectifies_last) rectify(made, from * size, to * size);
            if (normalises) normalize(made, out, kept, by, plus, static_cast<float>(end.epsilon), from, to, size);
            if (end.rectifies && rectifies_last) rectify(out, from * size, to * size);
        });
        const at::Tensor none;
        context->save_for_backward({x, weight, normalises ? *scale : none, normalises ? product : none, moments,
                                    end.rectifies && end.norm != CTORCH_NORM_AFTER_ACTIVATION ? result : none});
        context->saved_data["rectifies"] = end.rectifies;
        context->saved_data["norm"] = static_cast<int64_t>(end.norm);
        context->saved_data["groups"] = groups ? groups->size(0) : 0;
        return result;
    }

    static List backward(Context *context, List gradients) {
        const List saved = context->get_saved_variables();
        const at::Tensor &x = saved[0], &weight = saved[1], &scale = saved[2], &product = saved[3], &moments = saved[4];
        const bool rectifies = context->saved_data["rectifies"].toBool();
        const int64_t norm = context->saved_data["norm"].toInt(), groups = context->saved_data["groups"].toInt();
        const int64_t inputs = weight.size(1), size = weight.size(0), rows = x.numel() / inputs;
        const at::Tensor given = packed(gradients[0]).view({rows, size});
        const bool normalises = norm != CTORCH_NO_NORM;
        const at::Tensor to_product = rectifies || normalises ? at::empty_like(given) : given;
        at::Tensor sums = at::empty({normalises ? 3 : 1, size}, x.options());
        const auto pointer = [](const at::Tensor &tensor) {
            return tensor.defined() ? tensor.const_data_ptr<float>() : nullptr;
        };
        const float *gradient = given.const_data_ptr<float>(), *in = pointer(product), *by = pointer(scale);
        const float *kept = pointer(moments), *activated = norm == CTORCH_NORM_AFTER_ACTIVATION ? in : pointer(saved[5]);
        float *out = rectifies || normalises ? to_product.mutable_data_ptr<float>() : nullptr;
        sum_over_rows(rows, sums.numel(), sums.mutable_data_ptr<float>(), [&](int64_t from, int64_t to, float *sum) {
            const float *flow = gradient;
            const auto activate = [&] {
                if (!rectifies) return;
                rectify_backward(activated, flow, out, from * size, to * size);
                flow = out;
            };
            if (norm != CTORCH_NORM_AFTER_ACTIVATION) activate();
            if (normalises) {
                normalize_backward(in, kept, by, flow, out, sum + size, from, to, size);
                flow = out;
            }
            if (norm == CTORCH_NORM_AFTER_ACTIVATION) activate();
            add_rows(flow, sum, from, to, size);
        });
        at::Tensor to_x, to_weight, to_groups;
        if (context->needs_input_grad(0)) to_x = at::mm(to_product, weight).view(x.sizes());
        if (context->needs_input_grad(1)) to_weight = weight_gradient(to_product, x.view({rows, inputs}));
        if (groups > 0) {
            to_groups = at::empty({groups, size}, x.options());
            const float *each = to_product.const_data_ptr<float>();
            float *sum = to_groups.mutable_data_ptr<float>();
            for_rows(groups, [&](int64_t from, int64_t to) {
                sum_groups(each, sum, rows / groups, from, to, size);
            });
        }
        return {to_x,         to_weight, sums[0], to_groups, normalises ? sums[1] : at::Tensor(),
                normalises ? sums[2] : at::Tensor(), at::Tensor()};
    }
};

// The same by libtorch's operations: on every device, in every element type, and for tanh.
inline at::Tensor composed(const ctorch_layer &layer, const at::Tensor &x, const std::optional<at::Tensor> &groups) {
    at::Tensor flow = at::linear(x, get(layer.linear.weight), get(layer.linear.bias));
    if (groups && groups->size(0) > 0) {
        flow = flow.reshape({groups->size(0), -1, flow.size(-1)}).add(groups->unsqueeze(1)).reshape(flow.sizes());
    }
    const auto activate = [&] {
        if (layer.activates) flow = layer.activation == CTORCH_RELU ? flow.relu() : flow.tanh();
    };
    if (layer.norm != CTORCH_NORM_BEFORE_ACTIVATION) activate();
    if (layer.norm != CTORCH_NO_NORM) {
        flow = at::layer_norm(flow, {flow.size(-1)}, get(layer.scale.weight), get(layer.scale.bias), layer.epsilon);
    }
    if (layer.norm == CTORCH_NORM_BEFORE_ACTIVATION) activate();
    return flow;
}

}  // namespace ctorch

int ctorch_layer_forward(const ctorch_layer *layer, const ctorch_tensor *input, const ctorch_tensor *groups,
                         ctorch_tensor **out) {
    return ctorch::produce(out, [&] {
        if (layer == nullptr) throw std::invalid_argument("no layer was given");
        const auto &x = ctorch::get(input), &weight = ctorch::get(layer->linear.weight);
        const auto &bias = ctorch::get(layer->linear.bias);
        const auto group = ctorch::optional(groups);
        std::optional<at::Tensor> scale, shift;
        if (layer->norm != CTORCH_NO_NORM) {
            scale = ctorch::get(layer->scale.weight);
            shift = ctorch::get(layer->scale.bias);
        }
        if (layer->activates && layer->activation != CTORCH_RELU && layer->activation != CTORCH_TANH) {
            throw std::invalid_argument("the activation is neither relu nor tanh");
        }
        const bool fits =
            x.dim() > 0 && x.size(-1) > 0 && weight.dim() == 2 && weight.size(0) > 0 && weight.size(1) == x.size(-1);
        const int64_t rows = fits ? x.numel() / x.size(-1) : 0;
        const auto is_grouped = [&] {
            const bool none = rows == 0 && group->size(0) == 0;
            return group->size(1) == weight.size(0) && (none || (group->size(0) > 0 && rows % group->size(0) == 0));
        };
        if (group && (!fits || group->dim() != 2 || !is_grouped())) {
            throw std::invalid_argument("the groups are not [groups, out] with as many rows of the input in each");
        }
        const auto is_row = [&](const std::optional<at::Tensor> &each) {
            return !each || (each->dim() == 1 && each->size(0) == weight.size(0) && ctorch::is_plain(*each));
        };
        const bool rectifies = layer->activates && layer->activation == CTORCH_RELU;
        // What the loops do not take goes to libtorch, which also says what does not fit.
        if (rows == 0 || (layer->activates && !rectifies) || !ctorch::is_plain(x) || !ctorch::is_plain(weight) ||
            !is_row(bias) || !is_row(scale) || !is_row(shift) || (group && !ctorch::is_plain(*group))) {
            return ctorch::composed(*layer, x, group);
        }
        const auto contiguous = [](const std::optional<at::Tensor> &each) -> std::optional<at::Tensor> {
            return each ? std::optional<at::Tensor>(each->contiguous()) : std::nullopt;
        };
        return ctorch::NetworkLayer::apply(x, weight.contiguous(), bias.contiguous(), contiguous(group),
                                           contiguous(scale), contiguous(shift),
                                           ctorch::LayerEnd{rectifies, layer->norm, layer->epsilon});
    });
}
