/* __NAME__.c: an environment plugin in one C11 file. The contract is argus_env.h; this file follows its sections.
 *
 * Two workers on a line of cells must press a button at the same time, and can tell each other only by calling.
 *
 * CONTENTS
 *   1  State and rules
 *   2  Descriptor and parameters
 *   3  Specification
 *   4  Instance: bind, reset, step
 *   5  Extensions: text, baseline, metrics
 *   6  Entry
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "argus_env.h"

/* 1 STATE AND RULES --------------------------------------------------------------------------------------------- */

enum { WORKERS = 2, OBSERVATION = 4 };

/* The choices of the one action head, in order. */
enum { LEFT, RIGHT, CALL, PRESS, MOVES };
static const char *const MOVE_NAMES[MOVES] = {"left", "right", "call", "press"};

/* All that changes in an episode. */
typedef struct {
    uint32_t button, cell[WORKERS];
    uint32_t has_called[WORKERS]; /* whether the last action was a call; the other one hears that */
    uint32_t pressed_alone, is_solved;
} State;

/* SplitMix64 (Steele, Lea & Flood 2014). */
static uint64_t next_random(uint64_t *random) {
    uint64_t z = *random += 0x9E3779B97F4A7C15u;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return z ^ (z >> 31);
}

/* Uniform in 0..<bound (Lemire 2019): the high half of the product, drawn again where it would favour some results. */
static uint32_t below(uint64_t *random, uint32_t bound) {
    uint64_t word, threshold = (0 - (uint64_t)bound) % bound;
    do word = next_random(random);
    while (word * bound < threshold);
    return (uint32_t)(((word >> 32) * bound + (((word & 0xFFFFFFFFu) * bound) >> 32)) >> 32);
}

/* Puts the button and the workers on random cells. All chance comes from the seed. */
static void begin(State *state, uint32_t length, uint64_t seed) {
    *state = (State){.button = below(&seed, length)};
    for (int i = 0; i < WORKERS; i++) state->cell[i] = below(&seed, length);
}

static int is_legal(const State *state, uint32_t length, int worker, int move) {
    uint32_t cell = state->cell[worker];
    return move == LEFT ? cell > 0 : move == RIGHT ? cell < length - 1 : move == CALL || cell == state->button;
}

/* One worker's move; 1 if it presses the button. An illegal move is no error: nothing happens. */
static int act(State *state, uint32_t length, int worker, int move) {
    state->has_called[worker] = move == CALL;
    if (!is_legal(state, length, worker, move)) return 0;
    if (move == LEFT) state->cell[worker]--;
    if (move == RIGHT) state->cell[worker]++;
    return move == PRESS;
}

/* 2 DESCRIPTOR AND PARAMETERS ----------------------------------------------------------------------------------- */

static const argus_parameter PARAMETERS[] = {
    {sizeof(argus_parameter), ARGUS_PARAMETER_INTEGER, "length", "Number of cells.", "5", 2, 20, NULL, 0, 0},
};
enum { PARAMETER_COUNT = sizeof PARAMETERS / sizeof *PARAMETERS };

static const char *const CAPABILITIES[] = {ARGUS_TEXT_V1, ARGUS_BASELINE_V1, ARGUS_METRICS_V1};

static const argus_descriptor DESCRIPTOR = {
    .struct_size = sizeof(argus_descriptor),
    .parameter_count = PARAMETER_COUNT,
    .id = "__id__",
    .version = "1",
    .summary = "Two workers on a line must press a button at the same time, and can only call.",
    .rules = "Two workers and a button are on a line of cells. Each step, each worker goes one cell left or right, "
             "calls, or presses the button if it stands there. A worker knows its own cell, the way to the button, "
             "whether it called in the last step, and whether the other one did; it does not see the other one. When "
             "both press in the same step, the episode ends and the team gets 1. A step in which one presses alone "
             "costs the team 0.05, any other step 0.01.",
    .source = "",
    .parameters = PARAMETERS,
    .capabilities = CAPABILITIES,
    .capability_count = sizeof CAPABILITIES / sizeof *CAPABILITIES,
};

