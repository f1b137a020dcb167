/* argus_client.h: ArgusOrch's environments for other languages, major version 1.
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * This header is the specification. libArgusClient.so exports these functions; the Python package argus-env calls them
 * through ctypes, and any language that can call C can do the same. The library runs the host in the caller's process
 * and does not depend on libtorch.
 *
 *     argus_client_handle environment;
 *     if (argus_client_create("warehouse/tiny-2ag", 64, 1, &environment) != ARGUS_CLIENT_OK) { ... }
 *     argus_client_buffer actions;
 *     argus_client_get_buffer(environment, ARGUS_CLIENT_ACTIONS, &actions);
 *     uint64_t seed = 7;
 *     argus_client_reset(environment, ARGUS_CLIENT_STREAM, &seed, 1);
 *     for (;;) {
 *         ... write actions.data: int32_t [64, 2, 1] ...
 *         int64_t ended = argus_client_step(environment);
 *         if (ended < 0) { ... }
 *     }
 *     argus_client_close(environment);
 *
 * CONTENTS
 *   1  Conventions: versions, handles, ownership, threads, errors
 *   2  Version and errors
 *   3  Making and describing an environment
 *   4  Buffers
 *   5  Reset and step
 *   6  Text, pictures, snapshots
 *   7  Actions of policies that are built in
 *
 * 1 CONVENTIONS
 *
 * Versions.  argus_client_version() is major * 65536 + minor. Within a major version functions, roles and keys of the
 *   description are only added.
 *
 * Handles.  A handle names one vector environment: many copies of one scenario, stepped together. Handles are numbers
 *   that are never used twice in a process: one that was closed, or was never valid, gives ARGUS_CLIENT_CLOSED.
 *
 * Ownership.  Buffers belong to the environment: they stay where they are until argus_client_close() and are
 *   overwritten by reset, step and restore. What the caller passes by pointer is used during the call only. Results of
 *   unknown size are written into the caller's memory: (buffer, capacity, needed); `*needed` is set to the whole size
 *   in bytes, at most `capacity` bytes are written, and the call succeeds also when capacity was too small: call again
 *   with enough. Texts are UTF-8 and not NUL-terminated.
 *
 * Threads.  Every function may be called on any thread. One call at a time uses an environment: while one runs, any
 *   other with the same handle fails at once with ARGUS_CLIENT_BUSY and does nothing. Whoever reads the buffers must
 *   see to it that no other thread steps meanwhile. Different environments are used concurrently.
 *   After fork() the child may use environments of one thread; the threads of others are not there, and every call
 *   gives ARGUS_CLIENT_ERROR.
 *
 * Errors.  Functions return a status. After any status but ARGUS_CLIENT_OK, argus_client_error() gives the reason in
 *   words on the thread that made the call. A bad argument is an error, never a crash: NULL, an index or a size out of
 *   range, a stale handle. Only pointers to memory that is not there cannot be caught.
 */
#ifndef ARGUS_CLIENT_H
#define ARGUS_CLIENT_H

#include <stddef.h>
#include <stdint.h>

#if defined(__clang__)
#pragma clang diagnostic push
#pragma clang diagnostic ignored "-Wnullability-extension"
#define ARGUS_CLIENT_NULLABLE _Nullable
#else
#define ARGUS_CLIENT_NULLABLE
#endif

