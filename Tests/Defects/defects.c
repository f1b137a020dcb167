// One small world with many environments: `sound` keeps the contract, every other one breaks it in one way, which its
// id names. `argus validate` must find each; Tests/Defects/README.md says by which check.
//
// Two collectors walk on a square of cells and pick up a coin, which then lies elsewhere. A move takes one unit of
// charge; a collector without charge is out; without collectors the episode ends.
//
// What is wrong at loading is chosen when this file is compiled: -DCRASH_AT_LOAD, -DSLOW_START, -DNO_ENTRY,
// -DNEW_PLUGIN_EACH_TIME, -DOTHER_VERSION; -DONE_ENVIRONMENT leaves out all but `sound`.
//
// SPDX-License-Identifier: Apache-2.0
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "argus_env.h"

#define DEFECTS(X)                                                                                                     \
    X(sound, "sound")                                                                                                  \
    X(global_random, "global-random")                                                                                  \
    X(late_random, "random-from-step-2")                                                                               \
    X(seed_once, "first-seed-for-ever")                                                                                \
    X(seed_continues, "later-seeds-ignored")                                                                           \
    X(half_seed, "upper-seed-bits-ignored")                                                                            \
    X(no_chance, "seed-without-effect")                                                                                \
    X(history, "reset-keeps-charge")                                                                                   \
    X(out_of_bounds, "observation-out-of-bounds")                                                                      \
    X(not_a_number, "observation-not-a-number")                                                                        \
    X(reward_bounds, "reward-out-of-bounds")                                                                           \
    X(unwritten, "row-of-the-dead-unwritten")                                                                          \
    X(no_choice, "no-legal-choice")                                                                                    \
    X(idle_choice, "dead-with-choices")                                                                                \
    X(revived, "dead-revived")                                                                                         \
    X(snapshot_forgets, "snapshot-forgets-chance")                                                                     \
    X(snapshot_believes, "snapshot-takes-anything")                                                                    \
    X(text_leaks, "text-leaks")                                                                                        \
    X(text_hides, "text-hides")                                                                                        \
    X(text_same, "two-actions-of-one-name")                                                                            \
    X(text_rules, "rules-that-change")                                                                                 \
    X(copies_mix, "copies-share-chance")                                                                               \
    X(late_copy, "copy-40-sees-copy-39")                                                                               \
    X(mask_ignored, "mask-ignored")                                                                                    \
    X(touches_unmasked, "touches-unmasked-rows")                                                                       \
    X(past_row, "writes-past-its-rows")                                                                                \
    X(leak_create, "leaks-instances")                                                                                  \
    X(leak_step, "leaks-steps")                                                                                        \
    X(crash, "crash-in-step")                                                                                          \
    X(hang, "hang-in-step")                                                                                            \
    X(exits, "exit-in-step")                                                                                           \
    X(crash_reset, "crash-in-second-reset")                                                                            \
    X(crash_illegal, "crash-at-illegal-action")                                                                        \
    X(illegal_error, "error-at-illegal-action")                                                                        \
    X(other_widths, "another-specification-each-time")                                                                 \
    X(ended_alone, "ended-without-terminated")                                                                         \
    X(elapsed, "elapsed-not-a-number")                                                                                 \
    X(prefix_id, "id-with-garbage")                                                                                    \
    X(any_parameters, "any-parameters")                                                                                \
    X(silent_refusal, "refuses-without-a-word")                                                                        \
    X(not_offered, "declares-what-it-lacks")                                                                           \
    X(baseline_illegal, "baseline-illegal")                                                                            \
    X(baseline_random, "baseline-unrepeatable")                                                                        \
    X(baseline_plays, "baseline-changes-the-game")                                                                     \
    X(metric_kind, "fraction-above-1")                                                                                 \
    X(render_bytes, "picture-not-utf8")                                                                                \
    X(render_colours, "picture-always-coloured")

#define CONSTANT(name, id) D_##name,
typedef enum { DEFECTS(CONSTANT) DEFECT_COUNT } Defect;
#define IDENTIFIER(name, id) id,
static const char *const IDS[] = {DEFECTS(IDENTIFIER)};
#ifdef ONE_ENVIRONMENT
enum { ENVIRONMENTS = 1 };
#else
enum { ENVIRONMENTS = DEFECT_COUNT };
#endif

