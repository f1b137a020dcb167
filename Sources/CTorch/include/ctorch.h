// ctorch.h: libtorch behind a C interface. This header is the specification.
//
// Status.    Every function returns CTORCH_OK (0) or a status below, unless its comment says otherwise. After a
//            status other than CTORCH_OK no output was written, and ctorch_last_error() of the same thread holds
//            the reason. No C++ exception leaves a function.
// Ownership. Each `ctorch_tensor **out` receives a new handle, which the caller gives back with ctorch_release().
//            Inputs are borrowed for the length of the call. A handle is a reference: views (reshape, narrow,
//            transpose, ...) share memory with the tensor that they came from and keep it alive.
// Threads.   A handle may move between threads, but two threads must not use one at the same time. Whether
//            gradients are recorded is a property of the thread.
// Shapes.    `shape` is an array of `rank` sizes, rank 0 (a scalar) to CTORCH_MAXIMUM_RANK, outermost first.
//            An axis counts from 0, or from the end if negative.
// Devices.   A device is "cpu", "cuda:0", ...; a null pointer means "cpu". A device that this build or machine
//            lacks is an error like any other.
// Loading.   libtorch is in a library of its own, libCTorchLibrary.so beside the program, which the first call loads.
#ifndef CTORCH_H
#define CTORCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define CTORCH_MAXIMUM_RANK 8

enum {
    CTORCH_OK = 0,
    CTORCH_INVALID_ARGUMENT = 1,  // refused by this layer: null handle, unknown code, rank out of range
    CTORCH_TORCH_ERROR = 2,       // refused by libtorch: shapes, dtypes, devices, autograd
    CTORCH_OUT_OF_MEMORY = 3,
    CTORCH_INTERNAL_ERROR = 4,    // anything else that was thrown
    CTORCH_NOT_LOADED = 5,        // the library, or what it is linked with, is not where it was when it was built
};

// The element types. The values are stable.
typedef enum ctorch_dtype {
    CTORCH_FLOAT32 = 0,
    CTORCH_FLOAT64 = 1,
    CTORCH_INT64 = 2,
    CTORCH_INT32 = 3,
    CTORCH_UINT8 = 4,
    CTORCH_BOOL = 5,
    CTORCH_FLOAT16 = 6,
    CTORCH_BFLOAT16 = 7,
} ctorch_dtype;

typedef struct ctorch_tensor ctorch_tensor;

// MARK: Process

// Loads libtorch now. Every function but those of the C heap does so by itself, and those with a status return
// CTORCH_NOT_LOADED if it fails.
int ctorch_load(void);

// The reason of this thread's latest failure; empty if none. Valid until this thread's next failure.
const char *ctorch_last_error(void);

// Version of libtorch ("2.13.0") and the instruction set that its kernels were chosen for ("AVX512", "AVX2",
// "DEFAULT"). Static strings.
const char *ctorch_version(void);
const char *ctorch_cpu_capability(void);

// Threads that one operation may use (at least 1). Results of reductions and matrix products may depend on it in
// the last bits. `ctorch_set_interop_threads` succeeds only before the first parallel work of the process.
int ctorch_set_threads(int32_t count);
int32_t ctorch_threads(void);
int ctorch_set_interop_threads(int32_t count);

// From now on the C heap keeps what is freed instead of giving it back to the system (glibc's mallopt), arrays of up to
// 32 MiB at least, the most that glibc allows.
void ctorch_keep_freed_memory(void);

// Bytes that the C heap has handed out and not got back (mallinfo2), big mappings included. For leak tests.
size_t ctorch_heap_bytes(void);

// MARK: Life and creation

// Gives a handle back. Null is allowed. Never fails.
void ctorch_release(ctorch_tensor *tensor);

// A tensor with every element `value`, converted to `dtype`.
int ctorch_full(const int64_t *shape, int32_t rank, ctorch_dtype dtype, const char *device, double value,
                ctorch_tensor **out);

// Copies `bytes` bytes of row-major elements. `bytes` must equal the shape's element count times the element size.
int ctorch_from_data(const void *data, size_t bytes, const int64_t *shape, int32_t rank, ctorch_dtype dtype,
                     const char *device, ctorch_tensor **out);

// A tensor over the caller's row-major memory, without copying. The caller keeps the memory alive and aligned to the
// element size until every handle and every recorded gradient graph that uses it is gone. CPU only.
int ctorch_borrow(void *data, const int64_t *shape, int32_t rank, ctorch_dtype dtype, ctorch_tensor **out);