/* Tells the host in words. */
static void report(const argus_host *host, int64_t copy, const char *format, ...) {
    char message[256];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(message, sizeof message, format, arguments);
    va_end(arguments);
    host->report(host, ARGUS_FAILURE, copy, message);
}

/* Reads `"name": value` into the parameter of that name. Returns what follows it; NULL after a report. */
static const char *read_parameter(const char *text, int32_t *values, const argus_host *host) {
    char name[64];
    int value = 0, end = 0;
    /* At most nine digits, so that no value overflows; what is no integer fails at the character that follows. */
    if (sscanf(text, " \"%63[^\"]\" : %9d %n", name, &value, &end) < 2 || strchr(",}", text[end]) == NULL) {
        report(host, -1, "parameters: found '%.40s', expected a name in quotes, ':' and an integer", text);
        return NULL;
    }
    for (int i = 0; i < PARAMETER_COUNT; i++) {
        if (strcmp(PARAMETERS[i].name, name) != 0) continue;
        if (value < PARAMETERS[i].minimum || value > PARAMETERS[i].maximum) {
            report(host, -1, "parameter '%s': found %d, expected %.0f to %.0f", name, value, PARAMETERS[i].minimum,
                   PARAMETERS[i].maximum);
            return NULL;
        }
        values[i] = value;
        return text + end;
    }
    report(host, -1, "parameter '%s': found an unknown parameter, expected one that the descriptor lists", name);
    return NULL;
}

/* Reads the JSON object of parameters, all of them integers here. Zero after a report. */
static int read_parameters(const char *text, int32_t *values, const argus_host *host) {
    for (int i = 0; i < PARAMETER_COUNT; i++) values[i] = atoi(PARAMETERS[i].default_value);
    int empty = 0;
    sscanf(text, " { } %n", &empty);
    if (empty > 0 && text[empty] == '\0') return 1;
    const char *rest = text + strspn(text, " \t\r\n");
    if (*rest == '{') {
        do rest = read_parameter(rest + 1, values, host);
        while (rest != NULL && *rest == ',');
        if (rest == NULL) return 0;
        if (*rest == '}' && rest[1 + strspn(rest + 1, " \t\r\n")] == '\0') return 1;
    }
    report(host, -1, "parameters: found '%.40s', expected a JSON object", text);
    return 0;
}

/* 3 SPECIFICATION ----------------------------------------------------------------------------------------------- */

static const uint32_t HEAD_SIZES[] = {MOVES};
static const char *const GROUPS[] = {"team"};
static const float LOW[OBSERVATION] = {0, -1, 0, 0}, HIGH[OBSERVATION] = {1, 1, 1, 1};

static const argus_agent AGENTS[WORKERS] = {
    {sizeof(argus_agent), 0, "worker_0", "worker", OBSERVATION, HEAD_SIZES, 0, 0},
    {sizeof(argus_agent), 0, "worker_1", "worker", OBSERVATION, HEAD_SIZES, 0, 0},
};

static const argus_segment SEGMENTS[] = {
    {sizeof(argus_segment), 0, 1, 0, "cell", "own cell, from 0 to 1"},
    {sizeof(argus_segment), 1, 1, 0, "button", "the way to the button, from -1 to 1"},
    {sizeof(argus_segment), 2, 1, 0, "called", "1 if it called in the last step"},
    {sizeof(argus_segment), 3, 1, 0, "heard", "1 if the other one called in the last step"},
};

