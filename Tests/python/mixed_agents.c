// Four environments for tests whose agents differ: `mixed-heads` (two heads of discrete actions), `mixed-continuous`,
// `mixed-turns`, which is that with actions from 1 to 2 and a listener that does not act before the second step, and
// `mixed-leaving`, which is the first with a speaker that is out after the first step and 1 for the listener at each step.
//
// The listener has 2 components of observation and, of the heads of 3 and 4 choices, the first alone; or 1 component of
// action. The speaker has 4 components, 2 choices in the first head and 4 in the second; or 2 components. Each
// observes its own last action and gets its sum as reward, so that a test sees what arrived.
//
// SPDX-License-Identifier: Apache-2.0
#include <stdlib.h>
#include <string.h>

#include "argus_env.h"

enum { AGENTS = 2, WIDTH = 4, HEADS = 2, LEGAL = 7 };

static const uint32_t HEAD_SIZES[HEADS] = {3, 4}, LISTENER_HEADS[HEADS] = {3, 0}, SPEAKER_HEADS[HEADS] = {2, 4};
static const float LOW[WIDTH] = {-9, -9, -9, -9}, HIGH[WIDTH] = {9, 9, 9, 9};
static const float ACTION_LOW[HEADS] = {-1, -2}, ACTION_HIGH[HEADS] = {1, 2}, TURN_LOW[HEADS] = {1, 1}, TURN_HIGH[HEADS] = {2, 2};
static const char *const GROUPS[] = {"team"};

static const argus_agent HEAD_AGENTS[AGENTS] = {
    {sizeof(argus_agent), 0, "listener", "listener", 2, LISTENER_HEADS, 0, 0},
    {sizeof(argus_agent), 0, "speaker", "speaker", 4, SPEAKER_HEADS, 0, 0},
};
static const argus_agent CONTINUOUS_AGENTS[AGENTS] = {
    {sizeof(argus_agent), 0, "listener", "listener", 2, NULL, 1, 0},
    {sizeof(argus_agent), 0, "speaker", "speaker", 4, NULL, 2, 0},
};

#define TENSOR(role, type, rows, width) {sizeof(argus_tensor), role, type, rows, width, 0, NULL, NULL}
#define TAIL                                                                                                           \
    TENSOR(ARGUS_ACTING, ARGUS_U8, ARGUS_ROWS_AGENT, 1), TENSOR(ARGUS_TERMINATED, ARGUS_U8, ARGUS_ROWS_AGENT, 1),      \
        TENSOR(ARGUS_REWARD, ARGUS_F32, ARGUS_ROWS_AGENT, 1), TENSOR(ARGUS_ENDED, ARGUS_U8, ARGUS_ROWS_COPY, 1),       \
        TENSOR(ARGUS_ELAPSED, ARGUS_F32, ARGUS_ROWS_COPY, 1)

static const argus_tensor HEAD_TENSORS[] = {
    {sizeof(argus_tensor), ARGUS_OBSERVATION, ARGUS_F32, ARGUS_ROWS_AGENT, WIDTH, 0, LOW, HIGH},
    TENSOR(ARGUS_ACTION, ARGUS_I32, ARGUS_ROWS_AGENT, HEADS),
    TENSOR(ARGUS_LEGAL, ARGUS_U8, ARGUS_ROWS_AGENT, LEGAL),
    TAIL,
};
static const argus_tensor CONTINUOUS_TENSORS[] = {
    {sizeof(argus_tensor), ARGUS_OBSERVATION, ARGUS_F32, ARGUS_ROWS_AGENT, WIDTH, 0, LOW, HIGH},
    {sizeof(argus_tensor), ARGUS_ACTION, ARGUS_F32, ARGUS_ROWS_AGENT, HEADS, 0, ACTION_LOW, ACTION_HIGH},
    TAIL,
};

static const argus_tensor TURN_TENSORS[] = {
    {sizeof(argus_tensor), ARGUS_OBSERVATION, ARGUS_F32, ARGUS_ROWS_AGENT, WIDTH, 0, LOW, HIGH},
    {sizeof(argus_tensor), ARGUS_ACTION, ARGUS_F32, ARGUS_ROWS_AGENT, HEADS, 0, TURN_LOW, TURN_HIGH},
    TAIL,
};

static const argus_specification HEAD_SPECIFICATION = {
    .struct_size = sizeof(argus_specification), .agent_count = AGENTS, .agents = HEAD_AGENTS, .group_count = 1,
    .tensor_count = 8, .groups = GROUPS, .tensors = HEAD_TENSORS, .action_heads = HEADS, .head_sizes = HEAD_SIZES,
};
static const argus_specification CONTINUOUS_SPECIFICATION = {
    .struct_size = sizeof(argus_specification), .agent_count = AGENTS, .agents = CONTINUOUS_AGENTS, .group_count = 1,
    .tensor_count = 7, .groups = GROUPS, .tensors = CONTINUOUS_TENSORS,
};
static const argus_specification TURN_SPECIFICATION = {
    .struct_size = sizeof(argus_specification), .agent_count = AGENTS, .agents = CONTINUOUS_AGENTS, .group_count = 1,
    .tensor_count = 7, .groups = GROUPS, .tensors = TURN_TENSORS,
};

typedef struct {
    argus_instance instance;
    argus_buffers buffers;
    uint32_t copies;
    int is_continuous, has_turns, has_leaving;
} Mixed;