// A [rows, columns] float32 matrix whose shorter side is orthonormal, times `gain` (Saxe et al. 2014). `normals`
// holds max(rows, columns) x min(rows, columns) independent standard normal numbers, so that the result depends on
// the caller's random stream alone. The signs are fixed by the diagonal of R, which makes the distribution uniform.
int ctorch_orthogonal(const float *normals, int64_t rows, int64_t columns, double gain, ctorch_tensor **out);

int ctorch_clone(const ctorch_tensor *tensor, ctorch_tensor **out);       // own memory, gradient flows through
int ctorch_detach(const ctorch_tensor *tensor, ctorch_tensor **out);      // same memory, no gradient
int ctorch_contiguous(const ctorch_tensor *tensor, ctorch_tensor **out);  // row-major; a view if it is already
int ctorch_to_device(const ctorch_tensor *tensor, const char *device, ctorch_tensor **out);
int ctorch_to_dtype(const ctorch_tensor *tensor, ctorch_dtype dtype, ctorch_tensor **out);

// MARK: Description and reading

typedef struct ctorch_description {
    int64_t shape[CTORCH_MAXIMUM_RANK];
    int64_t count;  // elements
    int32_t rank;
    ctorch_dtype dtype;
    bool is_contiguous;
    bool requires_gradient;
    bool is_cpu;
} ctorch_description;

// Fails only for a null handle.
int ctorch_describe(const ctorch_tensor *tensor, ctorch_description *out);

// Name of the device ("cpu", "cuda:0") into `buffer`, cut to `capacity` with the ending zero.
int ctorch_device_name(const ctorch_tensor *tensor, char *buffer, size_t capacity);

// Copies the elements, converted to `dtype`, row-major into `destination`, which has room for `bytes` bytes:
// exactly the element count times the size of `dtype`. Waits for the device.
int ctorch_read(const ctorch_tensor *tensor, ctorch_dtype dtype, void *destination, size_t bytes);

// The value of a tensor with one element.
int ctorch_item(const ctorch_tensor *tensor, double *out);

// Whether no element is infinite or not-a-number.
int ctorch_all_finite(const ctorch_tensor *tensor, bool *out);

// MARK: Shape

int ctorch_reshape(const ctorch_tensor *tensor, const int64_t *shape, int32_t rank, ctorch_tensor **out);
int ctorch_expand(const ctorch_tensor *tensor, const int64_t *shape, int32_t rank, ctorch_tensor **out);
int ctorch_permute(const ctorch_tensor *tensor, const int64_t *axes, int32_t count, ctorch_tensor **out);
int ctorch_transpose(const ctorch_tensor *tensor, int64_t first, int64_t second, ctorch_tensor **out);
int ctorch_unsqueeze(const ctorch_tensor *tensor, int64_t axis, ctorch_tensor **out);
int ctorch_squeeze(const ctorch_tensor *tensor, int64_t axis, ctorch_tensor **out);
// View of `length` entries from `start` along `axis`.
int ctorch_narrow(const ctorch_tensor *tensor, int64_t axis, int64_t start, int64_t length, ctorch_tensor **out);
// View of one entry along `axis`, which disappears.
int ctorch_select(const ctorch_tensor *tensor, int64_t axis, int64_t index, ctorch_tensor **out);
// Copies the entries `indices` (int64 vector) along `axis`.
int ctorch_index_select(const ctorch_tensor *tensor, int64_t axis, const ctorch_tensor *indices, ctorch_tensor **out);
// out[i][j] = tensor[i][indices[i][j]] for axis 1, and alike for other axes. `indices` is int64.
int ctorch_gather(const ctorch_tensor *tensor, int64_t axis, const ctorch_tensor *indices, ctorch_tensor **out);
int ctorch_stack(const ctorch_tensor *const *tensors, int32_t count, int64_t axis, ctorch_tensor **out);
int ctorch_concatenate(const ctorch_tensor *const *tensors, int32_t count, int64_t axis, ctorch_tensor **out);

// MARK: Elementwise

typedef enum ctorch_unary {
    CTORCH_NEGATE = 0,
    CTORCH_EXP = 1,
    CTORCH_LOG = 2,
    CTORCH_SQUARE = 3,
    CTORCH_SQRT = 4,
    CTORCH_ABS = 5,
    CTORCH_RELU = 6,
    CTORCH_TANH = 7,
    CTORCH_ELU = 8,
    CTORCH_SIGMOID = 9,
    CTORCH_GELU = 10,
    CTORCH_LOGICAL_NOT = 11,
    CTORCH_IS_FINITE = 12,
} ctorch_unary;