/* Without ARGUS_STATE: the observations, one after the other, say it all (`state: concat` in a scenario). */
static const argus_tensor TENSORS[] = {
    {sizeof(argus_tensor), ARGUS_OBSERVATION, ARGUS_F32, ARGUS_ROWS_AGENT, OBSERVATION, 0, LOW, HIGH},
    {sizeof(argus_tensor), ARGUS_ACTION, ARGUS_I32, ARGUS_ROWS_AGENT, 1, 0, NULL, NULL},
    {sizeof(argus_tensor), ARGUS_LEGAL, ARGUS_U8, ARGUS_ROWS_AGENT, MOVES, 0, NULL, NULL},
    {sizeof(argus_tensor), ARGUS_ACTING, ARGUS_U8, ARGUS_ROWS_AGENT, 1, 0, NULL, NULL},
    {sizeof(argus_tensor), ARGUS_TERMINATED, ARGUS_U8, ARGUS_ROWS_AGENT, 1, 0, NULL, NULL},
    {sizeof(argus_tensor), ARGUS_REWARD, ARGUS_F32, ARGUS_ROWS_GROUP, 1, 0, NULL, NULL},
    {sizeof(argus_tensor), ARGUS_ENDED, ARGUS_U8, ARGUS_ROWS_COPY, 1, 0, NULL, NULL},
    {sizeof(argus_tensor), ARGUS_ELAPSED, ARGUS_F32, ARGUS_ROWS_COPY, 1, 0, NULL, NULL},
};

/* Where sizes depend on parameters, this is part of the instance. */
static const argus_specification SPECIFICATION = {
    .struct_size = sizeof(argus_specification),
    .agent_count = WORKERS,
    .agents = AGENTS,
    .group_count = 1,
    .tensor_count = sizeof TENSORS / sizeof *TENSORS,
    .groups = GROUPS,
    .tensors = TENSORS,
    .action_heads = 1,
    .observation_segment_count = sizeof SEGMENTS / sizeof *SEGMENTS,
    .head_sizes = HEAD_SIZES,
    .action_names = MOVE_NAMES,
    .observation_segments = SEGMENTS,
    .suggested_horizon = 50,
};

/* 4 INSTANCE ---------------------------------------------------------------------------------------------------- */

typedef struct {
    argus_instance instance;
    const argus_host *host;
    argus_buffers buffers;
    uint32_t length, copies;
    State states[]; /* one a copy */
} World;

static World *self(argus_instance *instance) { return instance->data; }

static const argus_specification *get_specification(argus_instance *instance) {
    (void)instance;
    return &SPECIFICATION;
}

static argus_status bind_buffers(argus_instance *instance, const argus_buffers *buffers) {
    self(instance)->buffers = *buffers;
    return ARGUS_OK;
}

/* Row `row` of copy `copy` of a tensor; NULL if the host does not want that tensor. */
static void *row_at(const World *world, uint32_t role, uint32_t copy, int row) {
    const argus_buffer *buffer = &world->buffers.tensor[role];
    if (buffer->base == NULL) return NULL;
    return (char *)buffer->base + copy * buffer->copy_stride + (uint64_t)row * buffer->row_stride;
}

/* Writes what each worker sees, what it may do, and that it acts. */
static void observe(const World *world, uint32_t copy) {
    const State *state = &world->states[copy];
    float largest = (float)(world->length - 1);
    for (int worker = 0; worker < WORKERS; worker++) {
        float *row = row_at(world, ARGUS_OBSERVATION, copy, worker);
        row[0] = (float)state->cell[worker] / largest;
        row[1] = ((float)state->button - (float)state->cell[worker]) / largest;
        row[2] = (float)state->has_called[worker];
        row[3] = (float)state->has_called[1 - worker];
        uint8_t *legal = row_at(world, ARGUS_LEGAL, copy, worker);
        for (int move = 0; legal != NULL && move < MOVES; move++)
            legal[move] = (uint8_t)is_legal(state, world->length, worker, move);
        *(uint8_t *)row_at(world, ARGUS_ACTING, copy, worker) = 1;
    }
}

/* Writes the rows that say how the step went; with that, all rows are written. */
static void finish(const World *world, uint32_t copy, float reward, int is_over, float elapsed) {
    for (int worker = 0; worker < WORKERS; worker++)
        *(uint8_t *)row_at(world, ARGUS_TERMINATED, copy, worker) = (uint8_t)is_over;
    *(float *)row_at(world, ARGUS_REWARD, copy, 0) = reward;
    *(uint8_t *)row_at(world, ARGUS_ENDED, copy, 0) = is_over ? ARGUS_ENDED_TERMINATED : ARGUS_ENDED_NO;
    *(float *)row_at(world, ARGUS_ELAPSED, copy, 0) = elapsed;
    observe(world, copy);
}