enum { AGENTS = 2, CHOICES = 5, WIDTH = 8, STATE_WIDTH = 8, LARGEST_SIZE = 9, LEAST_CHARGE = 10, LARGEST_CHARGE = 17 };

// MARK: State and rules

typedef struct {
    uint64_t random;
    int32_t x[AGENTS], y[AGENTS], charge[AGENTS];
    int32_t coin_x, coin_y, step, coins, resets;
} State;

typedef struct {
    argus_instance instance;
    argus_specification specification;
    argus_agent agents[AGENTS];
    argus_tensor tensors[ARGUS_ROLE_COUNT - 1];
    argus_text text;
    const argus_host *host;
    argus_buffers buffers;
    Defect defect;
    int32_t size;
    uint32_t copies;
    uint64_t shared_random;
    State states[]; // one a copy
} Field;

static uint64_t process_random = 7;
static uint32_t instances_made;
static void *volatile leaked;

static uint64_t draw(uint64_t *random) {
    uint64_t z = *random += 0x9E3779B97F4A7C15u;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return z ^ (z >> 31);
}

static int32_t draw_below(Field *field, State *state, int32_t limit) {
    uint64_t *random = &state->random;
    if (field->defect == D_global_random || (field->defect == D_late_random && state->step >= 2))
        random = &process_random;
    if (field->defect == D_copies_mix) random = &field->shared_random;
    return (int32_t)(draw(random) % (uint64_t)limit);
}

static int is_out(const State *state, int agent) { return state->charge[agent] == 0; }

static int is_legal(const Field *field, const State *state, int agent, int choice) {
    if (choice == 0) return 1;
    if (is_out(state, agent)) return 0;
    int x = state->x[agent] + (choice == 1) - (choice == 2), y = state->y[agent] + (choice == 3) - (choice == 4);
    return x >= 0 && y >= 0 && x < field->size && y < field->size;
}

static void *row_at(const Field *field, uint32_t role, uint32_t copy, int row) {
    const argus_buffer *buffer = &field->buffers.tensor[role];
    return buffer->base == NULL ? NULL
                                : (char *)buffer->base + copy * buffer->copy_stride +
                                      (uint64_t)row * buffer->row_stride;
}

static void report(const argus_host *host, int64_t copy, const char *message) {
    host->report(host, ARGUS_FAILURE, copy, message);
}

static void observe(Field *field, uint32_t copy) {
    const State *state = &field->states[copy];
    const float scale = 1 / (float)(field->size - 1);
    if (field->defect == D_late_copy && copy >= 40) state = &field->states[copy - 1];
    for (int agent = 0; agent < AGENTS; agent++) {
        int other = 1 - agent;
        float *row = row_at(field, ARGUS_OBSERVATION, copy, agent);
        if (!(field->defect == D_unwritten && is_out(state, agent))) {
            const float values[WIDTH] = {
                (float)state->x[agent] * scale,  (float)state->y[agent] * scale,
                (float)state->charge[agent] / LARGEST_CHARGE, (float)state->x[other] * scale,
                (float)state->y[other] * scale,  (float)!is_out(state, other),
                (float)state->coin_x * scale,    (float)state->coin_y * scale,
            };
            memcpy(row, values, sizeof values);
        }
        if (field->defect == D_out_of_bounds && state->step == 5) row[2] = 1.5f;
        if (field->defect == D_not_a_number && state->step == 5) row[7] = NAN;
        if (field->defect == D_past_row) row[WIDTH] = 0;
        uint8_t *legal = row_at(field, ARGUS_LEGAL, copy, agent);
        for (int choice = 0; legal != NULL && choice < CHOICES; choice++) {
            legal[choice] = (uint8_t)is_legal(field, state, agent, choice);
            if (field->defect == D_no_choice && state->step == 5 && agent == 1) legal[choice] = 0;
            if (field->defect == D_idle_choice && choice == 1) legal[choice] = 1;
        }
        *(uint8_t *)row_at(field, ARGUS_ACTING, copy, agent) = (uint8_t)!is_out(state, agent);
    }
    float *row = row_at(field, ARGUS_STATE, copy, 0);
    if (row == NULL) return;
    const float values[STATE_WIDTH] = {
        (float)state->x[0] * scale, (float)state->y[0] * scale, (float)state->charge[0] / LARGEST_CHARGE,
        (float)state->x[1] * scale, (float)state->y[1] * scale, (float)state->charge[1] / LARGEST_CHARGE,
        (float)state->coin_x * scale, (float)state->coin_y * scale,
    };
    memcpy(row, values, sizeof values);
}