// Comparisons return bool tensors. Shapes broadcast.
typedef enum ctorch_binary {
    CTORCH_ADD = 0,
    CTORCH_SUBTRACT = 1,
    CTORCH_MULTIPLY = 2,
    CTORCH_DIVIDE = 3,
    CTORCH_MINIMUM = 4,
    CTORCH_MAXIMUM = 5,
    CTORCH_EQUAL = 6,
    CTORCH_NOT_EQUAL = 7,
    CTORCH_LESS = 8,
    CTORCH_LESS_EQUAL = 9,
    CTORCH_GREATER = 10,
    CTORCH_GREATER_EQUAL = 11,
    CTORCH_LOGICAL_AND = 12,
    CTORCH_LOGICAL_OR = 13,
} ctorch_binary;

int ctorch_apply_unary(ctorch_unary operation, const ctorch_tensor *tensor, ctorch_tensor **out);
int ctorch_apply_binary(ctorch_binary operation, const ctorch_tensor *left, const ctorch_tensor *right,
                        ctorch_tensor **out);
// tensor OP scalar. Minimum, maximum and the logical ones are not offered here (clamp, masks).
int ctorch_apply_binary_scalar(ctorch_binary operation, const ctorch_tensor *left, double right, ctorch_tensor **out);
// Limits to [minimum, maximum]; an infinite bound is no bound.
int ctorch_clamp(const ctorch_tensor *tensor, double minimum, double maximum, ctorch_tensor **out);
// condition ? left : right, elementwise. `condition` is bool.
int ctorch_where(const ctorch_tensor *condition, const ctorch_tensor *left, const ctorch_tensor *right,
                 ctorch_tensor **out);
// A copy with `value` where `mask` (bool) is true.
int ctorch_masked_fill(const ctorch_tensor *tensor, const ctorch_tensor *mask, double value, ctorch_tensor **out);

// MARK: Reductions

typedef enum ctorch_reduction {
    CTORCH_SUM = 0,
    CTORCH_MEAN = 1,
    CTORCH_MAX = 2,
    CTORCH_MIN = 3,
    CTORCH_VARIANCE = 4,  // of the population: divided by n
    CTORCH_LOG_SUM_EXP = 5,
} ctorch_reduction;

// Reduces over `axes`; all of them if `count` is 0. With `keep`, reduced axes stay with size 1.
int ctorch_reduce(ctorch_reduction operation, const ctorch_tensor *tensor, const int64_t *axes, int32_t count,
                  bool keep, ctorch_tensor **out);
// Index (int64) of the greatest entry along `axis`.
int ctorch_argmax(const ctorch_tensor *tensor, int64_t axis, bool keep, ctorch_tensor **out);

// MARK: Networks

int ctorch_matmul(const ctorch_tensor *left, const ctorch_tensor *right, ctorch_tensor **out);
// input [..., in] x weight [out, in] transposed + bias [out] (null for none).
int ctorch_linear(const ctorch_tensor *input, const ctorch_tensor *weight, const ctorch_tensor *bias,
                  ctorch_tensor **out);
// Over the last axis; weight and bias [last] or null.
int ctorch_layer_norm(const ctorch_tensor *input, const ctorch_tensor *weight, const ctorch_tensor *bias,
                      double epsilon, ctorch_tensor **out);
int ctorch_softmax(const ctorch_tensor *tensor, int64_t axis, ctorch_tensor **out);
int ctorch_log_softmax(const ctorch_tensor *tensor, int64_t axis, ctorch_tensor **out);
// Elementwise, not reduced: 0.5 d^2 for |d| <= delta, else delta (|d| - 0.5 delta).
int ctorch_huber_loss(const ctorch_tensor *input, const ctorch_tensor *target, double delta, ctorch_tensor **out);
// One step of a gated recurrent unit (Cho et al. 2014; gates in the order reset, update, new, as cuDNN has them):
// input [batch, in], hidden [batch, h], weights [3h, in] and [3h, h], biases [3h] or both null.
int ctorch_gru_cell(const ctorch_tensor *input, const ctorch_tensor *hidden, const ctorch_tensor *input_weight,
                    const ctorch_tensor *hidden_weight, const ctorch_tensor *input_bias,
                    const ctorch_tensor *hidden_bias, ctorch_tensor **out);
// The same over a sequence, all float32: input [steps, rows, in], hidden [rows, h] before the first step, keeps
// [steps, rows, 1] by which the memory is multiplied before each step. Gives the memory after each: [steps, rows, h].
int ctorch_gru_sequence(const ctorch_tensor *input, const ctorch_tensor *hidden, const ctorch_tensor *keeps,
                        const ctorch_tensor *input_weight, const ctorch_tensor *hidden_weight,
                        const ctorch_tensor *input_bias, const ctorch_tensor *hidden_bias, ctorch_tensor **out);

