/* argus_env.h: the boundary between ArgusOrch and an environment plugin, major version 1.
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * This header is the specification. A plugin is a shared library that exports one C function,
 * argus_plugin_entry_v1; everything else is reached through the structs below. Any language that can export a C
 * function can be a plugin: this header needs nothing but <stdint.h> and <stddef.h>.
 *
 * CONTENTS
 *   1  Conventions: versions, ownership, threads, errors, text
 *   2  Status
 *   3  Specification: agents, tensors, parameters
 *   4  Buffers
 *   5  Host
 *   6  Instance: bind, reset, step
 *   7  Plugin and entry
 *   8  Extensions: text, snapshot, baseline, render, metrics, continuation
 *
 * 1 CONVENTIONS
 *
 * Versions.  The major version is part of the entry's name, so an incompatible library simply lacks the symbol.
 *   Within a major version structs only grow at their end and extensions are only added. Every struct begins with
 *   `struct_size`, set by whoever fills it to the size that it was compiled with; a reader uses no field beyond
 *   that size, and elements of an array of structs are `struct_size` apart. Reserved fields are zero.
 *
 * Ownership.  What a plugin returns by pointer (descriptors, specification, extensions, strings in them) belongs
 *   to the plugin and stays valid and unchanged until the instance (for what an instance returned) or the process
 *   (for what the plugin returned) ends. What the host passes by pointer is valid during that call only, except
 *   the `argus_host` given to create() and the buffers given to bind(). Variable-sized results are written into
 *   memory of the caller: (buffer, capacity, *needed); the callee sets *needed, writes at most `capacity` bytes,
 *   and returns ARGUS_OK also when capacity was too small (the caller then calls again). Libraries are never
 *   unloaded.
 *
 * Threads.  Each function carries one of these tags:
 *   [any]       may be called on any thread at any time, also concurrently.
 *   [instance]  never two calls at a time on one instance, but not always from the same thread. Different
 *               instances are called concurrently: a plugin keeps no mutable process-wide state and no
 *               process-wide random generator.
 *
 * Errors.  A function that can fail returns an argus_status. Before it returns anything but ARGUS_OK it calls
 *   host->report with the reason. Nothing unwinds across this boundary: no C++ exception, no Swift error, no
 *   longjmp, no exit(), no abort().
 *
 * Text.  UTF-8, NUL-terminated where the type is `const char *`, not NUL-terminated where a size is given.
 *
 * Numbers.  Little-endian IEEE 754. Results depend on (environment, parameters, seed, actions) alone: not on the
 *   number of copies, the thread, other instances, or what ran before.
 */
#ifndef ARGUS_ENV_H
#define ARGUS_ENV_H

#include <stddef.h>
#include <stdint.h>

#if defined(__clang__)
#pragma clang diagnostic push
#pragma clang diagnostic ignored "-Wnullability-extension"
#define ARGUS_NONNULL _Nonnull
#define ARGUS_NULLABLE _Nullable
#else
#define ARGUS_NONNULL
#define ARGUS_NULLABLE
#endif