static void show(Field *field, uint32_t copy, int made_step, float reward) {
    const State *state = &field->states[copy];
    int ended = made_step && is_out(state, 0) && is_out(state, 1);
    for (int agent = 0; agent < AGENTS; agent++) {
        int out = is_out(state, agent);
        if (field->defect == D_revived && out && state->step % 4 == 3 && !ended) out = 0;
        if (field->defect == D_ended_alone && ended && agent == 1) out = 0;
        *(uint8_t *)row_at(field, ARGUS_TERMINATED, copy, agent) = (uint8_t)out;
    }
    *(float *)row_at(field, ARGUS_REWARD, copy, 0) = reward * (field->defect == D_reward_bounds ? 3.0f : 1.0f);
    *(uint8_t *)row_at(field, ARGUS_ENDED, copy, 0) = (uint8_t)(ended ? ARGUS_ENDED_TERMINATED : ARGUS_ENDED_NO);
    *(float *)row_at(field, ARGUS_ELAPSED, copy, 0) =
        made_step && field->defect == D_elapsed && state->step == 5 ? NAN : (float)made_step;
    observe(field, copy);
}

static void begin(Field *field, uint32_t copy, uint64_t seed) {
    State *state = &field->states[copy];
    State old = *state;
    if (field->defect == D_crash_reset && old.resets > 0) abort();
    if (field->defect == D_half_seed) seed &= 0xFFFFFFFFu;
    if (field->defect == D_no_chance) seed = 1;
    if (field->defect == D_seed_once && old.resets > 0) seed = 1;
    *state = (State){.random = seed, .resets = old.resets + 1};
    if (field->defect == D_seed_continues && old.resets > 0) state->random = old.random;
    for (int agent = 0; agent < AGENTS; agent++) {
        state->x[agent] = draw_below(field, state, field->size);
        state->y[agent] = draw_below(field, state, field->size);
        state->charge[agent] = LEAST_CHARGE + draw_below(field, state, LARGEST_CHARGE - LEAST_CHARGE + 1);
    }
    if (field->defect == D_history && old.resets > 0 && old.charge[0] > 0) state->charge[0] = old.charge[0];
    state->coin_x = draw_below(field, state, field->size);
    state->coin_y = draw_below(field, state, field->size);
    show(field, copy, 0, 0);
}

static argus_status advance(Field *field, uint32_t copy, int shows) {
    State *state = &field->states[copy];
    float reward = 0;
    if (state->step == 7) {
        if (field->defect == D_crash) *(volatile int *)NULL = 1;
        if (field->defect == D_exits) exit(3);
        while (field->defect == D_hang) continue;
    }
    if (field->defect == D_leak_step) leaked = malloc(200);
    state->step++;
    if (field->defect == D_late_random && state->step >= 2) state->coin_x = draw_below(field, state, field->size);
    for (int agent = 0; agent < AGENTS; agent++) {
        int32_t choice = *(const int32_t *)row_at(field, ARGUS_ACTION, copy, agent);
        if (is_out(state, agent)) continue;
        if (!is_legal(field, state, agent, choice)) {
            if (field->defect == D_crash_illegal) abort();
            if (field->defect == D_illegal_error) {
                report(field->host, copy, "found a step into the wall, expected a legal action");
                return ARGUS_ERROR;
            }
            continue;
        }
        if (choice == 0) continue;
        state->x[agent] += (choice == 1) - (choice == 2);
        state->y[agent] += (choice == 3) - (choice == 4);
        state->charge[agent]--;
        if (state->x[agent] != state->coin_x || state->y[agent] != state->coin_y) continue;
        reward += 0.5f;
        state->coins++;
        state->coin_x = draw_below(field, state, field->size);
        state->coin_y = draw_below(field, state, field->size);
    }
    if (shows) show(field, copy, 1, reward);
    return ARGUS_OK;
}