static argus_status reset(argus_instance *instance, const uint8_t *mask, const uint64_t *seeds) {
    World *world = self(instance);
    for (uint32_t copy = 0; copy < world->copies; copy++) {
        if (mask != NULL && mask[copy] == 0) continue;
        begin(&world->states[copy], world->length, seeds[copy]);
        finish(world, copy, 0, 0, 0);
    }
    return ARGUS_OK;
}

static argus_status step(argus_instance *instance, const uint8_t *mask) {
    World *world = self(instance);
    for (uint32_t copy = 0; copy < world->copies; copy++) {
        if (mask != NULL && mask[copy] == 0) continue;
        State *state = &world->states[copy];
        int presses = 0;
        for (int worker = 0; worker < WORKERS; worker++)
            presses += act(state, world->length, worker, *(const int32_t *)row_at(world, ARGUS_ACTION, copy, worker));
        state->is_solved = presses == 2;
        state->pressed_alone += presses == 1;
        finish(world, copy, presses == 2 ? 1.0f : presses == 1 ? -0.05f : -0.01f, presses == 2, 1);
    }
    return ARGUS_OK;
}

static void destroy(argus_instance *instance) { free(self(instance)); }

/* 5 EXTENSIONS -------------------------------------------------------------------------------------------------- */

/* The header's (buffer, capacity, needed) convention. */
static argus_status deliver(const void *bytes, size_t size, void *buffer, size_t capacity, size_t *needed) {
    *needed = size;
    if (buffer != NULL) memcpy(buffer, bytes, size < capacity ? size : capacity);
    return ARGUS_OK;
}

static argus_status text_rules(argus_instance *instance, uint32_t agent, char *buffer, size_t capacity,
                               size_t *needed) {
    char text[512];
    int size = snprintf(
        text, sizeof text,
        "You are worker_%u, one of two workers on a line of %u cells, which are counted from the left from 0. Your "
        "team wins when both of you press the button in the same step. You do not see the other worker, but you hear "
        "it when it calls. Pressing alone costs more than waiting, and every step costs a little.",
        (unsigned)agent, (unsigned)self(instance)->length);
    return deliver(text, (size_t)size, buffer, capacity, needed);
}

/* What the observation row holds: nothing more, and nothing less. */
static argus_status text_situation(argus_instance *instance, uint32_t copy, uint32_t agent, char *buffer,
                                   size_t capacity, size_t *needed) {
    const State *state = &self(instance)->states[copy];
    char text[256];
    int size = snprintf(text, sizeof text,
                        "You are on cell %u. The button is on cell %u. You %s in the last step. The other worker %s.",
                        (unsigned)state->cell[agent], (unsigned)state->button,
                        state->has_called[agent] ? "called" : "did not call",
                        state->has_called[1 - agent] ? "called" : "did not call");
    return deliver(text, (size_t)size, buffer, capacity, needed);
}

static argus_status text_action(argus_instance *instance, uint32_t copy, uint32_t agent, uint32_t choice, char *buffer,
                                size_t capacity, size_t *needed) {
    static const char *const WORDS[MOVES] = {"go left", "go right", "call", "press the button"};
    (void)instance, (void)copy, (void)agent;
    return deliver(WORDS[choice], strlen(WORDS[choice]), buffer, capacity, needed);
}

static const argus_text TEXT = {sizeof(argus_text), 0, NULL, text_rules, text_situation, text_action};

static const argus_baseline BASELINES[] = {
    {sizeof(argus_baseline), 0, "callers", "go to the button, call until both have called there, then press", 0, 0},
};