#ifdef __cplusplus
extern "C" {
#endif

#define ARGUS_CLIENT_MAJOR 1
#define ARGUS_CLIENT_MINOR 0

typedef uint64_t argus_client_handle;

typedef int32_t argus_client_status;

/* Done. */
#define ARGUS_CLIENT_OK 0
/* The environment or the files it needs: the message has the shape `WHAT (WHERE): found X, expected Y. Try Z.` */
#define ARGUS_CLIENT_ERROR 1
/* Another thread is using this environment. */
#define ARGUS_CLIENT_BUSY 2
/* The handle was closed or never valid. */
#define ARGUS_CLIENT_CLOSED 3
/* NULL, an index or a size out of range, or a call at the wrong time (a step before the first reset). */
#define ARGUS_CLIENT_ARGUMENT 4

/* 2 VERSION AND ERRORS ------------------------------------------------------------------------------------------ */

/* ARGUS_CLIENT_MAJOR * 65536 + ARGUS_CLIENT_MINOR of the library that is loaded. */
uint32_t argus_client_version(void);

/* Why the last call on this thread failed. Writes at most `capacity` bytes, which are not NUL-terminated; returns the
 * whole size, 0 if nothing has failed on this thread. Calls that succeed leave the text as it is. */
size_t argus_client_error(char *ARGUS_CLIENT_NULLABLE buffer, size_t capacity);

/* 3 MAKING AND DESCRIBING AN ENVIRONMENT ------------------------------------------------------------------------ */

/* The ids of all scenarios, one a line. Errors: no folder of scenarios. */
argus_client_status argus_client_scenarios(
    char *ARGUS_CLIENT_NULLABLE buffer, size_t capacity, size_t *ARGUS_CLIENT_NULLABLE needed);

/* Makes `copies` (1 to 1,048,576) copies of a scenario, stepped by at most `threads` threads (>= 1; the calling thread
 * is one of them).
 *   scenario  an id such as "warehouse/tiny-2ag", or the path of a scenario's file.
 *   handle    set to the new environment's handle, or to 0. Close it with argus_client_close().
 * Scenarios are found in $ARGUS_HOME/Scenarios, else in the first folder `Scenarios` in a folder above this library;
 * plugins on $ARGUS_PLUGIN_PATH, else beside this library.
 * Errors: an unknown scenario, a bad file, a plugin that is missing or broken. */
argus_client_status argus_client_create(
    const char *ARGUS_CLIENT_NULLABLE scenario, uint32_t copies, uint32_t threads,
    argus_client_handle *ARGUS_CLIENT_NULLABLE handle);

/* Frees the environment and its buffers and ends its threads. Errors: busy, closed already. */
argus_client_status argus_client_close(argus_client_handle handle);

/* What the environment is, as one JSON object:
 *   scenario        {id, version, description, file, horizon, reward, state, masks,
 *                   communication {topology, symbols, characters, per_step, per_episode, delay, loss, shuffle},
 *                   score {metric, floor, ceiling, why},
 *                   references [{algorithm, metric, mean, ci95, std, steps, source}]}
 *   environment     what steps it, for people
 *   copies, threads
 *   agents          [{name, role, group, observation_size, action_sizes}]: true sizes; `group` indexes `groups`;
 *                   action_sizes has an entry for each head (0: the agent lacks it), or one for continuous actions
 *   groups          names
 *   observation     {size, low, high, segments [{name, offset, count, description}]}; low and high may be absent
 *   actions         {kind: "discrete", heads [sizes], names} or {kind: "continuous", size, low, high}
 *   state           {size, low, high, segments}: what the state buffers hold, whether native or concatenated
 *   metrics         [{name, kind: count | fraction | number, description}]
 *   baselines       [{name, sees_state, description}]: scripted policies, the default first
 *   text, snapshot, render   true where the functions of part 6 work
 *   text_quanta     how far the text rounds each component of an observation; absent: not at all
 *   specification   fingerprint: snapshots fit environments with the same
 * Absent means none. Numbers that are not finite are the strings "inf", "-inf" and "nan". */
argus_client_status argus_client_describe(
    argus_client_handle handle, char *ARGUS_CLIENT_NULLABLE buffer, size_t capacity,
    size_t *ARGUS_CLIENT_NULLABLE needed);

/* 4 BUFFERS ----------------------------------------------------------------------------------------------------- */

#define ARGUS_CLIENT_F32 1u
#define ARGUS_CLIENT_F64 2u
#define ARGUS_CLIENT_I32 3u
#define ARGUS_CLIENT_I64 4u
#define ARGUS_CLIENT_U64 5u
/* One byte, 0 or 1. */
#define ARGUS_CLIENT_BOOL 6u

/* A role's buffer: contiguous, little-endian, begins at a multiple of 64 bytes.
 *
 *   role                              dtype  shape                       written by
 *   ARGUS_CLIENT_ACTIONS              i32    copies, agents, heads       caller (discrete actions)
 *                                     f32    copies, agents, size        caller (continuous)
 *  What agents see now; of the next episode where one ended:
 *   ARGUS_CLIENT_OBSERVATIONS         f32    copies, agents, size        reset, step, restore
 *   ARGUS_CLIENT_LEGAL                bool   copies, agents, choices     ...; heads one after the other
 *   ARGUS_CLIENT_ACTING               bool   copies, agents              ...; who decides at the next step
 *   ARGUS_CLIENT_STATE                f32    copies, size                ...; for central critics in training alone
 *   ARGUS_CLIENT_ACTIVE               bool   copies                      ...; 0 once all episodes of a list are played
 *   ARGUS_CLIENT_SEEDS                u64    copies                      ...; of the running episode
 *   ARGUS_CLIENT_STEPS                i64    copies                      ...; made in the running episode
 *  Of the last step:
 *   ARGUS_CLIENT_REWARDS              f32    copies, agents              step
 *   ARGUS_CLIENT_AGENT_TERMINATED     bool   copies, agents              step; out for the rest of the episode
 *   ARGUS_CLIENT_TERMINATED           bool   copies                      step; the episode ended by rule
 *   ARGUS_CLIENT_TRUNCATED            bool   copies                      step; ... at the horizon: bootstrap from the
 *                                                                        final observation or state
 *   ARGUS_CLIENT_FAILED               bool   copies                      step; ... is invalid and must be dropped
 *   ARGUS_CLIENT_ELAPSED              f32    copies                      step; simulated time, 1 where steps are even
 *  Of episodes that ended in the last step; other rows are old:
 *   ARGUS_CLIENT_FINAL_OBSERVATIONS   f32    copies, agents, size        step
 *   ARGUS_CLIENT_FINAL_LEGAL          bool   copies, agents, choices     step
 *   ARGUS_CLIENT_FINAL_ACTING         bool   copies, agents              step
 *   ARGUS_CLIENT_FINAL_STATE          f32    copies, size                step
 *   ARGUS_CLIENT_EPISODE_SEEDS        u64    copies                      step
 *   ARGUS_CLIENT_EPISODE_LENGTHS      i64    copies                      step
 *   ARGUS_CLIENT_EPISODE_RETURNS      f64    copies, groups              step; the group's reward, summed
 *   ARGUS_CLIENT_EPISODE_METRICS      f64    copies, metrics             step
 *
 * Legal and acting of continuous actions: the legal buffers have no choices. */
#define ARGUS_CLIENT_ACTIONS 1u
#define ARGUS_CLIENT_OBSERVATIONS 2u
#define ARGUS_CLIENT_LEGAL 3u
#define ARGUS_CLIENT_ACTING 4u
#define ARGUS_CLIENT_STATE 5u
#define ARGUS_CLIENT_ACTIVE 6u
#define ARGUS_CLIENT_SEEDS 7u
#define ARGUS_CLIENT_STEPS 8u
#define ARGUS_CLIENT_REWARDS 9u
#define ARGUS_CLIENT_AGENT_TERMINATED 10u
#define ARGUS_CLIENT_TERMINATED 11u
#define ARGUS_CLIENT_TRUNCATED 12u
#define ARGUS_CLIENT_FAILED 13u
#define ARGUS_CLIENT_ELAPSED 14u
#define ARGUS_CLIENT_FINAL_OBSERVATIONS 15u
#define ARGUS_CLIENT_FINAL_LEGAL 16u
#define ARGUS_CLIENT_FINAL_ACTING 17u
#define ARGUS_CLIENT_FINAL_STATE 18u
#define ARGUS_CLIENT_EPISODE_SEEDS 19u
#define ARGUS_CLIENT_EPISODE_LENGTHS 20u
#define ARGUS_CLIENT_EPISODE_RETURNS 21u
#define ARGUS_CLIENT_EPISODE_METRICS 22u

typedef struct argus_client_buffer {
    void *ARGUS_CLIENT_NULLABLE data;
    /* ARGUS_CLIENT_F32 ... ARGUS_CLIENT_BOOL. */
    uint32_t dtype;
    /* Entries of `shape` that count, 1 to 3; the others are 1. */
    uint32_t rank;
    uint64_t shape[3];
} argus_client_buffer;

/* Where a role's buffer is. Errors: an unknown role. */
argus_client_status argus_client_get_buffer(
    argus_client_handle handle, uint32_t role, argus_client_buffer *ARGUS_CLIENT_NULLABLE buffer);

/* 5 RESET AND STEP ---------------------------------------------------------------------------------------------- */

/* Episodes without end, all fixed by one seed: `seeds` has one entry. */
#define ARGUS_CLIENT_STREAM 1u
/* Episodes without end: copy c's first episode has seed seeds[c], the later ones are fixed by it; one entry a copy. */
#define ARGUS_CLIENT_STREAM_PER_COPY 2u
/* Exactly one episode for each entry: copy c plays the seeds c, c + copies, c + 2 copies, ... and then rests. */
#define ARGUS_CLIENT_LIST 3u

/* Begins new episodes in all copies. A seed fixes its episode, whatever ran before, whatever runs beside. Errors: a
 * count that does not fit the kind; an environment that fails. */
argus_client_status argus_client_reset(
    argus_client_handle handle, uint32_t kind, const uint64_t *ARGUS_CLIENT_NULLABLE seeds, size_t count);

/* Makes one step in every active copy with the actions in ARGUS_CLIENT_ACTIONS. Copies whose episode ends begin their
 * next one within the same step. An action of an agent that is not acting is ignored, but must be in range.
 * Returns the number of copies whose episode ended (0: none), or the negative status.
 * Errors: not reset; an action out of range; an environment that fails. It must then be reset before the next step. */
int64_t argus_client_step(argus_client_handle handle);

/* The same with discrete actions from the caller's memory: `count` = copies * agents * heads, in that order. Errors:
 * also a count that does not fit, and continuous actions. */
int64_t argus_client_step_i64(
    argus_client_handle handle, const int64_t *ARGUS_CLIENT_NULLABLE actions, size_t count);

/* What the environment last reported, such as the reason of a failed episode; empty if nothing. */
argus_client_status argus_client_report(
    argus_client_handle handle, char *ARGUS_CLIENT_NULLABLE buffer, size_t capacity,
    size_t *ARGUS_CLIENT_NULLABLE needed);

/* 6 TEXT, PICTURES, SNAPSHOTS ----------------------------------------------------------------------------------- */

/* Role and rules of one agent. Errors here and below: an index out of range; an environment without this view. */
argus_client_status argus_client_rules(
    argus_client_handle handle, uint32_t agent, char *ARGUS_CLIENT_NULLABLE buffer, size_t capacity,
    size_t *ARGUS_CLIENT_NULLABLE needed);

/* The situation as one agent sees it now. */
argus_client_status argus_client_situation(
    argus_client_handle handle, uint32_t copy, uint32_t agent, char *ARGUS_CLIENT_NULLABLE buffer, size_t capacity,
    size_t *ARGUS_CLIENT_NULLABLE needed);

/* One choice in words, for this agent now. `choice` is an index into the agent's legal row. */
argus_client_status argus_client_action_text(
    argus_client_handle handle, uint32_t copy, uint32_t agent, uint32_t choice, char *ARGUS_CLIENT_NULLABLE buffer,
    size_t capacity, size_t *ARGUS_CLIENT_NULLABLE needed);

/* A picture of one copy as lines of text; `color` 1: with ANSI colours. */
argus_client_status argus_client_render(
    argus_client_handle handle, uint32_t copy, uint32_t color, char *ARGUS_CLIENT_NULLABLE buffer, size_t capacity,
    size_t *ARGUS_CLIENT_NULLABLE needed);

/* The dynamic state of one copy: bytes for argus_client_restore() of the same environment and parameters, here or in
 * another process. */
argus_client_status argus_client_snapshot(
    argus_client_handle handle, uint32_t copy, uint8_t *ARGUS_CLIENT_NULLABLE buffer, size_t capacity,
    size_t *ARGUS_CLIENT_NULLABLE needed);

/* Continues one copy from a snapshot.
 *   chance_seed  NULL: as the saved copy would have gone on; else the future's chance is drawn from it.
 * Errors: bytes that are no snapshot of this environment; the copy is then as it was. */
argus_client_status argus_client_restore(
    argus_client_handle handle, uint32_t copy, const uint8_t *ARGUS_CLIENT_NULLABLE bytes, size_t count,
    const uint64_t *ARGUS_CLIENT_NULLABLE chance_seed);

/* 7 ACTIONS OF POLICIES THAT ARE BUILT IN ----------------------------------------------------------------------- */

/* Writes into ARGUS_CLIENT_ACTIONS what a team would do next.
 *   team  such as "random" (uniform among legal choices), "scripted", "scripted:NAME", "robot_0=scripted,*=random".
 *   seed  keys random choices, together with the episode's seed, the step and the agent.
 * The team remembers between calls with the same `team` and `seed`. Errors: an unknown policy; not reset. */
argus_client_status argus_client_act(
    argus_client_handle handle, const char *ARGUS_CLIENT_NULLABLE team, uint64_t seed);

#ifdef __cplusplus
}
#endif

#if defined(__clang__)
#pragma clang diagnostic pop
#endif

#endif