// MARK: Instance

static Field *self(argus_instance *instance) { return instance->data; }
static const argus_specification *get_specification(argus_instance *instance) { return &self(instance)->specification; }

static argus_status bind_buffers(argus_instance *instance, const argus_buffers *buffers) {
    self(instance)->buffers = *buffers;
    return ARGUS_OK;
}

static argus_status reset(argus_instance *instance, const uint8_t *mask, const uint64_t *seeds) {
    Field *field = self(instance);
    field->shared_random = field->copies > 0 ? seeds[0] : 0;
    for (uint32_t copy = 0; copy < field->copies; copy++)
        if (mask == NULL || mask[copy]) begin(field, copy, seeds[copy]);
    return ARGUS_OK;
}

static argus_status step(argus_instance *instance, const uint8_t *mask) {
    Field *field = self(instance);
    for (uint32_t copy = 0; copy < field->copies; copy++) {
        int wanted = mask == NULL || mask[copy];
        if (!wanted && field->defect == D_touches_unmasked) observe(field, copy);
        if (!wanted && field->defect != D_mask_ignored) continue;
        argus_status status = advance(field, copy, wanted);
        if (status != ARGUS_OK) return status;
    }
    return ARGUS_OK;
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
    Field *field = self(instance);
    char text[160];
    int size = snprintf(text, sizeof text, "You are collector %u on %d by %d cells. A move takes one unit of charge.%s",
                        agent, field->size, field->size,
                        field->defect == D_text_rules && field->copies > 1 ? " There are others like you." : "");
    return deliver(text, (size_t)size, buffer, capacity, needed);
}

static argus_status text_situation(argus_instance *instance, uint32_t copy, uint32_t agent, char *buffer,
                                   size_t capacity, size_t *needed) {
    Field *field = self(instance);
    const State *state = &field->states[copy];
    uint32_t other = 1 - agent;
    char text[256], coin[64] = "";
    if (field->defect != D_text_hides)
        snprintf(coin, sizeof coin, " The coin is at %d,%d.", state->coin_x, state->coin_y);
    int size = snprintf(text, sizeof text, "You are at %d,%d with charge %d. The other is at %d,%d and %s.%s",
                        state->x[agent], state->y[agent], state->charge[agent], state->x[other], state->y[other],
                        is_out(state, (int)other) ? "out" : "moves", coin);
    if (field->defect == D_text_leaks)
        size += snprintf(text + size, sizeof text - (size_t)size, " Its charge is %d.", state->charge[other]);
    return deliver(text, (size_t)size, buffer, capacity, needed);
}

static argus_status text_action(argus_instance *instance, uint32_t copy, uint32_t agent, uint32_t choice, char *buffer,
                                size_t capacity, size_t *needed) {
    (void)copy, (void)agent;
    static const char *const NAMES[CHOICES] = {"stay", "east", "west", "north", "south"};
    const char *text = self(instance)->defect == D_text_same && choice > 0 ? "move" : NAMES[choice];
    return deliver(text, strlen(text), buffer, capacity, needed);
}

static argus_status save(argus_instance *instance, uint32_t copy, uint8_t *buffer, size_t capacity, size_t *needed) {
    State state = self(instance)->states[copy];
    state.resets = 0;
    if (self(instance)->defect == D_snapshot_forgets) state.random = 0;
    return deliver(&state, sizeof state, buffer, capacity, needed);
}

static int is_possible(const Field *field, const State *state) {
    int good = state->step >= 0 && state->step < 1000000000 && state->coins >= 0 && state->coins < 1000000000;
    good = good && state->resets == 0;
    const int32_t *places[] = {&state->x[0], &state->y[0], &state->x[1], &state->y[1], &state->coin_x, &state->coin_y};
    for (size_t i = 0; i < sizeof places / sizeof *places; i++)
        good = good && *places[i] >= 0 && *places[i] < field->size;
    for (int agent = 0; agent < AGENTS; agent++)
        good = good && state->charge[agent] >= 0 && state->charge[agent] <= LARGEST_CHARGE;
    return good;
}

