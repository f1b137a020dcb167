/* gridworld.c: an environment plugin in one C11 file.
 *
 *   cc -std=c11 -O2 -shared -fPIC -I ../../Sources/CArgusEnv/include gridworld.c -o libgridworld_c.so
 *
 * The game of ../gridworld-swift: walkers on a square grid must stand on all pads at the same time, one on each. They
 * do not see each other, only how many stand on each pad. Same seeds and actions give the same episodes.
 *
 * CONTENTS
 *   1  State and rules
 *   2  Descriptor and parameters
 *   3  Specification
 *   4  Instance
 *   5  Extensions: text, snapshot, baseline, render, metrics
 *   6  Entry
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "argus_env.h"

/* 1 STATE AND RULES --------------------------------------------------------------------------------------------- */

enum { MAX_AGENTS = 4, MAX_OBSERVATION = 2 + 3 * MAX_AGENTS, MAX_STATE = 4 * MAX_AGENTS };

/* The choices of the one action head, in order. */
enum { STAY, NORTH, SOUTH, WEST, EAST, MOVE_COUNT };
static const char *const MOVE_NAMES[MOVE_COUNT] = {"stay", "north", "south", "west", "east"};

typedef struct {
    int32_t row, column;
} Cell;

/* All that changes in an episode. Plain data without padding, so that its bytes are the snapshot. Slots from the number
 * of agents on are zero. */
typedef struct {
    uint64_t random;
    uint64_t shared; /* how often a walker ended a step on a pad where another one stood too */
    Cell walkers[MAX_AGENTS];
    Cell pads[MAX_AGENTS];
} State;

/* What a scenario file can set. */
typedef struct {
    int32_t agents, size, slip;
} Game;

/* SplitMix64 (Steele, Lea & Flood 2014). */
static uint64_t next_random(uint64_t *random) {
    uint64_t z = *random += 0x9E3779B97F4A7C15u;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return z ^ (z >> 31);
}

/* Uniform in 0..<bound without modulo bias (Lemire 2019): the high half of a 128-bit product whose low half is drawn
 * again where it would favour some results. */
static uint32_t below(uint64_t *random, uint32_t bound) {
    uint64_t threshold = (0 - (uint64_t)bound) % bound;
    uint64_t word;
    do word = next_random(random);
    while (word * bound < threshold);
    uint64_t carry = ((word & 0xFFFFFFFFu) * bound) >> 32;
    return (uint32_t)(((word >> 32) * bound + carry) >> 32);
}

static int same(Cell a, Cell b) { return a.row == b.row && a.column == b.column; }

static int contains(const Game *game, Cell at) {
    return at.row >= 0 && at.row < game->size && at.column >= 0 && at.column < game->size;
}

/* Where a move leads, whether the grid goes on there or not. */
static Cell neighbour(Cell from, int move) {
    if (move == NORTH) from.row -= 1;
    if (move == SOUTH) from.row += 1;
    if (move == WEST) from.column -= 1;
    if (move == EAST) from.column += 1;
    return from;
}

/* The number of the first `count` cells that are `at`. */
static int count_at(const Cell *cells, int count, Cell at) {
    int found = 0;
    for (int i = 0; i < count; i++) found += same(cells[i], at);
    return found;
}

static int is_solved(const Game *game, const State *state) {
    for (int pad = 0; pad < game->agents; pad++)
        if (count_at(state->walkers, game->agents, state->pads[pad]) == 0) return 0;
    return 1;
}

/* Puts pads and walkers on different cells. */
static void begin(const Game *game, State *state, uint64_t seed) {
    memset(state, 0, sizeof *state);
    state->random = seed;
    Cell taken[2 * MAX_AGENTS];
    for (int i = 0; i < 2 * game->agents; i++) {
        do {
            int32_t index = (int32_t)below(&state->random, (uint32_t)(game->size * game->size));
            taken[i] = (Cell){index / game->size, index % game->size};
        } while (count_at(taken, i, taken[i]) > 0);
    }
    memcpy(state->pads, taken, sizeof(Cell) * (size_t)game->agents);
    memcpy(state->walkers, taken + game->agents, sizeof(Cell) * (size_t)game->agents);
}

