// A small environment for tests, right by default and wrong in one chosen way with the parameter `fault`.
//
// Three agents see a noise that is drawn anew at each step, the step, and their own last choice. Agent 1 acts at odd
// steps only; agent 2 is out from step 3 on in episodes whose noise is then high. What is wrong at loading is chosen
// when this file is compiled:
//   -DENTRY=name        another name for the entry
//   -DLOAD_FAULT=n      see the LOAD_ constants
//
// SPDX-License-Identifier: Apache-2.0
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "argus_env.h"

#ifndef ENTRY
#define ENTRY argus_plugin_entry_v1
#endif
#ifndef LOAD_FAULT
#define LOAD_FAULT 0
#endif
enum {
    LOAD_ENTRY_NULL = 1,
    LOAD_NO_ENVIRONMENTS,
    LOAD_NULL_NAME,
    LOAD_SHORT_STRUCT,
    LOAD_BAD_ID,
    LOAD_SAME_ID_TWICE,
    LOAD_NULL_DESCRIPTOR,
    LOAD_BAD_DEFAULT,
    LOAD_NULL_CREATE,
    LOAD_OTHER_PARAMETERS,
    LOAD_ANY_ENVIRONMENT,
    LOAD_ANY_PARAMETERS,
    LOAD_NEW_PLUGIN_EACH_TIME,
};

#define FAULTS(X)                                                                                                      \
    X(none)                                                                                                            \
    X(create_error) X(create_silent) X(create_null)                                                                    \
    X(null_specification) X(short_specification) X(zero_agents) X(same_agent_names) X(null_agent_name) X(bad_group)   \
    X(role_sizes) X(same_groups) X(tensor_missing) X(tensor_order) X(tensor_type) X(tensor_width) X(head_zero)        \
    X(head_null) X(bad_bounds) X(one_bound) X(segment_gap) X(null_step) X(null_text_function)                          \
    X(bind_error) X(reset_error) X(reset_fails) X(reset_always_fails) X(reset_ended) X(step_error) X(step_silent)     \
    X(step_fatal) X(step_crash) X(step_discard) X(discard_nothing) X(ended_seven) X(nan_observation) X(nan_at_reset) X(nan_state)   \
    X(inf_reward) X(nan_elapsed) X(zero_mask) X(mask_two) X(text_grows) X(text_error)                                  \
    X(global_random) X(reset_keeps) X(shared_state) X(copy_number) X(constant_seed) X(unwritten) X(reads_buffer)      \
    X(touches_unmasked) X(ignores_stride) X(beyond_bounds) X(idle_choice) X(rises) X(ended_alone) X(needs_legal)      \
    X(refuses_illegal) X(save_forgets) X(load_accepts) X(load_spoils) X(text_more) X(text_less) X(text_same_actions)  \
    X(text_rules_change) X(metric_kind) X(metric_unwritten) X(any_extension)                                      \
    X(undeclared_extension) X(baseline_illegal) X(baseline_plays) X(baseline_writes_all) X(render_colors)

#define NAME(x) #x,
static const char *const FAULT_NAMES[] = {FAULTS(NAME)};
#define CONSTANT(x) FAULT_##x,
typedef enum { FAULTS(CONSTANT) FAULT_COUNT } Fault;

enum { AGENTS = 3, CHOICES = 3, WIDTH = 3, STATE_WIDTH = 2, LARGEST_STEP = 1000000 };

// MARK: State and rules

typedef struct {
    uint64_t random;
    int32_t step, noise; // noise: 0 to 127
    int32_t last[AGENTS];
    int32_t dead; // 1 once agent 2 is out
} State;

typedef struct {
    Fault fault;
    int32_t groups, is_group_scope, length;
} Game;

static uint64_t next_random(uint64_t *random) {
    uint64_t z = *random += 0x9E3779B97F4A7C15u;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return z ^ (z >> 31);
}

static uint64_t process_wide = 1;

static void draw_noise(const Game *game, State *state) {
    uint64_t *random = game->fault == FAULT_global_random ? &process_wide : &state->random;
    state->noise = (int32_t)(next_random(random) & 127);
}

static int is_acting(const State *state, int agent) {
    if (agent == 2) return !state->dead;
    return agent != 1 || state->step % 2 == 1;
}