#ifdef __cplusplus
extern "C" {
#endif

#define ARGUS_ABI_MAJOR 1u
#define ARGUS_ABI_MINOR 1u

/* 2 STATUS ------------------------------------------------------------------------------------------------------ */

typedef int32_t argus_status;

/* Done. */
#define ARGUS_OK 0
/* reset() or step(): at least one copy's episode is invalid (its `ended` value is ARGUS_ENDED_FAILED). The host
 * drops that episode, counts it as failed, and resets the copy. Other copies and the instance go on. */
#define ARGUS_DISCARD 1
/* This call had no effect that can be relied on; the instance must not be used again except for destroy(). */
#define ARGUS_ERROR 2
/* The whole plugin is unusable: nothing of it is called again in this process. */
#define ARGUS_FATAL 3

/* 3 SPECIFICATION ----------------------------------------------------------------------------------------------- */

/* Agents are fixed slots: an agent that is dead, absent or busy keeps its slot and its rows. */
typedef struct argus_agent {
    uint32_t struct_size;
    /* Index of the agent's group (its team), 0 <= group < group_count. Most environments have one group. */
    uint32_t group;
    /* Unique within the environment, [A-Za-z0-9_]+, such as "robot_0". */
    const char *ARGUS_NONNULL name;
    /* What kind of agent it is, such as "robot" or "medic". Agents of one role have the same true sizes. */
    const char *ARGUS_NONNULL role;
    /* Components of the observation row that are this agent's own (<= the padded width); the rest is zero. */
    uint32_t observation_size;
    /* Discrete actions: the number of choices of each head, `action_heads` entries (<= the padded sizes; 0 for a
     * head that this agent lacks). NULL when actions are continuous. */
    const uint32_t *ARGUS_NULLABLE head_sizes;
    /* Continuous actions: components that are this agent's own. 0 when actions are discrete. */
    uint32_t action_size;
    uint32_t reserved;
} argus_agent;

/* What a tensor is for. The row axis and the dtype follow from the role; `width` is the row's length.
 *
 *   role                       dtype  rows        width                     written by
 *   ARGUS_OBSERVATION          f32    agent       largest observation_size  plugin
 *   ARGUS_ACTION               i32    agent       number of heads           host (discrete)
 *                              f32    agent       largest action_size       host (continuous)
 *   ARGUS_LEGAL                u8     agent       sum of padded head sizes  plugin; 1 legal, 0 illegal
 *   ARGUS_ACTING               u8     agent       1                         plugin; 1 decides at the next step
 *   ARGUS_TERMINATED           u8     agent       1                         plugin; 1 out for the rest of the episode
 *   ARGUS_REWARD               f32    agent or group  1                     plugin
 *   ARGUS_STATE                f32    copy        any; optional             plugin; the global state
 *   ARGUS_ENDED                u8     copy        1                         plugin; ARGUS_ENDED_*
 *   ARGUS_ELAPSED              f32    copy        1                         plugin; simulated time of this step
 *
 * All roles but ARGUS_LEGAL (absent with continuous actions) and ARGUS_STATE must be present, once, in this order.
 *
 * Acting.  A row that is not acting has only choice 0 of each head legal; its action is ignored. At least one choice
 *   of every head of every row is legal. A legal action has an effect for some joint action of the others; an
 *   illegal one within range follows the environment's own rule and is no error. An action out of range never
 *   reaches a plugin.
 * Reward.  Of the step just made. Scope group: one row a group, shared by its agents; scope agent: one row an agent.
 *   The return of an episode is the sum over the group's agents (scope agent) or the group's value (scope group).
 * Elapsed.  1 where steps are even.
 */
#define ARGUS_OBSERVATION 1u
#define ARGUS_ACTION 2u
#define ARGUS_LEGAL 3u
#define ARGUS_ACTING 4u
#define ARGUS_TERMINATED 5u
#define ARGUS_REWARD 6u
#define ARGUS_STATE 7u
#define ARGUS_ENDED 8u
#define ARGUS_ELAPSED 9u
#define ARGUS_ROLE_COUNT 10u /* size of an array indexed by role; index 0 is unused */

#define ARGUS_F32 1u
#define ARGUS_I32 2u
#define ARGUS_U8 3u

#define ARGUS_ROWS_COPY 1u
#define ARGUS_ROWS_AGENT 2u
#define ARGUS_ROWS_GROUP 3u

/* Values of ARGUS_ENDED. The horizon is the host's, which also sets "truncated": a plugin ends an episode only by
 * rule. CUT_SHORT (since minor version 1) is for an environment with a time limit of its own that cannot be switched
 * off: the host takes the episode as truncated. */
#define ARGUS_ENDED_NO 0
#define ARGUS_ENDED_TERMINATED 1
#define ARGUS_ENDED_FAILED 2
#define ARGUS_ENDED_CUT_SHORT 3

typedef struct argus_tensor {
    uint32_t struct_size;
    uint32_t role;
    uint32_t dtype;
    uint32_t rows;
    uint32_t width;
    uint32_t reserved;
    /* Bounds of each component, `width` entries each, low <= high; both NULL: unbounded. For observations, states,
     * rewards and continuous actions. */
    const float *ARGUS_NULLABLE low;
    const float *ARGUS_NULLABLE high;
} argus_tensor;

/* A named run of components of an observation row or of the global state, for people and for text views. */
typedef struct argus_segment {
    uint32_t struct_size;
    uint32_t offset;
    uint32_t count;
    uint32_t reserved;
    const char *ARGUS_NONNULL name;
    const char *ARGUS_NONNULL description;
} argus_segment;

typedef struct argus_specification {
    uint32_t struct_size;
    uint32_t agent_count;
    const argus_agent *ARGUS_NONNULL agents;
    uint32_t group_count;
    uint32_t tensor_count;
    const char *ARGUS_NONNULL const *ARGUS_NONNULL groups; /* names, unique */
    const argus_tensor *ARGUS_NONNULL tensors;
    /* Discrete actions: number of heads and the padded size of each. 0 and NULL when actions are continuous. */
    uint32_t action_heads;
    uint32_t observation_segment_count;
    const uint32_t *ARGUS_NULLABLE head_sizes;
    /* Names of the choices of head 0 in order, then of head 1, …: sum of padded head sizes entries; or NULL. A run of
       VERB_THING_0, VERB_THING_1, … is about the things of the observation segments THING_0, THING_1, … */
    const char *ARGUS_NONNULL const *ARGUS_NULLABLE action_names;
    /* Optional; when given they cover a row without overlap. Neighbours of one size that are called THING_0, THING_1, …
       are things of one kind, whose order means nothing. */
    const argus_segment *ARGUS_NULLABLE observation_segments;
    const argus_segment *ARGUS_NULLABLE state_segments;
    uint32_t state_segment_count;
    /* Steps after which the environment's authors end an episode, as a proposal to scenario files; 0: none. */
    uint32_t suggested_horizon;
} argus_specification;

/* Kinds of parameters, and so the JSON type of their values. */
#define ARGUS_PARAMETER_INTEGER 1u
#define ARGUS_PARAMETER_NUMBER 2u
#define ARGUS_PARAMETER_BOOLEAN 3u
#define ARGUS_PARAMETER_STRING 4u
#define ARGUS_PARAMETER_CHOICE 5u /* a string out of `choices` */

typedef struct argus_parameter {
    uint32_t struct_size;
    uint32_t kind;
    const char *ARGUS_NONNULL name;
    const char *ARGUS_NONNULL description;
    /* As JSON, such as "2", "true" or "\"tiny\"". */
    const char *ARGUS_NONNULL default_value;
    /* Range of INTEGER and NUMBER, both ends included. */
    double minimum;
    double maximum;
    /* CHOICE: the legal strings. */
    const char *ARGUS_NONNULL const *ARGUS_NULLABLE choices;
    uint32_t choice_count;
    uint32_t reserved;
} argus_parameter;

/* What can be known of an environment without making one. */
typedef struct argus_descriptor {
    uint32_t struct_size;
    uint32_t parameter_count;
    const char *ARGUS_NONNULL id;      /* [a-z0-9-]+ such as "warehouse"; unique among all plugins */
    const char *ARGUS_NONNULL version; /* of the rules: changes when the same seed and actions give another episode */
    const char *ARGUS_NONNULL summary; /* one sentence */
    const char *ARGUS_NONNULL rules;   /* the rules in prose, as long as needed */
    const char *ARGUS_NONNULL source;  /* where the rules come from: paper, package and version; "" if original */
    const argus_parameter *ARGUS_NULLABLE parameters;
    /* Ids of the extensions that instances offer, such as "argus.text/1". */
    const char *ARGUS_NONNULL const *ARGUS_NULLABLE capabilities;
    uint32_t capability_count;
    uint32_t reserved;
} argus_descriptor;

/* 4 BUFFERS ----------------------------------------------------------------------------------------------------- */

/* Where the rows of one tensor are. Row r of copy c begins at base + c * copy_stride + r * row_stride (bytes); its
 * `width` elements are contiguous; what lies between two rows belongs to the host and is not touched. The first row
 * of the whole batch is 64-byte aligned; every row is aligned to its element. base is NULL for a tensor that the
 * host does not want (only ARGUS_LEGAL and ARGUS_STATE can be): the plugin skips it. */
typedef struct argus_buffer {
    void *ARGUS_NULLABLE base;
    uint64_t copy_stride;
    uint64_t row_stride;
} argus_buffer;

/* Indexed by role. */
typedef struct argus_buffers {
    uint32_t struct_size;
    uint32_t reserved;
    argus_buffer tensor[ARGUS_ROLE_COUNT];
} argus_buffers;

/* 5 HOST -------------------------------------------------------------------------------------------------------- */

#define ARGUS_INFORMATION 1
#define ARGUS_WARNING 2
#define ARGUS_FAILURE 3

typedef struct argus_host argus_host;
struct argus_host {
    uint32_t struct_size;
    uint32_t abi_minor;
    void *ARGUS_NULLABLE data; /* the host's own */
    /* [any, during a call into the instance that this host struct was given to] Reports in words; `copy` is the index
     * of the copy concerned, or -1. The message is copied. */
    void (*ARGUS_NONNULL report)(const argus_host *ARGUS_NONNULL host, int32_t severity, int64_t copy,
                                 const char *ARGUS_NONNULL message);
    /* [any] A host service by id, or NULL. None are defined in minor version 0. */
    const void *ARGUS_NULLABLE (*ARGUS_NONNULL get_extension)(const argus_host *ARGUS_NONNULL host,
                                                              const char *ARGUS_NONNULL id);
};

/* 6 INSTANCE ---------------------------------------------------------------------------------------------------- */

/* A batch of copies of one environment with the same parameters. Calls come in the order
 *   create, specification*, bind, reset(all), (step | reset | bind | extension)*, destroy;
 * destroy may come at any point.
 * Zero copies are legal, and so is a mask that selects none. */
typedef struct argus_instance argus_instance;
struct argus_instance {
    uint32_t struct_size;
    uint32_t reserved;
    void *ARGUS_NULLABLE data; /* the plugin's own */

    /* [any] The same for every instance with the same parameters. */
    const argus_specification *ARGUS_NONNULL (*ARGUS_NONNULL specification)(argus_instance *ARGUS_NONNULL instance);

    /* [instance] From now on tensors are read from and written to these buffers, which live until the next bind or
     * destroy. Copies the struct. Writes nothing into the buffers. */
    argus_status (*ARGUS_NONNULL bind)(argus_instance *ARGUS_NONNULL instance,
                                       const argus_buffers *ARGUS_NONNULL buffers);

    /* [instance] Begins a new episode in every copy c with mask[c] != 0 (mask NULL: in all), fixed by seeds[c] alone.
     * Writes all rows of those copies: observation, legal, acting, state as they are at the start; terminated, reward,
     * ended 0; elapsed 0. Rows of other copies are not touched. */
    argus_status (*ARGUS_NONNULL reset)(argus_instance *ARGUS_NONNULL instance, const uint8_t *ARGUS_NULLABLE mask,
                                        const uint64_t *ARGUS_NONNULL seeds);

    /* [instance] Makes one step in every copy c with mask[c] != 0 (mask NULL: in all) with the actions found in the
     * ARGUS_ACTION buffer, and writes all rows of those copies. Rows of other copies are not touched. A copy whose
     * episode has ended is never stepped before it is reset. Never resets by itself. When a copy ends by rule, ended
     * and every agent's terminated are 1, and observation and state are the final ones. */
    argus_status (*ARGUS_NONNULL step)(argus_instance *ARGUS_NONNULL instance, const uint8_t *ARGUS_NULLABLE mask);

    /* [instance] Frees all. The instance pointer is invalid afterwards. */
    void (*ARGUS_NONNULL destroy)(argus_instance *ARGUS_NONNULL instance);

    /* [any] A struct of this header's section 8 by id, or NULL for any id that is not offered exactly. */
    const void *ARGUS_NULLABLE (*ARGUS_NONNULL get_extension)(argus_instance *ARGUS_NONNULL instance,
                                                              const char *ARGUS_NONNULL id);
};

/* 7 PLUGIN AND ENTRY -------------------------------------------------------------------------------------------- */

typedef struct argus_plugin {
    uint32_t struct_size;
    uint32_t abi_minor; /* ARGUS_ABI_MINOR that the plugin was compiled with */
    const char *ARGUS_NONNULL name;
    const char *ARGUS_NONNULL version;
    const char *ARGUS_NONNULL license; /* SPDX identifier, or "" */
    uint32_t environment_count;
    uint32_t reserved;

    /* [any] NULL when index >= environment_count. */
    const argus_descriptor *ARGUS_NULLABLE (*ARGUS_NONNULL descriptor)(uint32_t index);

    /* [any] Makes an instance with `copies` copies. `parameters` is a JSON object; missing keys take their defaults,
     * unknown keys and values out of range are an error. On ARGUS_OK *instance is set; otherwise it is NULL. An
     * unknown environment id is an error. `host` stays valid until destroy(). */
    argus_status (*ARGUS_NONNULL create)(const char *ARGUS_NONNULL environment_id, const char *ARGUS_NONNULL parameters,
                                         uint32_t copies, const argus_host *ARGUS_NONNULL host,
                                         argus_instance *ARGUS_NULLABLE *ARGUS_NONNULL instance);
} argus_plugin;

/* [any] The one exported symbol. `host_minor` is the host's ARGUS_ABI_MINOR. The result is immutable and lives as long
 * as the process; NULL if the plugin cannot work with this host. May be called more than once. */
const argus_plugin *ARGUS_NULLABLE argus_plugin_entry_v1(uint32_t host_minor);
typedef const argus_plugin *ARGUS_NULLABLE (*argus_plugin_entry_function)(uint32_t host_minor);

/* 8 EXTENSIONS -------------------------------------------------------------------------------------------------- */
/* All functions are [instance]; `copy` < copies, `agent` < agent_count, `baseline` < count and `choice` < the width of a
 * legal row always hold. Functions without a `copy` also work when there are no copies. */

/* argus.text/1: the same task in words. Never anything that the agent's observation row does not contain, and nothing
 * less, up to `quanta`: equal rows give equal texts. */
#define ARGUS_TEXT_V1 "argus.text/1"
typedef struct argus_text {
    uint32_t struct_size;
    uint32_t reserved;
    /* How far the text rounds each observation component: `width` entries, >= 0; NULL: not at all. */
    const float *ARGUS_NULLABLE quanta;
    /* Role and rules: depend on parameters and agent only. */
    argus_status (*ARGUS_NONNULL rules)(argus_instance *ARGUS_NONNULL instance, uint32_t agent,
                                        char *ARGUS_NULLABLE buffer, size_t capacity, size_t *ARGUS_NONNULL needed);
    /* The situation now, as this agent sees it. */
    argus_status (*ARGUS_NONNULL situation)(argus_instance *ARGUS_NONNULL instance, uint32_t copy, uint32_t agent,
                                            char *ARGUS_NULLABLE buffer, size_t capacity, size_t *ARGUS_NONNULL needed);
    /* One choice in words, unique among the legal choices of its head. `choice` counts through all heads in the order
     * of the ARGUS_LEGAL row. */
    argus_status (*ARGUS_NONNULL action)(argus_instance *ARGUS_NONNULL instance, uint32_t copy, uint32_t agent,
                                         uint32_t choice, char *ARGUS_NULLABLE buffer, size_t capacity,
                                         size_t *ARGUS_NONNULL needed);
} argus_text;

/* argus.snapshot/1: the whole dynamic state of one copy as bytes. A restored copy continues exactly as the saved one
 * would have. The host adds version, specification hash and checksum, so load() need not defend against other
 * versions, but it must refuse any bytes that are not a state with ARGUS_DISCARD, leaving the copy as it was. */
#define ARGUS_SNAPSHOT_V1 "argus.snapshot/1"
typedef struct argus_snapshot {
    uint32_t struct_size;
    uint32_t reserved;
    argus_status (*ARGUS_NONNULL save)(argus_instance *ARGUS_NONNULL instance, uint32_t copy,
                                       uint8_t *ARGUS_NULLABLE buffer, size_t capacity, size_t *ARGUS_NONNULL needed);
    /* Also writes observation, legal, acting and state rows of the copy. With `chance_seed` the future's chance is
     * drawn from that seed instead of the saved stream, so that branches differ. */
    argus_status (*ARGUS_NONNULL load)(argus_instance *ARGUS_NONNULL instance, uint32_t copy,
                                       const uint8_t *ARGUS_NONNULL bytes, size_t size,
                                       const uint64_t *ARGUS_NULLABLE chance_seed);
} argus_snapshot;

/* argus.baseline/1: scripted policies that the environment brings along. */
#define ARGUS_BASELINE_V1 "argus.baseline/1"
typedef struct argus_baseline {
    uint32_t struct_size;
    /* 1: decides for the whole team from the full state (centralised execution, and so labelled); 0: each agent decides
     * from its own observation row. */
    uint32_t sees_state;
    const char *ARGUS_NONNULL name; /* [a-z0-9-]+ */
    const char *ARGUS_NONNULL description;
    /* Bytes of memory that a local baseline wants for each agent and copy; zeroed by the host at each reset. */
    uint32_t memory_size;
    uint32_t reserved;
} argus_baseline;
typedef struct argus_baselines {
    uint32_t struct_size;
    uint32_t count; /* the first is the default */
    const argus_baseline *ARGUS_NONNULL baselines;
    /* sees_state = 1: writes the action rows (`action_stride` bytes apart) of all agents with agents[a] != 0 for one
     * copy. What a baseline remembers between steps is part of the copy, begins anew at reset, and must not change what
     * step() does. `actions` is i32 or f32 as ARGUS_ACTION is. */
    argus_status (*ARGUS_NONNULL act_jointly)(argus_instance *ARGUS_NONNULL instance, uint32_t baseline, uint32_t copy,
                                              const uint8_t *ARGUS_NONNULL agents, void *ARGUS_NONNULL actions,
                                              size_t action_stride);
    /* sees_state = 0: writes one agent's action row from its observation row, its legal row (NULL: all legal) and its
     * memory alone; must not read the instance's copies. */
    argus_status (*ARGUS_NONNULL act_locally)(argus_instance *ARGUS_NONNULL instance, uint32_t baseline, uint32_t agent,
                                              const float *ARGUS_NONNULL observation,
                                              const uint8_t *ARGUS_NULLABLE legal, void *ARGUS_NULLABLE memory,
                                              void *ARGUS_NONNULL action);
} argus_baselines;

/* argus.render/1: a picture of one copy for people, as text. May show everything. */
#define ARGUS_RENDER_V1 "argus.render/1"
typedef struct argus_render {
    uint32_t struct_size;
    uint32_t reserved;
    /* `color` != 0: ANSI colour sequences may be used. Lines end in \n. */
    argus_status (*ARGUS_NONNULL text)(argus_instance *ARGUS_NONNULL instance, uint32_t copy, uint32_t color,
                                       char *ARGUS_NULLABLE buffer, size_t capacity, size_t *ARGUS_NONNULL needed);
} argus_render;

/* argus.metrics/1: named numbers of the episode so far. */
#define ARGUS_METRICS_V1 "argus.metrics/1"
#define ARGUS_METRIC_COUNT 1u    /* how often: not negative, averaged over episodes */
#define ARGUS_METRIC_FRACTION 2u /* in [0, 1] */
#define ARGUS_METRIC_NUMBER 3u
typedef struct argus_metric {
    uint32_t struct_size;
    uint32_t kind;
    const char *ARGUS_NONNULL name; /* [a-z0-9_]+ */
    const char *ARGUS_NONNULL description;
} argus_metric;
typedef struct argus_metrics {
    uint32_t struct_size;
    uint32_t count;
    const argus_metric *ARGUS_NONNULL metrics;
    /* Writes `count` values: the metrics of the copy's episode up to now; NaN: undefined for this episode. */
    argus_status (*ARGUS_NONNULL values)(argus_instance *ARGUS_NONNULL instance, uint32_t copy,
                                         double *ARGUS_NONNULL values);
} argus_metrics;

/* argus.continuation/1 (since minor version 1): for instances that are far away, so that a step and the resets that follow
 * it are one round trip. Called right before a step() with what the host will ask for afterwards; an instance that
 * makes use of it does the announced resets ahead, and nothing else changes: reset() is called all the same, and may be
 * called with other seeds. `copies` values in each array, valid during the call only. */
#define ARGUS_CONTINUATION_V1 "argus.continuation/1"
#define ARGUS_PLAN_LAST 2u     /* the host truncates the episode after this step */
#define ARGUS_PLAN_CONTINUE 4u /* if the episode is over with this step, the next one begins with seeds[c] */
typedef struct argus_continuation {
    uint32_t struct_size;
    uint32_t reserved;
    argus_status (*ARGUS_NONNULL plan)(argus_instance *ARGUS_NONNULL instance, const uint8_t *ARGUS_NONNULL plan,
                                       const uint64_t *ARGUS_NONNULL seeds);
} argus_continuation;

#ifdef __cplusplus
}
#endif
#if defined(__clang__)
#pragma clang diagnostic pop
#endif
#endif
