// Every function of ctorch.h that returns a status: its name, its parameters and their names. The compiler compares the
// parameters with the header; a function that is missing here cannot be linked.
FORWARD(set_threads, (int32_t count), (count))
FORWARD(set_interop_threads, (int32_t count), (count))
FORWARD(full, (const int64_t *shape, int32_t rank, ctorch_dtype dtype, const char *device, double value,
        ctorch_tensor **out), (shape, rank, dtype, device, value, out))
FORWARD(from_data, (const void *data, size_t bytes, const int64_t *shape, int32_t rank, ctorch_dtype dtype,
        const char *device, ctorch_tensor **out), (data, bytes, shape, rank, dtype, device, out))
FORWARD(borrow, (void *data, const int64_t *shape, int32_t rank, ctorch_dtype dtype, ctorch_tensor **out),
        (data, shape, rank, dtype, out))
FORWARD(orthogonal, (const float *normals, int64_t rows, int64_t columns, double gain, ctorch_tensor **out),
        (normals, rows, columns, gain, out))
FORWARD(clone, (const ctorch_tensor *tensor, ctorch_tensor **out), (tensor, out))
FORWARD(detach, (const ctorch_tensor *tensor, ctorch_tensor **out), (tensor, out))
FORWARD(contiguous, (const ctorch_tensor *tensor, ctorch_tensor **out), (tensor, out))
FORWARD(to_device, (const ctorch_tensor *tensor, const char *device, ctorch_tensor **out), (tensor, device, out))
FORWARD(to_dtype, (const ctorch_tensor *tensor, ctorch_dtype dtype, ctorch_tensor **out), (tensor, dtype, out))
FORWARD(describe, (const ctorch_tensor *tensor, ctorch_description *out), (tensor, out))
FORWARD(device_name, (const ctorch_tensor *tensor, char *buffer, size_t capacity), (tensor, buffer, capacity))
FORWARD(read, (const ctorch_tensor *tensor, ctorch_dtype dtype, void *destination, size_t bytes),
        (tensor, dtype, destination, bytes))
FORWARD(item, (const ctorch_tensor *tensor, double *out), (tensor, out))
FORWARD(all_finite, (const ctorch_tensor *tensor, bool *out), (tensor, out))
FORWARD(reshape, (const ctorch_tensor *tensor, const int64_t *shape, int32_t rank, ctorch_tensor **out),
        (tensor, shape, rank, out))
FORWARD(expand, (const ctorch_tensor *tensor, const int64_t *shape, int32_t rank, ctorch_tensor **out),
        (tensor, shape, rank, out))
FORWARD(permute, (const ctorch_tensor *tensor, const int64_t *axes, int32_t count, ctorch_tensor **out),
        (tensor, axes, count, out))
FORWARD(transpose, (const ctorch_tensor *tensor, int64_t first, int64_t second, ctorch_tensor **out),
        (tensor, first, second, out))
FORWARD(unsqueeze, (const ctorch_tensor *tensor, int64_t axis, ctorch_tensor **out), (tensor, axis, out))
FORWARD(squeeze, (const ctorch_tensor *tensor, int64_t axis, ctorch_tensor **out), (tensor, axis, out))
FORWARD(narrow, (const ctorch_tensor *tensor, int64_t axis, int64_t start, int64_t length, ctorch_tensor **out),
        (tensor, axis, start, length, out))
FORWARD(select, (const ctorch_tensor *tensor, int64_t axis, int64_t index, ctorch_tensor **out),
        (tensor, axis, index, out))
FORWARD(index_select, (const ctorch_tensor *tensor, int64_t axis, const ctorch_tensor *indices, ctorch_tensor **out),
        (tensor, axis, indices, out))
FORWARD(gather, (const ctorch_tensor *tensor, int64_t axis, const ctorch_tensor *indices, ctorch_tensor **out),
        (tensor, axis, indices, out))
FORWARD(stack, (const ctorch_tensor *const *tensors, int32_t count, int64_t axis, ctorch_tensor **out),
        (tensors, count, axis, out))
FORWARD(concatenate, (const ctorch_tensor *const *tensors, int32_t count, int64_t axis, ctorch_tensor **out),
        (tensors, count, axis, out))
FORWARD(apply_unary, (ctorch_unary operation, const ctorch_tensor *tensor, ctorch_tensor **out),
        (operation, tensor, out))
FORWARD(apply_binary, (ctorch_binary operation, const ctorch_tensor *left, const ctorch_tensor *right,
        ctorch_tensor **out), (operation, left, right, out))
FORWARD(apply_binary_scalar, (ctorch_binary operation, const ctorch_tensor *left, double right, ctorch_tensor **out),
        (operation, left, right, out))
FORWARD(clamp, (const ctorch_tensor *tensor, double minimum, double maximum, ctorch_tensor **out),
        (tensor, minimum, maximum, out))
FORWARD(where, (const ctorch_tensor *condition, const ctorch_tensor *left, const ctorch_tensor *right,
        ctorch_tensor **out), (condition, left, right, out))
FORWARD(masked_fill, (const ctorch_tensor *tensor, const ctorch_tensor *mask, double value, ctorch_tensor **out),
        (tensor, mask, value, out))
FORWARD(reduce, (ctorch_reduction operation, const ctorch_tensor *tensor, const int64_t *axes, int32_t count,
        bool keep, ctorch_tensor **out), (operation, tensor, axes, count, keep, out))