static int is_legal(const State *state, int agent, int choice) {
    return choice == 0 || (is_acting(state, agent) && (choice == 1 || state->noise >= 40));
}

static uint32_t group_of(const Game *game, int agent) {
    // With as many groups as agents: not in the agents' order.
    return game->groups == 1 ? 0 : game->groups == 2 ? (agent == 2) : (uint32_t)((agent + 1) % AGENTS);
}

// MARK: Descriptor and parameters

static const char *const SCOPES[] = {"agent", "group"};
static const argus_parameter PARAMETERS[] = {
    {sizeof(argus_parameter), ARGUS_PARAMETER_CHOICE, "fault", "What is wrong.", "\"none\"", 0, 0, FAULT_NAMES,
     FAULT_COUNT, 0},
    {sizeof(argus_parameter), ARGUS_PARAMETER_INTEGER, "groups", "Teams.", LOAD_FAULT == LOAD_BAD_DEFAULT ? "9" : "1",
     1, 3, NULL, 0, 0},
    {sizeof(argus_parameter), ARGUS_PARAMETER_CHOICE, "scope", "Whose reward.", "\"agent\"", 0, 0, SCOPES, 2, 0},
    {sizeof(argus_parameter), ARGUS_PARAMETER_INTEGER, "length", "Steps until the end by rule; 0: no end.", "0", 0,
     LOAD_FAULT == LOAD_OTHER_PARAMETERS ? 999 : 1000, NULL, 0, 0},
};
enum { PARAMETER_COUNT = sizeof PARAMETERS / sizeof *PARAMETERS };

static const char *const CAPABILITIES[] = {ARGUS_TEXT_V1, ARGUS_SNAPSHOT_V1, ARGUS_BASELINE_V1, ARGUS_RENDER_V1,
                                           ARGUS_METRICS_V1};

static const argus_descriptor DESCRIPTOR = {
    .struct_size = sizeof(argus_descriptor),
    .parameter_count = PARAMETER_COUNT,
    .id = LOAD_FAULT == LOAD_BAD_ID ? "Probe 1" : "probe",
    .version = "1",
    .summary = "An environment for tests.",
    .rules = "See the file.",
    .source = "",
    .parameters = PARAMETERS,
    .capabilities = CAPABILITIES,
    .capability_count = sizeof CAPABILITIES / sizeof *CAPABILITIES,
};

static void report(const argus_host *host, int64_t copy, const char *message) {
    host->report(host, ARGUS_FAILURE, copy, message);
}

// Takes `text` off the beginning.
static int take(const char **rest, const char *text) {
    size_t length = strlen(text);
    if (strncmp(*rest, text, length) != 0) return 0;
    *rest += length;
    return 1;
}

static int take_choice(const char **rest, const char *const *choices, int count, int32_t *value) {
    for (int i = 0; i < count; i++) {
        char quoted[64];
        snprintf(quoted, sizeof quoted, "\"%s\"", choices[i]);
        if (take(rest, quoted)) {
            *value = i;
            return 1;
        }
    }
    return 0;
}

static int take_integer(const char **rest, const argus_parameter *parameter, int32_t *value) {
    char *end;
    if (**rest < '0' || **rest > '9') return 0;
    long number = strtol(*rest, &end, 10);
    if (number < parameter->minimum || number > parameter->maximum || *end == '.' || *end == 'e') return 0;
    *value = (int32_t)number;
    *rest = end;
    return 1;
}

// Reads the JSON object of parameters as the host writes it, without spaces.
static int read_parameters(const char *text, Game *game) {
    int32_t fault = FAULT_none;
    *game = (Game){.groups = 1};
    if (!take(&text, "{")) return 0;
    if (strcmp(text, "}") == 0) return 1;
    do {
        int good = 0;
        if (take(&text, "\"fault\":")) good = take_choice(&text, FAULT_NAMES, FAULT_COUNT, &fault);
        else if (take(&text, "\"groups\":")) good = take_integer(&text, &PARAMETERS[1], &game->groups);
        else if (take(&text, "\"scope\":")) good = take_choice(&text, SCOPES, 2, &game->is_group_scope);
        else if (take(&text, "\"length\":")) good = take_integer(&text, &PARAMETERS[3], &game->length);
        if (!good) return 0;
    } while (take(&text, ","));
    game->fault = (Fault)fault;
    return strcmp(text, "}") == 0;
}