static void *row(const Mixed *mixed, uint32_t role, uint32_t copy, uint32_t index) {
    const argus_buffer *buffer = &mixed->buffers.tensor[role];
    if (buffer->base == NULL) return NULL;
    return (char *)buffer->base + copy * buffer->copy_stride + index * buffer->row_stride;
}

static void write_rows(const Mixed *mixed, uint32_t copy, int made_step) {
    for (uint32_t agent = 0; agent < AGENTS; agent++) {
        float *observation = row(mixed, ARGUS_OBSERVATION, copy, agent), sum = 0;
        memset(observation, 0, WIDTH * sizeof *observation);
        for (uint32_t head = 0; made_step && head < HEADS; head++) {
            const void *action = row(mixed, ARGUS_ACTION, copy, agent);
            observation[head] = mixed->is_continuous ? ((const float *)action)[head]
                                                     : (float)((const int32_t *)action)[head];
            sum += observation[head];
        }
        uint8_t is_out = mixed->has_leaving && made_step && agent > 0;
        *(float *)row(mixed, ARGUS_REWARD, copy, agent) = mixed->has_leaving ? agent == 0 : sum;
        *(uint8_t *)row(mixed, ARGUS_ACTING, copy, agent) = !is_out && (made_step || agent > 0 || !mixed->has_turns);
        *(uint8_t *)row(mixed, ARGUS_TERMINATED, copy, agent) = is_out;
        uint8_t *legal = mixed->is_continuous ? NULL : row(mixed, ARGUS_LEGAL, copy, agent);
        static const uint8_t LEGAL_ROWS[AGENTS][LEGAL] = {{1, 1, 1, 1, 0, 0, 0}, {1, 1, 0, 1, 1, 1, 1}};
        if (legal != NULL) memcpy(legal, LEGAL_ROWS[agent], LEGAL);
    }
    *(uint8_t *)row(mixed, ARGUS_ENDED, copy, 0) = 0;
    *(float *)row(mixed, ARGUS_ELAPSED, copy, 0) = made_step ? 1 : 0;
}

static const argus_specification *specification(argus_instance *instance) {
    const Mixed *mixed = instance->data;
    if (mixed->has_turns) return &TURN_SPECIFICATION;
    return mixed->is_continuous ? &CONTINUOUS_SPECIFICATION : &HEAD_SPECIFICATION;
}

static argus_status bind_buffers(argus_instance *instance, const argus_buffers *buffers) {
    ((Mixed *)instance->data)->buffers = *buffers;
    return ARGUS_OK;
}

static argus_status write_all(argus_instance *instance, const uint8_t *mask, int made_step) {
    const Mixed *mixed = instance->data;
    for (uint32_t copy = 0; copy < mixed->copies; copy++)
        if (mask == NULL || mask[copy] != 0) write_rows(mixed, copy, made_step);
    return ARGUS_OK;
}

static argus_status reset(argus_instance *instance, const uint8_t *mask, const uint64_t *seeds) {
    (void)seeds;
    return write_all(instance, mask, 0);
}

static argus_status step(argus_instance *instance, const uint8_t *mask) { return write_all(instance, mask, 1); }

static void destroy(argus_instance *instance) { free(instance->data); }

static const void *get_extension(argus_instance *instance, const char *id) {
    (void)instance, (void)id;
    return NULL;
}

static const argus_descriptor DESCRIPTORS[] = {
    {.struct_size = sizeof(argus_descriptor), .id = "mixed-heads", .version = "1", .summary = "Two heads.",
     .rules = "See the file.", .source = ""},
    {.struct_size = sizeof(argus_descriptor), .id = "mixed-continuous", .version = "1", .summary = "Real actions.",
     .rules = "See the file.", .source = ""},
    {.struct_size = sizeof(argus_descriptor), .id = "mixed-turns", .version = "1", .summary = "Real actions in turn.",
     .rules = "See the file.", .source = ""},
    {.struct_size = sizeof(argus_descriptor), .id = "mixed-leaving", .version = "1", .summary = "One leaves.",
     .rules = "See the file.", .source = ""},
};

static const argus_descriptor *descriptor(uint32_t index) { return index < 4 ? &DESCRIPTORS[index] : NULL; }

static argus_status create(const char *id, const char *parameters, uint32_t copies, const argus_host *host,
                           argus_instance **instance) {
    (void)parameters;
    *instance = NULL;
    Mixed *mixed = calloc(1, sizeof *mixed);
    if (mixed == NULL) {
        host->report(host, ARGUS_FAILURE, -1, "no memory");
        return ARGUS_ERROR;
    }
    mixed->copies = copies;
    mixed->has_leaving = strcmp(id, "mixed-leaving") == 0;
    mixed->has_turns = strcmp(id, "mixed-turns") == 0;
    mixed->is_continuous = mixed->has_turns || strcmp(id, "mixed-continuous") == 0;
    mixed->instance = (argus_instance){sizeof(argus_instance), 0, mixed, specification, bind_buffers, reset, step,
                                       destroy, get_extension};
    *instance = &mixed->instance;
    return ARGUS_OK;
}

static const argus_plugin PLUGIN = {
    .struct_size = sizeof(argus_plugin), .abi_minor = ARGUS_ABI_MINOR, .name = "mixed", .version = "1", .license = "",
    .environment_count = 4, .descriptor = descriptor, .create = create,
};

const argus_plugin *argus_plugin_entry_v1(uint32_t host_minor) {
    (void)host_minor;
    return &PLUGIN;
}