static argus_status load(argus_instance *instance, uint32_t copy, const uint8_t *bytes, size_t size,
                         const uint64_t *chance_seed) {
    Field *field = self(instance);
    State state = {0};
    memcpy(&state, bytes, size < sizeof state ? size : sizeof state);
    if ((size != sizeof state || !is_possible(field, &state)) && field->defect != D_snapshot_believes) {
        report(field->host, copy, "found bytes that are no state");
        return ARGUS_DISCARD;
    }
    state.resets = field->states[copy].resets;
    if (chance_seed != NULL) state.random = *chance_seed;
    field->states[copy] = state;
    observe(field, copy);
    return ARGUS_OK;
}
static const argus_snapshot SNAPSHOT = {sizeof(argus_snapshot), 0, save, load};

static const argus_baseline BASELINES[] = {
    {sizeof(argus_baseline), 1, "joint", "the last legal choice of each", 0, 0},
    {sizeof(argus_baseline), 0, "local", "the last legal choice", 0, 0},
};

static argus_status act_jointly(argus_instance *instance, uint32_t baseline, uint32_t copy, const uint8_t *agents,
                                void *actions, size_t action_stride) {
    (void)baseline;
    Field *field = self(instance);
    State *state = &field->states[copy];
    if (field->defect == D_baseline_plays) draw(&state->random), state->coin_x = draw_below(field, state, field->size);
    for (int agent = 0; agent < AGENTS; agent++) {
        if (!agents[agent]) continue;
        int32_t choice = CHOICES - 1;
        if (field->defect == D_baseline_random) choice = (int32_t)(draw(&process_random) % CHOICES);
        while (field->defect != D_baseline_illegal && !is_legal(field, state, agent, choice)) choice--;
        *(int32_t *)((char *)actions + (size_t)agent * action_stride) = choice;
    }
    return ARGUS_OK;
}

static argus_status act_locally(argus_instance *instance, uint32_t baseline, uint32_t agent, const float *observation,
                                const uint8_t *legal, void *memory, void *action) {
    (void)instance, (void)baseline, (void)agent, (void)observation, (void)memory;
    int32_t choice = CHOICES - 1;
    while (legal != NULL && !legal[choice]) choice--;
    *(int32_t *)action = choice;
    return ARGUS_OK;
}
static const argus_baselines BASELINE = {sizeof(argus_baselines), 2, BASELINES, act_jointly, act_locally};

static argus_status render_text(argus_instance *instance, uint32_t copy, uint32_t color, char *buffer, size_t capacity,
                                size_t *needed) {
    Field *field = self(instance);
    const State *state = &field->states[copy];
    char text[LARGEST_SIZE * (LARGEST_SIZE + 1) + 16];
    int size = 0, coloured = color || field->defect == D_render_colours;
    if (coloured) size += snprintf(text, sizeof text, "\x1B[0m");
    for (int y = field->size - 1; y >= 0; y--) {
        for (int x = 0; x < field->size; x++) {
            char cell = x == state->coin_x && y == state->coin_y ? '*' : '.';
            for (int agent = 0; agent < AGENTS; agent++)
                if (x == state->x[agent] && y == state->y[agent]) cell = (char)('0' + agent);
            text[size++] = field->defect == D_render_bytes && cell == '*' ? (char)0xFF : cell;
        }
        text[size++] = '\n';
    }
    return deliver(text, (size_t)size, buffer, capacity, needed);
}
static const argus_render RENDER = {sizeof(argus_render), 0, render_text};

static const argus_metric METRICS[] = {
    {sizeof(argus_metric), ARGUS_METRIC_COUNT, "coins", "coins picked up"},
    {sizeof(argus_metric), ARGUS_METRIC_FRACTION, "charge", "charge left of the largest"},
};