// MARK: Specification

typedef struct {
    argus_specification specification;
    argus_agent agents[AGENTS];
    argus_tensor tensors[ARGUS_ROLE_COUNT - 1];
    const char *groups[AGENTS];
} SpecificationStorage;

static const uint32_t HEADS[] = {CHOICES}, NO_HEADS[] = {0};
static const char *const AGENT_NAMES[] = {"probe_0", "probe_1", "probe_2"};
static const char *const GROUP_NAMES[] = {"red", "green", "blue"};
static const float LOW[] = {0, 0, 0}, HIGH[] = {1, 1, 1}, STATE_HIGH[] = {1, LARGEST_STEP};
static const argus_segment SEGMENTS[] = {
    {sizeof(argus_segment), 0, 1, 0, "noise", "0 to 1"},
    {sizeof(argus_segment), 1, 2, 0, "others", "step and own last choice"},
};
static const argus_segment GAP[] = {{sizeof(argus_segment), 1, 2, 0, "others", "no first component"}};

static void fill_specification(SpecificationStorage *storage, const Game *game) {
    Fault fault = game->fault;
    for (uint32_t i = 0; i < AGENTS; i++) {
        storage->groups[i] = GROUP_NAMES[fault == FAULT_same_groups ? 0 : i];
        storage->agents[i] = (argus_agent){
            sizeof(argus_agent), group_of(game, (int)i), AGENT_NAMES[fault == FAULT_same_agent_names ? 0 : i], "probe",
            WIDTH, HEADS, 0, 0};
    }
    if (fault == FAULT_null_agent_name) storage->agents[1].name = NULL;
    if (fault == FAULT_bad_group) storage->agents[1].group = 7;
    if (fault == FAULT_role_sizes) storage->agents[1].observation_size = 1;
    const argus_tensor tensors[ARGUS_ROLE_COUNT - 1] = {
        {sizeof(argus_tensor), ARGUS_OBSERVATION, ARGUS_F32, ARGUS_ROWS_AGENT, WIDTH, 0, LOW, HIGH},
        {sizeof(argus_tensor), ARGUS_ACTION, ARGUS_I32, ARGUS_ROWS_AGENT, 1, 0, NULL, NULL},
        {sizeof(argus_tensor), ARGUS_LEGAL, ARGUS_U8, ARGUS_ROWS_AGENT, CHOICES, 0, NULL, NULL},
        {sizeof(argus_tensor), ARGUS_ACTING, ARGUS_U8, ARGUS_ROWS_AGENT, 1, 0, NULL, NULL},
        {sizeof(argus_tensor), ARGUS_TERMINATED, ARGUS_U8, ARGUS_ROWS_AGENT, 1, 0, NULL, NULL},
        {sizeof(argus_tensor), ARGUS_REWARD, ARGUS_F32, game->is_group_scope ? ARGUS_ROWS_GROUP : ARGUS_ROWS_AGENT, 1,
         0, NULL, NULL},
        {sizeof(argus_tensor), ARGUS_STATE, ARGUS_F32, ARGUS_ROWS_COPY, STATE_WIDTH, 0, LOW, STATE_HIGH},
        {sizeof(argus_tensor), ARGUS_ENDED, ARGUS_U8, ARGUS_ROWS_COPY, 1, 0, NULL, NULL},
        {sizeof(argus_tensor), ARGUS_ELAPSED, ARGUS_F32, ARGUS_ROWS_COPY, 1, 0, NULL, NULL},
    };
    memcpy(storage->tensors, tensors, sizeof tensors);
    if (fault == FAULT_tensor_order) storage->tensors[0] = tensors[1], storage->tensors[1] = tensors[0];
    if (fault == FAULT_tensor_type) storage->tensors[0].dtype = ARGUS_I32;
    if (fault == FAULT_tensor_width) storage->tensors[2].width = CHOICES + 1;
    if (fault == FAULT_bad_bounds) storage->tensors[0].low = HIGH, storage->tensors[0].high = LOW;
    if (fault == FAULT_one_bound) storage->tensors[0].high = NULL;
    storage->specification = (argus_specification){
        .struct_size = fault == FAULT_short_specification ? 16 : sizeof(argus_specification),
        .agent_count = fault == FAULT_zero_agents ? 0 : AGENTS,
        .agents = storage->agents,
        .group_count = (uint32_t)game->groups,
        .tensor_count = fault == FAULT_tensor_missing ? ARGUS_ROLE_COUNT - 2 : ARGUS_ROLE_COUNT - 1,
        .groups = storage->groups,
        .tensors = storage->tensors,
        .action_heads = 1,
        .observation_segment_count = fault == FAULT_segment_gap ? 1 : 2,
        .head_sizes = fault == FAULT_head_zero ? NO_HEADS : fault == FAULT_head_null ? NULL : HEADS,
        .observation_segments = fault == FAULT_segment_gap ? GAP : SEGMENTS,
        .suggested_horizon = 20,
    };
}