/* Moves one walker. Off the grid is not legal, but can be asked for: nothing happens then. */
static void move_walker(const Game *game, State *state, int walker, int move) {
    Cell target = neighbour(state->walkers[walker], move);
    if (move == STAY || !contains(game, target)) return;
    if ((int32_t)below(&state->random, 100) >= game->slip) state->walkers[walker] = target;
}

static void count_shared(const Game *game, State *state) {
    for (int pad = 0; pad < game->agents; pad++) {
        int load = count_at(state->walkers, game->agents, state->pads[pad]);
        if (load > 1) state->shared += (uint64_t)load;
    }
}

/* 2 DESCRIPTOR AND PARAMETERS ----------------------------------------------------------------------------------- */

static const argus_parameter PARAMETERS[] = {
    {sizeof(argus_parameter), ARGUS_PARAMETER_INTEGER, "agents", "Number of walkers, and of pads.", "2", 1, MAX_AGENTS,
     NULL, 0, 0},
    {sizeof(argus_parameter), ARGUS_PARAMETER_INTEGER, "size", "Rows and columns of the grid.", "5", 4, 12, NULL, 0, 0},
    {sizeof(argus_parameter), ARGUS_PARAMETER_INTEGER, "slip", "Percent of the moves that fail.", "0", 0, 90, NULL, 0,
     0},
};
enum { PARAMETER_COUNT = sizeof PARAMETERS / sizeof *PARAMETERS };

/* Marks a parameter that the host has not set; no integer that is read is so small. */
#define NOT_GIVEN INT32_MIN

static const char *const CAPABILITIES[] = {ARGUS_TEXT_V1, ARGUS_SNAPSHOT_V1, ARGUS_BASELINE_V1, ARGUS_RENDER_V1,
                                           ARGUS_METRICS_V1};