static argus_status metric_values(argus_instance *instance, uint32_t copy, double *values) {
    const State *state = &self(instance)->states[copy];
    values[0] = state->coins;
    values[1] = (state->charge[0] + state->charge[1]) / (2.0 * LARGEST_CHARGE);
    if (self(instance)->defect == D_metric_kind) values[1] = state->charge[0];
    return ARGUS_OK;
}
static const argus_metrics METRIC = {sizeof(argus_metrics), 2, METRICS, metric_values};

static const void *get_extension(argus_instance *instance, const char *id) {
    if (strcmp(id, ARGUS_TEXT_V1) == 0) return &self(instance)->text;
    if (strcmp(id, ARGUS_SNAPSHOT_V1) == 0) return &SNAPSHOT;
    if (strcmp(id, ARGUS_BASELINE_V1) == 0) return &BASELINE;
    if (strcmp(id, ARGUS_RENDER_V1) == 0) return self(instance)->defect == D_not_offered ? NULL : &RENDER;
    if (strcmp(id, ARGUS_METRICS_V1) == 0) return &METRIC;
    return NULL;
}

// MARK: Specification and parameters

static const uint32_t HEADS[] = {CHOICES};
static const char *const GROUPS[] = {"collectors"};
static const char *const NAMES[] = {"collector_0", "collector_1"};
static const float LOW[WIDTH + 1] = {0}, HIGH[WIDTH + 1] = {1, 1, 1, 1, 1, 1, 1, 1, 1};

static void specify(Field *field) {
    uint32_t width = WIDTH;
    if (field->defect == D_other_widths) width += instances_made % 2;
    for (int agent = 0; agent < AGENTS; agent++)
        field->agents[agent] =
            (argus_agent){sizeof(argus_agent), 0, NAMES[agent], "collector", width, HEADS, 0, 0};
    const argus_tensor tensors[ARGUS_ROLE_COUNT - 1] = {
        {sizeof(argus_tensor), ARGUS_OBSERVATION, ARGUS_F32, ARGUS_ROWS_AGENT, width, 0, LOW, HIGH},
        {sizeof(argus_tensor), ARGUS_ACTION, ARGUS_I32, ARGUS_ROWS_AGENT, 1, 0, NULL, NULL},
        {sizeof(argus_tensor), ARGUS_LEGAL, ARGUS_U8, ARGUS_ROWS_AGENT, CHOICES, 0, NULL, NULL},
        {sizeof(argus_tensor), ARGUS_ACTING, ARGUS_U8, ARGUS_ROWS_AGENT, 1, 0, NULL, NULL},
        {sizeof(argus_tensor), ARGUS_TERMINATED, ARGUS_U8, ARGUS_ROWS_AGENT, 1, 0, NULL, NULL},
        {sizeof(argus_tensor), ARGUS_REWARD, ARGUS_F32, ARGUS_ROWS_GROUP, 1, 0, LOW, HIGH},
        {sizeof(argus_tensor), ARGUS_STATE, ARGUS_F32, ARGUS_ROWS_COPY, STATE_WIDTH, 0, LOW, HIGH},
        {sizeof(argus_tensor), ARGUS_ENDED, ARGUS_U8, ARGUS_ROWS_COPY, 1, 0, NULL, NULL},
        {sizeof(argus_tensor), ARGUS_ELAPSED, ARGUS_F32, ARGUS_ROWS_COPY, 1, 0, NULL, NULL},
    };
    memcpy(field->tensors, tensors, sizeof tensors);
    field->specification = (argus_specification){
        .struct_size = sizeof(argus_specification),
        .agent_count = AGENTS,
        .agents = field->agents,
        .group_count = 1,
        .tensor_count = ARGUS_ROLE_COUNT - 1,
        .groups = GROUPS,
        .tensors = field->tensors,
        .action_heads = 1,
        .head_sizes = HEADS,
        .suggested_horizon = 40,
    };
}

static const argus_parameter PARAMETERS[] = {
    {sizeof(argus_parameter), ARGUS_PARAMETER_INTEGER, "size", "cells a side", "5", 3, LARGEST_SIZE, NULL, 0, 0},
};
static const char *const CAPABILITIES[] = {ARGUS_TEXT_V1, ARGUS_SNAPSHOT_V1, ARGUS_BASELINE_V1, ARGUS_RENDER_V1,
                                           ARGUS_METRICS_V1};