// MARK: Instance

typedef struct {
    argus_instance instance;
    SpecificationStorage specification;
    argus_text text;
    const argus_host *host;
    Game game;
    argus_buffers buffers;
    uint32_t copies, questions;
    int32_t shared;
    State states[]; // one a copy
} Probe;

static Probe *self(argus_instance *instance) { return instance->data; }

static void *row_at(const Probe *probe, uint32_t role, uint32_t copy, int row) {
    const argus_buffer *buffer = &probe->buffers.tensor[role];
    if (buffer->base == NULL && probe->game.fault != FAULT_needs_legal) return NULL;
    uint64_t stride = buffer->row_stride;
    if (probe->game.fault == FAULT_ignores_stride && role == ARGUS_OBSERVATION) stride = WIDTH * sizeof(float);
    static char nowhere[64];
    // A plugin that does not expect a missing buffer would crash here; this one shows it by its rewards.
    if (buffer->base == NULL) return nowhere;
    return (char *)buffer->base + copy * buffer->copy_stride + (uint64_t)row * stride;
}

static const argus_specification *get_specification(argus_instance *instance) {
    return self(instance)->game.fault == FAULT_null_specification ? NULL : &self(instance)->specification.specification;
}

static argus_status bind_buffers(argus_instance *instance, const argus_buffers *buffers) {
    Probe *probe = self(instance);
    if (probe->game.fault == FAULT_bind_error) {
        report(probe->host, -1, "no room for buffers");
        return ARGUS_ERROR;
    }
    probe->buffers = *buffers;
    return ARGUS_OK;
}

static void observe(Probe *probe, uint32_t copy) {
    const State *state = &probe->states[copy];
    Fault fault = probe->game.fault;
    for (int agent = 0; agent < AGENTS; agent++) {
        float *row = row_at(probe, ARGUS_OBSERVATION, copy, agent);
        row[0] = (float)state->noise / 127;
        row[1] = (float)(state->step < 64 ? state->step : 64) / 64;
        if (!(fault == FAULT_unwritten && agent == 1)) row[2] = (float)state->last[agent] / 2;
        if (fault == FAULT_copy_number && copy > 8) row[0] = 0;
        if (fault == FAULT_beyond_bounds && state->step == 3) row[2] = 2;
        if (fault == FAULT_nan_observation && state->step == 2 && agent == 1) row[2] = NAN;
        if (fault == FAULT_nan_at_reset && state->step == 0) row[0] = NAN;
        uint8_t *legal = row_at(probe, ARGUS_LEGAL, copy, agent);
        for (int choice = 0; legal != NULL && choice < CHOICES; choice++)
            legal[choice] = (uint8_t)is_legal(state, agent, choice);
        if (legal != NULL && fault == FAULT_zero_mask && state->step == 2 && agent == 1) memset(legal, 0, CHOICES);
        if (legal != NULL && fault == FAULT_mask_two && state->step == 2) legal[0] = 2;
        if (legal != NULL && fault == FAULT_idle_choice) legal[1] = 1;
        *(uint8_t *)row_at(probe, ARGUS_ACTING, copy, agent) = (uint8_t)is_acting(state, agent);
    }
    float *row = row_at(probe, ARGUS_STATE, copy, 0);
    if (row == NULL) return;
    row[0] = (float)state->noise / 127;
    row[1] = fault == FAULT_nan_state && state->step == 2 ? NAN : (float)state->step;
}