static argus_status act_jointly(argus_instance *instance, uint32_t baseline, uint32_t copy, const uint8_t *agents,
                                void *actions, size_t action_stride) {
    (void)instance, (void)baseline, (void)copy, (void)agents, (void)actions, (void)action_stride;
    return ARGUS_ERROR; /* no baseline here sees the state */
}

/* From the worker's own observation row alone. A step in which both called at the button is the signal: both know of
 * it, so both press in the next one. */
static argus_status act_locally(argus_instance *instance, uint32_t baseline, uint32_t agent, const float *observation,
                                const uint8_t *legal, void *memory, void *action) {
    (void)instance, (void)baseline, (void)agent, (void)legal, (void)memory;
    int is_there = observation[1] == 0, was_signal = observation[2] == 1 && observation[3] == 1;
    *(int32_t *)action = !is_there ? (observation[1] < 0 ? LEFT : RIGHT) : was_signal ? PRESS : CALL;
    return ARGUS_OK;
}

static const argus_baselines BASELINE = {sizeof(argus_baselines), sizeof BASELINES / sizeof *BASELINES, BASELINES,
                                         act_jointly, act_locally};

static const argus_metric METRICS[] = {
    {sizeof(argus_metric), ARGUS_METRIC_FRACTION, "solved", "1 if both pressed at once"},
    {sizeof(argus_metric), ARGUS_METRIC_COUNT, "pressed_alone", "steps in which one pressed alone"},
};

static argus_status metric_values(argus_instance *instance, uint32_t copy, double *values) {
    values[0] = self(instance)->states[copy].is_solved;
    values[1] = self(instance)->states[copy].pressed_alone;
    return ARGUS_OK;
}

static const argus_metrics METRIC = {sizeof(argus_metrics), sizeof METRICS / sizeof *METRICS, METRICS, metric_values};

static const void *get_extension(argus_instance *instance, const char *id) {
    (void)instance;
    if (strcmp(id, ARGUS_TEXT_V1) == 0) return &TEXT;
    if (strcmp(id, ARGUS_BASELINE_V1) == 0) return &BASELINE;
    if (strcmp(id, ARGUS_METRICS_V1) == 0) return &METRIC;
    return NULL;
}

/* 6 ENTRY ------------------------------------------------------------------------------------------------------- */

static const argus_descriptor *get_descriptor(uint32_t index) { return index == 0 ? &DESCRIPTOR : NULL; }

static argus_status create(const char *environment_id, const char *parameters, uint32_t copies, const argus_host *host,
                           argus_instance **instance) {
    *instance = NULL;
    if (strcmp(environment_id, DESCRIPTOR.id) != 0) {
        report(host, -1, "environment: found '%.40s', expected '%s'", environment_id, DESCRIPTOR.id);
        return ARGUS_ERROR;
    }
    int32_t values[PARAMETER_COUNT];
    if (!read_parameters(parameters, values, host)) return ARGUS_ERROR;
    World *world = calloc(1, sizeof *world + copies * sizeof *world->states);
    if (world == NULL) {
        report(host, -1, "memory: found too little for %u copies", (unsigned)copies);
        return ARGUS_ERROR;
    }
    world->host = host;
    world->length = (uint32_t)values[0];
    world->copies = copies;
    world->instance = (argus_instance){
        .struct_size = sizeof(argus_instance),
        .data = world,
        .specification = get_specification,
        .bind = bind_buffers,
        .reset = reset,
        .step = step,
        .destroy = destroy,
        .get_extension = get_extension,
    };
    *instance = &world->instance;
    return ARGUS_OK;
}

static const argus_plugin PLUGIN = {
    .struct_size = sizeof(argus_plugin),
    .abi_minor = ARGUS_ABI_MINOR,
    .name = "__id__",
    .version = "0.1.0",
    .license = "",
    .environment_count = 1,
    .descriptor = get_descriptor,
    .create = create,
};

/* The one symbol that the host looks up; all else here is static. */
const argus_plugin *argus_plugin_entry_v1(uint32_t host_minor) {
    (void)host_minor; /* this plugin needs nothing that a host of minor version 0 lacks */
    return &PLUGIN;
}