// Of things [rows, count, size], the head h of score [heads, size] weighs part h of their numbers by a softmax over the
// things of score[h] . thing: [rows, size].
int ctorch_attention_pooling(const ctorch_tensor *things, const ctorch_tensor *score, ctorch_tensor **out);

typedef enum ctorch_norm_placement {
    CTORCH_NO_NORM = 0,
    CTORCH_NORM_BEFORE_ACTIVATION = 1,
    CTORCH_NORM_AFTER_ACTIVATION = 2,
} ctorch_norm_placement;

// x W^T + b, or a normalisation's scale and shift; both null where there is none.
typedef struct ctorch_affine {
    const ctorch_tensor *weight;
    const ctorch_tensor *bias;
} ctorch_affine;

// A layer of a network as one operation: `linear`, which has a bias, plus `groups` [groups, out], the same for each of as
// many rows; then `activation` (relu or tanh) if it activates, and where `norm` says so a layer normalisation with `scale`
// before or after.
typedef struct ctorch_layer {
    ctorch_affine linear;
    ctorch_affine scale;
    bool activates;
    ctorch_unary activation;
    ctorch_norm_placement norm;
    double epsilon;
} ctorch_layer;

// Input [..., in] to [..., out]; groups may be null.
int ctorch_layer_forward(const ctorch_layer *layer, const ctorch_tensor *input, const ctorch_tensor *groups,
                         ctorch_tensor **out);

// `layers` linear layers, with `activation` (relu or tanh) after all but the last and, where `norm` says so, a layer
// normalisation before or after each activation: layers - 1 of them, else null.
typedef struct ctorch_perceptron {
    const ctorch_tensor *const *weights;
    const ctorch_tensor *const *biases;
    const ctorch_tensor *const *norm_weights;
    const ctorch_tensor *const *norm_biases;
    int32_t layers;
    ctorch_unary activation;
    ctorch_norm_placement norm;
    double epsilon;
} ctorch_perceptron;

// What ctorch_gru_cell takes.
typedef struct ctorch_gated_unit {
    const ctorch_tensor *input_weight;
    const ctorch_tensor *hidden_weight;
    const ctorch_tensor *input_bias;
    const ctorch_tensor *hidden_bias;
} ctorch_gated_unit;

typedef struct ctorch_range {
    int64_t first;
    int64_t count;
} ctorch_range;

// `count` things of one kind, each of `width` numbers of the input from `offset` on:
//     e = f(second(f(input(thing) + context(own)))), f the activation and the norm
//     output about a thing = choice(activation(output_entity(e) + output_context(h)))
typedef struct ctorch_entity_kind {
    int64_t offset;
    int64_t width;
    int64_t count;
    int64_t first_output;  // -1 where no output is about these things
    ctorch_affine input, context, norm, second, second_norm;
    const ctorch_tensor *score;  // as ctorch_attention_pooling takes it
    ctorch_affine output_entity, output_context, choice;
} ctorch_entity_kind;

// The first and the last layer of a network that treats things of one kind alike. Numbers of the input that belong to no
// thing, `own_inputs`, and what each kind is pooled to make f(join(...)); h makes the outputs that are about no thing.
typedef struct ctorch_entity_layers {
    const ctorch_entity_kind *kinds;
    const ctorch_range *own_inputs;
    const ctorch_range *own_outputs;
    int32_t kind_count;
    int32_t own_input_count;
    int32_t own_output_count;
    ctorch_affine join, join_norm, own_output;
    ctorch_unary activation;
    ctorch_norm_placement norm;
    double epsilon;
} ctorch_entity_layers;

// `entities` before, `body`, `unit`, `head`, `entities` behind; what does not make the outputs is followed by its
// activation. Without entities the outputs are the head's where there is a unit, else the body's, and there is no head;
// everything else may be null.
typedef struct ctorch_network {
    const ctorch_entity_layers *entities;
    const ctorch_perceptron *body;
    const ctorch_gated_unit *unit;
    const ctorch_perceptron *head;
} ctorch_network;

// One step of a whole network without gradients, in one call into memory that is there already and may be borrowed: of
// input [rows, in], output [rows, out] and hidden [rows, h] the rows `first`, `first + stride`, ..., of which there are as
// many for each `first` below `stride`. With a unit, hidden, its memory, moves on, forgotten first where starts
// [groups, 1] is 1 for a group of these rows, as many in each; else both may be null.
int ctorch_network_step(const ctorch_network *network, int64_t first, int64_t stride, const ctorch_tensor *input,
                        const ctorch_tensor *starts, ctorch_tensor *hidden, ctorch_tensor *output);