static float reward_of(const Probe *probe, const State *state, int row) {
    if (probe->game.fault == FAULT_inf_reward && state->step == 2) return INFINITY;
    return probe->game.is_group_scope ? 100 * (float)(row + 1) : (float)(row + 1) + 0.5f * (float)state->last[row];
}

static void finish(Probe *probe, uint32_t copy, int made_step, int ended) {
    State *state = &probe->states[copy];
    for (int agent = 0; agent < AGENTS; agent++) {
        int is_out = agent == 2 && state->dead && !(probe->game.fault == FAULT_rises && state->step > 5);
        *(uint8_t *)row_at(probe, ARGUS_TERMINATED, copy, agent) =
            (uint8_t)(is_out || (ended && probe->game.fault != FAULT_ended_alone));
    }
    for (int row = 0; row < (probe->game.is_group_scope ? probe->game.groups : AGENTS); row++) {
        float *reward = row_at(probe, ARGUS_REWARD, copy, row);
        float old = *reward;
        *reward = made_step ? reward_of(probe, state, row) : 0;
        if (probe->game.fault == FAULT_reads_buffer && made_step) *reward = old == old ? old + 1 : 1;
        if (probe->game.fault == FAULT_needs_legal && made_step && probe->buffers.tensor[ARGUS_LEGAL].base == NULL)
            *reward += 1;
    }
    *(uint8_t *)row_at(probe, ARGUS_ENDED, copy, 0) = (uint8_t)ended;
    *(float *)row_at(probe, ARGUS_ELAPSED, copy, 0) =
        probe->game.fault == FAULT_nan_elapsed && made_step ? NAN : (float)made_step;
    observe(probe, copy);
}

static argus_status fail_copy(Probe *probe, uint32_t copy, const char *why) {
    *(uint8_t *)row_at(probe, ARGUS_ENDED, copy, 0) = ARGUS_ENDED_FAILED;
    report(probe->host, copy, why);
    return ARGUS_DISCARD;
}

static argus_status reset(argus_instance *instance, const uint8_t *mask, const uint64_t *seeds) {
    Probe *probe = self(instance);
    Fault fault = probe->game.fault;
    argus_status status = ARGUS_OK;
    if (fault == FAULT_reset_error) {
        report(probe->host, -1, "no floor to stand on");
        return ARGUS_ERROR;
    }
    for (uint32_t copy = 0; copy < probe->copies; copy++) {
        if (mask != NULL && mask[copy] == 0 && !(fault == FAULT_touches_unmasked && copy == 1)) continue;
        State *state = &probe->states[copy];
        int32_t kept = fault == FAULT_reset_keeps ? state->last[0] : 0;
        *state = (State){.random = fault == FAULT_constant_seed ? 1 : seeds[copy]};
        state->last[0] = kept;
        draw_noise(&probe->game, state);
        finish(probe, copy, 0, 0);
        // Fails for one seed in four, or always.
        if (fault == FAULT_reset_always_fails || (fault == FAULT_reset_fails && seeds[copy] % 4 == 0))
            status = fail_copy(probe, copy, "an unlucky seed");
        if (fault == FAULT_reset_ended) *(uint8_t *)row_at(probe, ARGUS_ENDED, copy, 0) = 1;
    }
    return status;
}

static argus_status step_copy(Probe *probe, uint32_t copy) {
    State *state = &probe->states[copy];
    Fault fault = probe->game.fault;
    for (int agent = 0; agent < AGENTS; agent++) {
        int32_t action = *(const int32_t *)row_at(probe, ARGUS_ACTION, copy, agent);
        if (fault == FAULT_refuses_illegal && !is_legal(state, agent, action))
            return fail_copy(probe, copy, "an illegal action");
        if (is_acting(state, agent)) state->last[agent] = is_legal(state, agent, action) ? action : 0;
    }
    if (fault == FAULT_shared_state) state->last[0] = probe->shared, probe->shared = state->last[1];
    state->step += state->step < LARGEST_STEP;
    draw_noise(&probe->game, state);
    if (state->step == 3 && state->noise > 63) state->dead = 1;
    int ended = probe->game.length > 0 && state->step >= probe->game.length;
    finish(probe, copy, 1, ended);
    // In some episodes, which ones depends on the seed alone.
    if (fault == FAULT_step_crash && state->step == 3 && state->noise < 6) abort();
    if (fault == FAULT_step_discard && state->step == 3 && copy == 1) return fail_copy(probe, copy, "a broken leg");
    if (fault == FAULT_ended_seven && state->step == 2) *(uint8_t *)row_at(probe, ARGUS_ENDED, copy, 0) = 7;
    return fault == FAULT_discard_nothing && state->step == 2 ? ARGUS_DISCARD : ARGUS_OK;
}