FORWARD(argmax, (const ctorch_tensor *tensor, int64_t axis, bool keep, ctorch_tensor **out),
        (tensor, axis, keep, out))
FORWARD(matmul, (const ctorch_tensor *left, const ctorch_tensor *right, ctorch_tensor **out), (left, right, out))
FORWARD(linear, (const ctorch_tensor *input, const ctorch_tensor *weight, const ctorch_tensor *bias,
        ctorch_tensor **out), (input, weight, bias, out))
FORWARD(layer_norm, (const ctorch_tensor *input, const ctorch_tensor *weight, const ctorch_tensor *bias,
        double epsilon, ctorch_tensor **out), (input, weight, bias, epsilon, out))
FORWARD(layer_forward, (const ctorch_layer *layer, const ctorch_tensor *input, const ctorch_tensor *groups,
        ctorch_tensor **out), (layer, input, groups, out))
FORWARD(softmax, (const ctorch_tensor *tensor, int64_t axis, ctorch_tensor **out), (tensor, axis, out))
FORWARD(log_softmax, (const ctorch_tensor *tensor, int64_t axis, ctorch_tensor **out), (tensor, axis, out))
FORWARD(huber_loss, (const ctorch_tensor *input, const ctorch_tensor *target, double delta, ctorch_tensor **out),
        (input, target, delta, out))
FORWARD(gru_cell, (const ctorch_tensor *input, const ctorch_tensor *hidden, const ctorch_tensor *input_weight,
        const ctorch_tensor *hidden_weight, const ctorch_tensor *input_bias, const ctorch_tensor *hidden_bias,
        ctorch_tensor **out), (input, hidden, input_weight, hidden_weight, input_bias, hidden_bias, out))
FORWARD(gru_sequence, (const ctorch_tensor *input, const ctorch_tensor *hidden, const ctorch_tensor *keeps,
        const ctorch_tensor *input_weight, const ctorch_tensor *hidden_weight, const ctorch_tensor *input_bias,
        const ctorch_tensor *hidden_bias, ctorch_tensor **out),
        (input, hidden, keeps, input_weight, hidden_weight, input_bias, hidden_bias, out))
FORWARD(network_step, (const ctorch_network *network, int64_t first, int64_t stride, const ctorch_tensor *input,
        const ctorch_tensor *starts, ctorch_tensor *hidden, ctorch_tensor *output),
        (network, first, stride, input, starts, hidden, output))
FORWARD(attention_pooling, (const ctorch_tensor *things, const ctorch_tensor *score, ctorch_tensor **out),
        (things, score, out))
FORWARD(linear_inference, (const ctorch_tensor *input, const ctorch_tensor *weight, const ctorch_tensor *bias,
        ctorch_tensor **out), (input, weight, bias, out))
FORWARD(rms_norm, (const ctorch_tensor *input, const ctorch_tensor *weight, double epsilon, ctorch_tensor **out),
        (input, weight, epsilon, out))
FORWARD(rotary, (const ctorch_tensor *input, const ctorch_tensor *cosine, const ctorch_tensor *sine,
        ctorch_tensor **out), (input, cosine, sine, out))
FORWARD(gated_silu, (const ctorch_tensor *gate, const ctorch_tensor *up, ctorch_tensor **out), (gate, up, out))
FORWARD(grouped_attention, (const ctorch_tensor *query, const ctorch_tensor *const *keys,
        const ctorch_tensor *const *values, int32_t parts, const ctorch_tensor *mask, double scale,
        ctorch_tensor **out), (query, keys, values, parts, mask, scale, out))
FORWARD(categorical, (const ctorch_tensor *logits, const ctorch_tensor *legal, const ctorch_tensor *actions,
        ctorch_tensor **log_probability, ctorch_tensor **entropy), (logits, legal, actions, log_probability, entropy))
FORWARD(copy_in_place, (ctorch_tensor *tensor, const ctorch_tensor *source), (tensor, source))
FORWARD(fill_in_place, (ctorch_tensor *tensor, double value), (tensor, value))
FORWARD(add_in_place, (ctorch_tensor *tensor, const ctorch_tensor *other, double scale), (tensor, other, scale))
FORWARD(multiply_in_place, (ctorch_tensor *tensor, double factor), (tensor, factor))
FORWARD(lerp_in_place, (ctorch_tensor *tensor, const ctorch_tensor *end, double weight), (tensor, end, weight))
FORWARD(set_requires_gradient, (ctorch_tensor *tensor, bool requires_gradient), (tensor, requires_gradient))
FORWARD(backward, (const ctorch_tensor *tensor, const ctorch_tensor *gradient), (tensor, gradient))
FORWARD(gradient, (const ctorch_tensor *tensor, ctorch_tensor **out), (tensor, out))
FORWARD(clear_gradients, (ctorch_tensor *const *tensors, int32_t count), (tensors, count))
FORWARD(clip_gradient_norm, (ctorch_tensor *const *tensors, int32_t count, double maximum, double *norm),
        (tensors, count, maximum, norm))
FORWARD(adam_step, (ctorch_tensor *const *parameters, ctorch_tensor *const *first, ctorch_tensor *const *second,
        ctorch_tensor *const *steps, int32_t count, const ctorch_adam_options *options),
        (parameters, first, second, steps, count, options))