static argus_descriptor descriptors[DEFECT_COUNT];

static const argus_descriptor *get_descriptor(uint32_t index) {
    if (index >= ENVIRONMENTS) return NULL;
    argus_descriptor *descriptor = &descriptors[index];
    if (descriptor->struct_size == 0) {
        *descriptor = (argus_descriptor){
            .struct_size = sizeof(argus_descriptor),
            .parameter_count = 1,
            .id = IDS[index],
            .version = "1",
            .summary = "Two collectors and a coin.",
            .rules = "A move takes one unit of charge; a coin is worth 0.5.",
            .source = "",
            .parameters = PARAMETERS,
            .capabilities = CAPABILITIES,
            .capability_count = sizeof CAPABILITIES / sizeof *CAPABILITIES,
        };
#ifdef OTHER_VERSION
        descriptor->version = "2";
#endif
    }
    return descriptor;
}

// The JSON object as the host writes it, without spaces: {} or {"size":5}.
static int read_size(const char *text, int32_t *size) {
    char end = 0, rest = 0;
    *size = 5;
    if (strcmp(text, "{}") == 0) return 1;
    return sscanf(text, "{\"size\":%d%c%c", size, &end, &rest) == 2 && end == '}' && *size >= 3 &&
           *size <= LARGEST_SIZE;
}

static argus_status create(const char *environment_id, const char *parameters, uint32_t copies, const argus_host *host,
                           argus_instance **instance) {
    int32_t size, index = 0;
    *instance = NULL;
    while (index < ENVIRONMENTS && strcmp(environment_id, IDS[index]) != 0) index++;
    const char *lenient = IDS[D_prefix_id];
    if (index == ENVIRONMENTS && strncmp(environment_id, lenient, strlen(lenient)) == 0) index = D_prefix_id;
    if (index == ENVIRONMENTS) {
        report(host, -1, "found an unknown environment");
        return ARGUS_ERROR;
    }
    if (!read_size(parameters, &size)) {
        if (index != D_silent_refusal && index != D_any_parameters)
            report(host, -1, "found bad parameters, expected {\"size\": 3 to 9}");
        if (index != D_any_parameters) return ARGUS_ERROR;
        size = 5;
    }
    Field *field = calloc(1, sizeof *field + copies * sizeof *field->states);
    if (field == NULL) return ARGUS_ERROR;
    field->host = host;
    field->defect = (Defect)index;
    field->size = size;
    field->copies = copies;
    instances_made++;
    if (index == D_leak_create) leaked = malloc(2000);
    specify(field);
    field->text = (argus_text){sizeof(argus_text), 0, NULL, text_rules, text_situation, text_action};
    field->instance = (argus_instance){
        .struct_size = sizeof(argus_instance),
        .data = field,
        .specification = get_specification,
        .bind = bind_buffers,
        .reset = reset,
        .step = step,
        .destroy = destroy,
        .get_extension = get_extension,
    };
    *instance = &field->instance;
    return ARGUS_OK;
}

// MARK: Entry

static const argus_plugin PLUGIN = {
    .struct_size = sizeof(argus_plugin),
    .abi_minor = ARGUS_ABI_MINOR,
    .name = "defects",
    .version = "1.0.0",
    .license = "Apache-2.0",
    .environment_count = ENVIRONMENTS,
    .descriptor = get_descriptor,
    .create = create,
};

#ifdef CRASH_AT_LOAD
__attribute__((constructor)) static void crash_at_load(void) { abort(); }
#endif

#ifndef NO_ENTRY
const argus_plugin *argus_plugin_entry_v1(uint32_t host_minor) {
    (void)host_minor;
#ifdef SLOW_START
    static int is_started;
    if (!is_started) usleep(1300000);
    is_started = 1;
#endif
#ifdef NEW_PLUGIN_EACH_TIME
    static argus_plugin copies[2];
    static int calls;
    calls = !calls;
    return memcpy(&copies[calls], &PLUGIN, sizeof PLUGIN);
#else
    return &PLUGIN;
#endif
}
#endif