static const argus_descriptor DESCRIPTOR = {
    .struct_size = sizeof(argus_descriptor),
    .parameter_count = PARAMETER_COUNT,
    .id = "gridworld-c",
    .version = "1",
    .summary = "Walkers must stand on all pads at the same time, without seeing each other.",
    .rules = "As many pads as walkers lie on a square grid. Each step, each walker stays or goes one cell north, "
             "south, west or east; walkers may share a cell. A move fails with a chance of `slip` percent. A walker "
             "knows its own cell, the pads' cells and how many walkers stand on each pad. When every pad has a walker "
             "on it, the episode ends and the team gets 1; every other step costs it 0.01.",
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

static const char *skip_space(const char *text) {
    while (*text == ' ' || *text == '\t' || *text == '\n' || *text == '\r') text++;
    return text;
}

/* Reads a JSON integer of at most nine digits. Returns what follows it, or NULL if `text` begins with anything else. */
static const char *read_integer(const char *text, int32_t *value) {
    const char *digits = text + (*text == '-');
    size_t count = strspn(digits, "0123456789");
    if (count == 0 || count > 9 || (count > 1 && *digits == '0')) return NULL;
    int32_t magnitude = 0;
    for (size_t i = 0; i < count; i++) magnitude = magnitude * 10 + (digits[i] - '0');
    *value = *text == '-' ? -magnitude : magnitude;
    const char *end = digits + count;
    return strchr(".eE", *end) != NULL && *end != '\0' ? NULL : end;
}

/* Reads `"name": value` into the parameter of that name. Returns what follows, or NULL after a report. */
static const char *read_parameter(const char *text, int32_t *values, const argus_host *host) {
    size_t length = *text == '"' ? strcspn(text + 1, "\"") : 0;
    if (*text != '"' || text[1 + length] != '"') {
        report(host, -1, "parameters: found '%.40s', expected a name in quotes", text);
        return NULL;
    }
    for (int i = 0; i < PARAMETER_COUNT; i++) {
        const argus_parameter *parameter = &PARAMETERS[i];
        if (strlen(parameter->name) != length || memcmp(text + 1, parameter->name, length) != 0) continue;
        const char *colon = skip_space(text + length + 2);
        const char *value = skip_space(*colon == ':' ? colon + 1 : colon);
        if (values[i] != NOT_GIVEN) {
            report(host, -1, "parameter '%s': found a second value, expected one", parameter->name);
            return NULL;
        }
        const char *end = *colon == ':' ? read_integer(value, &values[i]) : NULL;
        if (end == NULL || values[i] < parameter->minimum || values[i] > parameter->maximum) {
            report(host, -1, "parameter '%s': found '%.*s', expected an integer, %.0f to %.0f", parameter->name,
                   (int)strcspn(value, ",}"), value, parameter->minimum, parameter->maximum);
            return NULL;
        }
        return skip_space(end);
    }
    report(host, -1, "parameter '%.*s': found an unknown parameter, expected one of agents, size, slip",
           (int)(length < 40 ? length : 40), text + 1);
    return NULL;
}

/* Reads the JSON object of parameters: integers only, since there are no others here. Zero after a report. */
static int read_parameters(const char *text, Game *game, const argus_host *host) {
    int32_t values[PARAMETER_COUNT];
    for (int i = 0; i < PARAMETER_COUNT; i++) values[i] = NOT_GIVEN;
    const char *rest = skip_space(text);
    if (*rest != '{') {
        report(host, -1, "parameters: found '%.40s', expected a JSON object", text);
        return 0;
    }
    rest = skip_space(rest + 1);
    if (*rest != '}') {
        while (1) {
            rest = read_parameter(rest, values, host);
            if (rest == NULL) return 0;
            if (*rest != ',') break;
            rest = skip_space(rest + 1);
        }
    }
    if (*rest != '}' || *skip_space(rest + 1) != '\0') {
        report(host, -1, "parameters: found '%.40s', expected ',' or the end of the JSON object", rest);
        return 0;
    }
    for (int i = 0; i < PARAMETER_COUNT; i++)
        if (values[i] == NOT_GIVEN) (void)read_integer(PARAMETERS[i].default_value, &values[i]);
    game->agents = values[0];
    game->size = values[1];
    game->slip = values[2];
    return 1;
}

/* 3 SPECIFICATION ----------------------------------------------------------------------------------------------- */

/* The specification of one instance with everything that it points to. */
typedef struct {
    argus_specification specification;
    argus_agent agents[MAX_AGENTS];
    argus_tensor tensors[ARGUS_ROLE_COUNT - 1];
    argus_segment segments[1 + MAX_AGENTS];
    argus_segment state_segments[2];
    float low[MAX_OBSERVATION], high[MAX_OBSERVATION];
    float state_low[MAX_STATE], state_high[MAX_STATE];
} SpecificationStorage;

static const uint32_t HEAD_SIZES[] = {MOVE_COUNT};
static const char *const GROUPS[] = {"team"};
static const char *const AGENT_NAMES[MAX_AGENTS] = {"walker_0", "walker_1", "walker_2", "walker_3"};
static const char *const PAD_NAMES[MAX_AGENTS] = {"pad_0", "pad_1", "pad_2", "pad_3"};

static void fill_specification(SpecificationStorage *storage, const Game *game) {
    uint32_t agents = (uint32_t)game->agents, width = 2 + 3 * agents, state_width = 4 * agents;
    for (uint32_t i = 0; i < width; i++) {
        storage->low[i] = i >= 2 && (i - 2) % 3 < 2 ? -1 : 0;
        storage->high[i] = 1;
    }
    for (uint32_t i = 0; i < state_width; i++) storage->state_high[i] = 1;

    storage->segments[0] =
        (argus_segment){sizeof(argus_segment), 0, 2, 0, "position", "own row and column, from 0 to 1"};
    for (uint32_t i = 0; i < agents; i++) {
        storage->agents[i] =
            (argus_agent){sizeof(argus_agent), 0, AGENT_NAMES[i], "walker", width, HEAD_SIZES, 0, 0};
        storage->segments[1 + i] = (argus_segment){
            sizeof(argus_segment), 2 + 3 * i, 3, 0, PAD_NAMES[i],
            "rows and columns to it, share of the walkers on it"};
    }
    storage->state_segments[0] =
        (argus_segment){sizeof(argus_segment), 0, 2 * agents, 0, "walkers", "row and column of each walker"};
    storage->state_segments[1] =
        (argus_segment){sizeof(argus_segment), 2 * agents, 2 * agents, 0, "pads", "row and column of each pad"};

    const argus_tensor tensors[ARGUS_ROLE_COUNT - 1] = {
        {sizeof(argus_tensor), ARGUS_OBSERVATION, ARGUS_F32, ARGUS_ROWS_AGENT, width, 0, storage->low, storage->high},
        {sizeof(argus_tensor), ARGUS_ACTION, ARGUS_I32, ARGUS_ROWS_AGENT, 1, 0, NULL, NULL},
        {sizeof(argus_tensor), ARGUS_LEGAL, ARGUS_U8, ARGUS_ROWS_AGENT, MOVE_COUNT, 0, NULL, NULL},
        {sizeof(argus_tensor), ARGUS_ACTING, ARGUS_U8, ARGUS_ROWS_AGENT, 1, 0, NULL, NULL},
        {sizeof(argus_tensor), ARGUS_TERMINATED, ARGUS_U8, ARGUS_ROWS_AGENT, 1, 0, NULL, NULL},
        {sizeof(argus_tensor), ARGUS_REWARD, ARGUS_F32, ARGUS_ROWS_GROUP, 1, 0, NULL, NULL},
        {sizeof(argus_tensor), ARGUS_STATE, ARGUS_F32, ARGUS_ROWS_COPY, state_width, 0, storage->state_low,
         storage->state_high},
        {sizeof(argus_tensor), ARGUS_ENDED, ARGUS_U8, ARGUS_ROWS_COPY, 1, 0, NULL, NULL},
        {sizeof(argus_tensor), ARGUS_ELAPSED, ARGUS_F32, ARGUS_ROWS_COPY, 1, 0, NULL, NULL},
    };
    memcpy(storage->tensors, tensors, sizeof tensors);

    storage->specification = (argus_specification){
        .struct_size = sizeof(argus_specification),
        .agent_count = agents,
        .agents = storage->agents,
        .group_count = 1,
        .tensor_count = ARGUS_ROLE_COUNT - 1,
        .groups = GROUPS,
        .tensors = storage->tensors,
        .action_heads = 1,
        .observation_segment_count = 1 + agents,
        .head_sizes = HEAD_SIZES,
        .action_names = MOVE_NAMES,
        .observation_segments = storage->segments,
        .state_segments = storage->state_segments,
        .state_segment_count = 2,
        .suggested_horizon = 50,
    };
}

/* 4 INSTANCE ---------------------------------------------------------------------------------------------------- */

typedef struct {
    argus_instance instance;
    SpecificationStorage specification;
    const argus_host *host;
    Game game;
    argus_buffers buffers;
    uint32_t copies;
    State states[]; /* one a copy */
} GridWorld;

static GridWorld *self(argus_instance *instance) { return instance->data; }

/* Row `row` of copy `copy` of a tensor; NULL if the host does not want that tensor. */
static void *row_at(const GridWorld *world, uint32_t role, uint32_t copy, int row) {
    const argus_buffer *buffer = &world->buffers.tensor[role];
    if (buffer->base == NULL) return NULL;
    return (char *)buffer->base + copy * buffer->copy_stride + (uint64_t)row * buffer->row_stride;
}

static const argus_specification *get_specification(argus_instance *instance) {
    return &self(instance)->specification.specification;
}

static argus_status bind_buffers(argus_instance *instance, const argus_buffers *buffers) {
    self(instance)->buffers = *buffers;
    return ARGUS_OK;
}

/* Writes what each walker sees, which of its moves lead somewhere, who acts, and the state for a central critic. */
static void observe(const GridWorld *world, uint32_t copy) {
    const Game *game = &world->game;
    const State *state = &world->states[copy];
    float largest = (float)(game->size - 1);
    for (int walker = 0; walker < game->agents; walker++) {
        Cell at = state->walkers[walker];
        float *row = row_at(world, ARGUS_OBSERVATION, copy, walker);
        *row++ = (float)at.row / largest;
        *row++ = (float)at.column / largest;
        for (int pad = 0; pad < game->agents; pad++) {
            *row++ = (float)(state->pads[pad].row - at.row) / largest;
            *row++ = (float)(state->pads[pad].column - at.column) / largest;
            *row++ = (float)count_at(state->walkers, game->agents, state->pads[pad]) / (float)game->agents;
        }
        uint8_t *legal = row_at(world, ARGUS_LEGAL, copy, walker);
        for (int move = 0; legal != NULL && move < MOVE_COUNT; move++)
            legal[move] = (uint8_t)contains(game, neighbour(at, move));
        *(uint8_t *)row_at(world, ARGUS_ACTING, copy, walker) = 1;
    }
    float *row = row_at(world, ARGUS_STATE, copy, 0);
    if (row == NULL) return;
    for (int i = 0; i < game->agents; i++) {
        row[2 * i] = (float)state->walkers[i].row / largest;
        row[2 * i + 1] = (float)state->walkers[i].column / largest;
        row[2 * (game->agents + i)] = (float)state->pads[i].row / largest;
        row[2 * (game->agents + i) + 1] = (float)state->pads[i].column / largest;
    }
}

/* Writes the rows that say how the step went; all rows are then written. */
static void finish(const GridWorld *world, uint32_t copy, float reward, int ended, float elapsed) {
    for (int walker = 0; walker < world->game.agents; walker++)
        *(uint8_t *)row_at(world, ARGUS_TERMINATED, copy, walker) = (uint8_t)ended;
    *(float *)row_at(world, ARGUS_REWARD, copy, 0) = reward;
    *(uint8_t *)row_at(world, ARGUS_ENDED, copy, 0) = ended ? ARGUS_ENDED_TERMINATED : ARGUS_ENDED_NO;
    *(float *)row_at(world, ARGUS_ELAPSED, copy, 0) = elapsed;
    observe(world, copy);
}

static argus_status reset(argus_instance *instance, const uint8_t *mask, const uint64_t *seeds) {
    GridWorld *world = self(instance);
    for (uint32_t copy = 0; copy < world->copies; copy++) {
        if (mask != NULL && mask[copy] == 0) continue;
        begin(&world->game, &world->states[copy], seeds[copy]);
        finish(world, copy, 0, 0, 0);
    }
    return ARGUS_OK;
}

static argus_status step(argus_instance *instance, const uint8_t *mask) {
    GridWorld *world = self(instance);
    const Game *game = &world->game;
    for (uint32_t copy = 0; copy < world->copies; copy++) {
        if (mask != NULL && mask[copy] == 0) continue;
        State *state = &world->states[copy];
        for (int walker = 0; walker < game->agents; walker++)
            move_walker(game, state, walker, *(const int32_t *)row_at(world, ARGUS_ACTION, copy, walker));
        count_shared(game, state);
        int solved = is_solved(game, state);
        finish(world, copy, solved ? 1.0f : -0.01f, solved, 1);
    }
    return ARGUS_OK;
}

static void destroy(argus_instance *instance) { free(self(instance)); }

/* 5 EXTENSIONS -------------------------------------------------------------------------------------------------- */

/* Text that grows up to a limit that no text of this game reaches. */
typedef struct {
    size_t length;
    char bytes[4096];
} Text;

static void append(Text *text, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    int written = vsnprintf(text->bytes + text->length, sizeof text->bytes - text->length, format, arguments);
    va_end(arguments);
    size_t room = sizeof text->bytes - text->length - 1;
    if (written > 0) text->length += (size_t)written < room ? (size_t)written : room;
}

/* The header's (buffer, capacity, needed) convention. */
static argus_status deliver(const void *bytes, size_t size, void *buffer, size_t capacity, size_t *needed) {
    *needed = size;
    if (buffer != NULL) memcpy(buffer, bytes, size < capacity ? size : capacity);
    return ARGUS_OK;
}

static argus_status text_rules(argus_instance *instance, uint32_t agent, char *buffer, size_t capacity,
                               size_t *needed) {
    const Game *game = &self(instance)->game;
    Text text = {0};
    append(&text,
           "You are walker_%u, one of %d walkers on a grid of %d rows and %d columns. Rows are counted from the north, "
           "columns from the west, both from 0. There are %d pads. Your team wins when every pad has a walker on it at "
           "the same time. Until then every step costs a little. You cannot see the other walkers, only how many stand "
           "on each pad. Walkers may share a cell.",
           (unsigned)agent, (int)game->agents, (int)game->size, (int)game->size, (int)game->agents);
    if (game->slip > 0) append(&text, " A move fails in %d of 100 cases.", (int)game->slip);
    return deliver(text.bytes, text.length, buffer, capacity, needed);
}

static argus_status text_situation(argus_instance *instance, uint32_t copy, uint32_t agent, char *buffer,
                                   size_t capacity, size_t *needed) {
    const GridWorld *world = self(instance);
    const State *state = &world->states[copy];
    Cell at = state->walkers[agent];
    Text text = {0};
    append(&text, "You are at row %d, column %d.", (int)at.row, (int)at.column);
    for (int pad = 0; pad < world->game.agents; pad++)
        append(&text, " Pad %d is at row %d, column %d; walkers on it: %d.", pad, (int)state->pads[pad].row,
               (int)state->pads[pad].column, count_at(state->walkers, world->game.agents, state->pads[pad]));
    return deliver(text.bytes, text.length, buffer, capacity, needed);
}

static argus_status text_action(argus_instance *instance, uint32_t copy, uint32_t agent, uint32_t choice, char *buffer,
                                size_t capacity, size_t *needed) {
    (void)instance, (void)copy, (void)agent;
    Text text = {0};
    if (choice < MOVE_COUNT) append(&text, "%s%s", choice == STAY ? "" : "go ", MOVE_NAMES[choice]);
    return deliver(text.bytes, text.length, buffer, capacity, needed);
}

static const argus_text TEXT = {sizeof(argus_text), 0, NULL, text_rules, text_situation, text_action};

static argus_status save(argus_instance *instance, uint32_t copy, uint8_t *buffer, size_t capacity, size_t *needed) {
    return deliver(&self(instance)->states[copy], sizeof(State), buffer, capacity, needed);
}

/* What the rules allow, for bytes may come from anywhere. */
static int is_possible(const Game *game, const State *state) {
    static const Cell nowhere;
    for (int i = 0; i < MAX_AGENTS; i++) {
        if (i >= game->agents) {
            if (!same(state->walkers[i], nowhere) || !same(state->pads[i], nowhere)) return 0;
        } else if (!contains(game, state->walkers[i]) || !contains(game, state->pads[i]) ||
                   count_at(state->pads, i, state->pads[i]) > 0) {
            return 0;
        }
    }
    return state->shared <= UINT32_MAX;
}

static argus_status load(argus_instance *instance, uint32_t copy, const uint8_t *bytes, size_t size,
                         const uint64_t *chance_seed) {
    GridWorld *world = self(instance);
    State restored;
    if (size == sizeof restored) memcpy(&restored, bytes, sizeof restored);
    if (size != sizeof restored || !is_possible(&world->game, &restored)) {
        report(world->host, copy,
               "snapshot: found an impossible state, expected a state of this grid and these walkers");
        return ARGUS_DISCARD;
    }
    if (chance_seed != NULL) restored.random = *chance_seed;
    world->states[copy] = restored;
    observe(world, copy);
    return ARGUS_OK;
}

static const argus_snapshot SNAPSHOT = {sizeof(argus_snapshot), 0, save, load};

static const argus_baseline BASELINES[] = {
    {sizeof(argus_baseline), 1, "planner", "sees all: each walker to the pad that lets the last arrive soonest", 0, 0},
    {sizeof(argus_baseline), 0, "convention", "walker 0 goes to pad 0, walker 1 to pad 1, …", 0, 0},
};

/* The next move to a cell that is so far south and east. */
static int32_t move_by(float rows, float columns) {
    if (rows != 0) return rows < 0 ? NORTH : SOUTH;
    if (columns != 0) return columns < 0 ? WEST : EAST;
    return STAY;
}

typedef struct {
    int time;
    int pads[MAX_AGENTS];
} Assignment;

/* Completes an assignment whose first `count` pads are given so that the last walker arrives soonest, and puts it into
 * `best` if it beats that; so of equal ones the first in alphabetical order wins. */
static void assign(const Game *game, const State *state, Assignment given, int count, Assignment *best) {
    if (count == game->agents) {
        if (given.time < best->time) *best = given;
        return;
    }
    Cell at = state->walkers[count];
    for (int pad = 0; pad < game->agents; pad++) {
        int taken = 0;
        for (int i = 0; i < count; i++) taken |= given.pads[i] == pad;
        if (taken) continue;
        int distance = abs(state->pads[pad].row - at.row) + abs(state->pads[pad].column - at.column);
        Assignment next = given;
        next.pads[count] = pad;
        if (distance > next.time) next.time = distance;
        assign(game, state, next, count + 1, best);
    }
}

static argus_status act_jointly(argus_instance *instance, uint32_t baseline, uint32_t copy, const uint8_t *agents,
                                void *actions, size_t action_stride) {
    (void)baseline; /* `planner`, the only one that sees the state */
    const GridWorld *world = self(instance);
    const State *state = &world->states[copy];
    Assignment best = {.time = 1 << 30};
    assign(&world->game, state, (Assignment){0}, 0, &best);
    for (int walker = 0; walker < world->game.agents; walker++) {
        if (agents[walker] == 0) continue;
        Cell at = state->walkers[walker], pad = state->pads[best.pads[walker]];
        *(int32_t *)((char *)actions + (size_t)walker * action_stride) =
            move_by((float)(pad.row - at.row), (float)(pad.column - at.column));
    }
    return ARGUS_OK;
}

static argus_status act_locally(argus_instance *instance, uint32_t baseline, uint32_t agent, const float *observation,
                                const uint8_t *legal, void *memory, void *action) {
    (void)instance, (void)baseline, (void)legal, (void)memory; /* `convention`, the only local one */
    *(int32_t *)action = move_by(observation[2 + 3 * agent], observation[3 + 3 * agent]);
    return ARGUS_OK;
}

static const argus_baselines BASELINE = {sizeof(argus_baselines), sizeof BASELINES / sizeof *BASELINES, BASELINES,
                                         act_jointly, act_locally};

/* Each cell is two characters: the walker's number, `+` for several, `.` for none; then `o` if it is a pad. */
static argus_status render_text(argus_instance *instance, uint32_t copy, uint32_t color, char *buffer, size_t capacity,
                                size_t *needed) {
    const GridWorld *world = self(instance);
    const Game *game = &world->game;
    const State *state = &world->states[copy];
    Text text = {0};
    for (int32_t row = 0; row < game->size; row++) {
        for (int32_t column = 0; column < game->size; column++) {
            Cell at = {row, column};
            int here = count_at(state->walkers, game->agents, at);
            int is_pad = count_at(state->pads, game->agents, at) > 0;
            char walker = here > 1 ? '+' : '.';
            for (int i = 0; here == 1 && i < game->agents; i++)
                if (same(state->walkers[i], at)) walker = (char)('0' + i);
            if (is_pad && color)
                append(&text, "\x1B[%dm%co\x1B[0m", here == 0 ? 33 : 32, walker);
            else
                append(&text, "%c%c", walker, is_pad ? 'o' : ' ');
        }
        append(&text, "\n");
    }
    return deliver(text.bytes, text.length, buffer, capacity, needed);
}

static const argus_render RENDER = {sizeof(argus_render), 0, render_text};

static const argus_metric METRICS[] = {
    {sizeof(argus_metric), ARGUS_METRIC_FRACTION, "solved", "1 if all pads were pressed at once"},
    {sizeof(argus_metric), ARGUS_METRIC_COUNT, "shared", "steps of walkers on a pad that had one already"},
};

static argus_status metric_values(argus_instance *instance, uint32_t copy, double *values) {
    const GridWorld *world = self(instance);
    values[0] = is_solved(&world->game, &world->states[copy]);
    values[1] = (double)world->states[copy].shared;
    return ARGUS_OK;
}

static const argus_metrics METRIC = {sizeof(argus_metrics), sizeof METRICS / sizeof *METRICS, METRICS, metric_values};

static const void *get_extension(argus_instance *instance, const char *id) {
    (void)instance;
    if (strcmp(id, ARGUS_TEXT_V1) == 0) return &TEXT;
    if (strcmp(id, ARGUS_SNAPSHOT_V1) == 0) return &SNAPSHOT;
    if (strcmp(id, ARGUS_BASELINE_V1) == 0) return &BASELINE;
    if (strcmp(id, ARGUS_RENDER_V1) == 0) return &RENDER;
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
    Game game;
    if (!read_parameters(parameters, &game, host)) return ARGUS_ERROR;
    GridWorld *world = calloc(1, sizeof *world + copies * sizeof *world->states);
    if (world == NULL) {
        report(host, -1, "memory: found too little for %u copies", (unsigned)copies);
        return ARGUS_ERROR;
    }
    world->game = game;
    world->host = host;
    world->copies = copies;
    fill_specification(&world->specification, &game);
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
    .name = "gridworld-c",
    .version = "1.0.0",
    .license = "Apache-2.0",
    .environment_count = 1,
    .descriptor = get_descriptor,
    .create = create,
};

/* The one symbol that the host looks up; all else here is static. */
const argus_plugin *argus_plugin_entry_v1(uint32_t host_minor) {
    (void)host_minor; /* this plugin needs nothing that a host of minor version 0 lacks */
    return &PLUGIN;
}