// Like ctorch_linear for float32 matrices [rows, in], by the fastest kernel there is and never with a gradient.
int ctorch_linear_inference(const ctorch_tensor *input, const ctorch_tensor *weight, const ctorch_tensor *bias,
                            ctorch_tensor **out);
// x / sqrt(mean of x^2 over the last axis + epsilon) * weight [last].
int ctorch_rms_norm(const ctorch_tensor *input, const ctorch_tensor *weight, double epsilon, ctorch_tensor **out);
// Rotary positions: of input [rows, heads, n], entries i and i + n / 2 of each head are turned as a pair by the angle
// whose cosine and sine are at [row, i] of [rows, n / 2].
int ctorch_rotary(const ctorch_tensor *input, const ctorch_tensor *cosine, const ctorch_tensor *sine,
                  ctorch_tensor **out);
// silu(gate) * up.
int ctorch_gated_silu(const ctorch_tensor *gate, const ctorch_tensor *up, ctorch_tensor **out);
// softmax(scale q k^T + mask) v for query [rows, heads, n] over the keys and values of all parts in their order, each
// [length, key heads, n]; query head h looks at key head h / (heads / key heads). `mask` [rows, m] is added for the
// latest m keys; null for none. Returns [rows, heads * n].
int ctorch_grouped_attention(const ctorch_tensor *query, const ctorch_tensor *const *keys,
                             const ctorch_tensor *const *values, int32_t parts, const ctorch_tensor *mask, double scale,
                             ctorch_tensor **out);

// Categorical distributions from logits [rows, n]: log-probability [rows] of `actions` (int64 [rows]) and entropy
// [rows], both differentiable. `legal` (uint8 or bool [rows, n], or null) takes what is 0 out: probability 0, and
// log-probability -1e10 if it was chosen all the same. A row where nothing is legal gives 0 for both and no gradient.
int ctorch_categorical(const ctorch_tensor *logits, const ctorch_tensor *legal, const ctorch_tensor *actions,
                       ctorch_tensor **log_probability, ctorch_tensor **entropy);

// MARK: In place. The first tensor changes. Refused on a leaf that requires a gradient while gradients are recorded.

int ctorch_copy_in_place(ctorch_tensor *tensor, const ctorch_tensor *source);
int ctorch_fill_in_place(ctorch_tensor *tensor, double value);
int ctorch_add_in_place(ctorch_tensor *tensor, const ctorch_tensor *other, double scale);  // += scale * other
int ctorch_multiply_in_place(ctorch_tensor *tensor, double factor);
int ctorch_lerp_in_place(ctorch_tensor *tensor, const ctorch_tensor *end, double weight);  // += weight * (end - it)

// MARK: Gradients

// Turns recording for this thread on or off; returns what it was. Never fails.
bool ctorch_set_gradient_enabled(bool enabled);
bool ctorch_gradient_enabled(void);

int ctorch_set_requires_gradient(ctorch_tensor *tensor, bool requires_gradient);
// Adds d(tensor)/d(leaf) to each leaf's gradient. `gradient` is null for a tensor with one element.
int ctorch_backward(const ctorch_tensor *tensor, const ctorch_tensor *gradient);
// The accumulated gradient, or a null handle (and CTORCH_OK) if there is none.
int ctorch_gradient(const ctorch_tensor *tensor, ctorch_tensor **out);
// Drops the gradients, so that the next backward pass starts afresh.
int ctorch_clear_gradients(ctorch_tensor *const *tensors, int32_t count);

// Scales the gradients so that their joint Euclidean norm is at most `maximum`; `norm` receives the norm before.
// Tensors without a gradient count as zero. A norm that is not finite scales nothing: the caller looks at `norm`.
int ctorch_clip_gradient_norm(ctorch_tensor *const *tensors, int32_t count, double maximum, double *norm);

typedef struct ctorch_adam_options {
    double learning_rate;
    double beta1;
    double beta2;
    double epsilon;
    double weight_decay;  // L2 added to the gradient, as in Adam (not decoupled)
} ctorch_adam_options;

// One step of Adam (Kingma & Ba 2015, bias-corrected) over all tensors. `first` and `second` are the moments, shaped
// like the parameters; `steps` are float32 scalars, counted up here. A parameter without gradient is left alone.
int ctorch_adam_step(ctorch_tensor *const *parameters, ctorch_tensor *const *first, ctorch_tensor *const *second,
                     ctorch_tensor *const *steps, int32_t count, const ctorch_adam_options *options);

#ifdef __cplusplus
}
#endif

#endif