static argus_status step(argus_instance *instance, const uint8_t *mask) {
    Probe *probe = self(instance);
    argus_status status = ARGUS_OK;
    for (uint32_t copy = 0; copy < probe->copies; copy++) {
        if (mask != NULL && mask[copy] == 0) continue;
        if (probe->states[copy].step == 4) {
            if (probe->game.fault == FAULT_step_silent) return ARGUS_ERROR;
            if (probe->game.fault == FAULT_step_error || probe->game.fault == FAULT_step_fatal) {
                report(probe->host, copy, "out of floor");
                return probe->game.fault == FAULT_step_fatal ? ARGUS_FATAL : ARGUS_ERROR;
            }
        }
        if (step_copy(probe, copy) != ARGUS_OK) status = ARGUS_DISCARD;
    }
    return status;
}

static void destroy(argus_instance *instance) { free(self(instance)); }

// MARK: Extensions

static argus_status deliver(const void *bytes, size_t size, void *buffer, size_t capacity, size_t *needed) {
    *needed = size;
    if (buffer != NULL) memcpy(buffer, bytes, size < capacity ? size : capacity);
    return ARGUS_OK;
}

static argus_status text_rules(argus_instance *instance, uint32_t agent, char *buffer, size_t capacity,
                               size_t *needed) {
    char text[64];
    int change = self(instance)->game.fault == FAULT_text_rules_change ? (int)self(instance)->copies : 0;
    int size = snprintf(text, sizeof text, "You are probe %u.%d", agent, change);
    return deliver(text, (size_t)size, buffer, capacity, needed);
}

static argus_status text_situation(argus_instance *instance, uint32_t copy, uint32_t agent, char *buffer,
                                   size_t capacity, size_t *needed) {
    Probe *probe = self(instance);
    const State *state = &probe->states[copy];
    if (probe->game.fault == FAULT_text_error) {
        report(probe->host, copy, "lost for words");
        return ARGUS_ERROR;
    }
    if (probe->game.fault == FAULT_text_grows) {
        *needed = capacity + 1;
        return ARGUS_OK;
    }
    char text[96];
    int noise = probe->game.fault == FAULT_text_less ? state->noise / 2 : state->noise;
    int more = probe->game.fault == FAULT_text_more ? state->last[(agent + 1) % AGENTS] : 0;
    int size = snprintf(text, sizeof text, "Noise %d, step %d, last %d, %d.", noise,
                        state->step < 64 ? state->step : 64, state->last[agent], more);
    return deliver(text, (size_t)size, buffer, capacity, needed);
}

static argus_status text_action(argus_instance *instance, uint32_t copy, uint32_t agent, uint32_t choice, char *buffer,
                                size_t capacity, size_t *needed) {
    (void)copy, (void)agent;
    const char *text = choice == 0 ? "rest" : choice == 1 ? "left" : "right";
    if (self(instance)->game.fault == FAULT_text_same_actions && choice == 2) text = "left";
    return deliver(text, strlen(text), buffer, capacity, needed);
}

static argus_status save(argus_instance *instance, uint32_t copy, uint8_t *buffer, size_t capacity, size_t *needed) {
    State state = self(instance)->states[copy];
    if (self(instance)->game.fault == FAULT_save_forgets) state.random = 0;
    return deliver(&state, sizeof state, buffer, capacity, needed);
}

static int is_possible(const State *state) {
    int good = state->step >= 0 && state->step <= LARGEST_STEP && state->noise >= 0 && state->noise < 128;
    for (int agent = 0; agent < AGENTS; agent++) good = good && state->last[agent] >= 0 && state->last[agent] < CHOICES;
    return good && (state->dead == 0 || state->dead == 1);
}

static argus_status load(argus_instance *instance, uint32_t copy, const uint8_t *bytes, size_t size,
                         const uint64_t *chance_seed) {
    Probe *probe = self(instance);
    State state = {0};
    memcpy(&state, bytes, size < sizeof state ? size : sizeof state);
    if ((size != sizeof state || !is_possible(&state)) && probe->game.fault != FAULT_load_accepts) {
        if (probe->game.fault == FAULT_load_spoils) probe->states[copy].noise = 0;
        report(probe->host, copy, "not a state");
        return ARGUS_DISCARD;
    }
    if (!is_possible(&state)) state = probe->states[copy];
    if (chance_seed != NULL) state.random = *chance_seed;
    probe->states[copy] = state;
    observe(probe, copy);
    return ARGUS_OK;
}
static const argus_snapshot SNAPSHOT = {sizeof(argus_snapshot), 0, save, load};

static const argus_baseline BASELINES[] = {
    {sizeof(argus_baseline), 1, "joint", "the last legal choice", 0, 0},
    {sizeof(argus_baseline), 0, "local", "the last legal choice", 20, 0},
};

static argus_status act_jointly(argus_instance *instance, uint32_t baseline, uint32_t copy, const uint8_t *agents,
                                void *actions, size_t action_stride) {
    (void)baseline;
    Probe *probe = self(instance);
    if (probe->game.fault == FAULT_baseline_plays) draw_noise(&probe->game, &probe->states[copy]);
    for (int agent = 0; agent < AGENTS; agent++) {
        if (!agents[agent] && probe->game.fault != FAULT_baseline_writes_all) continue;
        int32_t choice = CHOICES - 1;
        while (probe->game.fault != FAULT_baseline_illegal && !is_legal(&probe->states[copy], agent, choice)) choice--;
        *(int32_t *)((char *)actions + (size_t)agent * action_stride) = choice;
    }
    return ARGUS_OK;
}

// Counts its decisions in its memory, so that a test sees when that is cleared: the first one of an episode is legal
// choice 0, the later ones the last legal choice.
static argus_status act_locally(argus_instance *instance, uint32_t baseline, uint32_t agent, const float *observation,
                                const uint8_t *legal, void *memory, void *action) {
    (void)instance, (void)baseline, (void)agent, (void)observation;
    int32_t choice = CHOICES - 1, *decisions = memory;
    while (legal != NULL && !legal[choice]) choice--;
    *(int32_t *)action = *decisions == 0 ? 0 : choice;
    *decisions += 1;
    return ARGUS_OK;
}
static const argus_baselines BASELINE = {sizeof(argus_baselines), 2, BASELINES, act_jointly, act_locally};

static argus_status render_text(argus_instance *instance, uint32_t copy, uint32_t color, char *buffer, size_t capacity,
                                size_t *needed) {
    char text[64];
    int colors = color || self(instance)->game.fault == FAULT_render_colors;
    int size = snprintf(text, sizeof text, "%snoise %d\n", colors ? "\x1B[0m" : "", self(instance)->states[copy].noise);
    return deliver(text, (size_t)size, buffer, capacity, needed);
}
static const argus_render RENDER = {sizeof(argus_render), 0, render_text};

static const argus_metric METRICS[] = {
    {sizeof(argus_metric), ARGUS_METRIC_COUNT, "steps", "steps made"},
    {sizeof(argus_metric), ARGUS_METRIC_FRACTION, "noise", "noise now"},
};

static argus_status metric_values(argus_instance *instance, uint32_t copy, double *values) {
    const State *state = &self(instance)->states[copy];
    values[0] = state->step;
    if (self(instance)->game.fault != FAULT_metric_unwritten) values[1] = state->noise / 127.0;
    if (self(instance)->game.fault == FAULT_metric_kind) values[1] = state->noise;
    return ARGUS_OK;
}
static const argus_metrics METRIC = {sizeof(argus_metrics), 2, METRICS, metric_values};

static const void *get_extension(argus_instance *instance, const char *id) {
    Probe *probe = self(instance);
    if (probe->game.fault == FAULT_any_extension && strncmp(id, ARGUS_RENDER_V1, strlen(ARGUS_RENDER_V1)) == 0)
        return &RENDER;
    if (probe->game.fault == FAULT_undeclared_extension && strcmp(id, ARGUS_RENDER_V1) == 0) return NULL;
    if (strcmp(id, ARGUS_TEXT_V1) == 0) return &probe->text;
    if (strcmp(id, ARGUS_SNAPSHOT_V1) == 0) return &SNAPSHOT;
    if (strcmp(id, ARGUS_BASELINE_V1) == 0) return &BASELINE;
    if (strcmp(id, ARGUS_RENDER_V1) == 0) return &RENDER;
    if (strcmp(id, ARGUS_METRICS_V1) == 0) return &METRIC;
    return NULL;
}

// MARK: Entry

static argus_status create(const char *environment_id, const char *parameters, uint32_t copies, const argus_host *host,
                           argus_instance **instance) {
    Game game;
    *instance = NULL;
    if (strcmp(environment_id, "probe") != 0 && LOAD_FAULT != LOAD_ANY_ENVIRONMENT) {
        report(host, -1, "found another environment, expected 'probe'");
        return ARGUS_ERROR;
    }
    if (!read_parameters(parameters, &game) && LOAD_FAULT != LOAD_ANY_PARAMETERS) {
        report(host, -1, "found bad parameters, expected those of the descriptor");
        return ARGUS_ERROR;
    }
    if (game.fault == FAULT_create_silent) return ARGUS_ERROR;
    if (game.fault == FAULT_create_null) return ARGUS_OK;
    if (game.fault == FAULT_create_error) {
        report(host, -1, "the moon is in the wrong phase");
        return ARGUS_ERROR;
    }
    Probe *probe = calloc(1, sizeof *probe + copies * sizeof *probe->states);
    if (probe == NULL) return ARGUS_ERROR;
    probe->host = host;
    probe->game = game;
    probe->copies = copies;
    fill_specification(&probe->specification, &game);
    probe->text = (argus_text){sizeof(argus_text), 0, NULL, text_rules,
                               game.fault == FAULT_null_text_function ? NULL : text_situation, text_action};
    probe->instance = (argus_instance){
        .struct_size = sizeof(argus_instance),
        .data = probe,
        .specification = get_specification,
        .bind = bind_buffers,
        .reset = reset,
        .step = game.fault == FAULT_null_step ? NULL : step,
        .destroy = destroy,
        .get_extension = get_extension,
    };
    *instance = &probe->instance;
    return ARGUS_OK;
}

static const argus_descriptor *get_descriptor(uint32_t index) {
    if (LOAD_FAULT == LOAD_NULL_DESCRIPTOR) return NULL;
    return index < (LOAD_FAULT == LOAD_SAME_ID_TWICE ? 2u : 1u) ? &DESCRIPTOR : NULL;
}

static const argus_plugin PLUGIN = {
    .struct_size = LOAD_FAULT == LOAD_SHORT_STRUCT ? 24 : sizeof(argus_plugin),
    .abi_minor = ARGUS_ABI_MINOR,
    .name = LOAD_FAULT == LOAD_NULL_NAME ? NULL : "probe",
    .version = "1.0.0",
    .license = "Apache-2.0",
    .environment_count = LOAD_FAULT == LOAD_NO_ENVIRONMENTS ? 0 : LOAD_FAULT == LOAD_SAME_ID_TWICE ? 2 : 1,
    .descriptor = get_descriptor,
    .create = LOAD_FAULT == LOAD_NULL_CREATE ? NULL : create,
};

const argus_plugin *ENTRY(uint32_t host_minor);
const argus_plugin *ENTRY(uint32_t host_minor) {
    (void)host_minor;
    static argus_plugin copies[2];
    static int calls;
    if (LOAD_FAULT == LOAD_NEW_PLUGIN_EACH_TIME) {
        calls = !calls;
        return memcpy(&copies[calls], &PLUGIN, sizeof PLUGIN);
    }
    return LOAD_FAULT == LOAD_ENTRY_NULL ? NULL : &PLUGIN;
}
