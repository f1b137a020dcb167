// Calls of ctorch.h, passed on to libCTorchLibrary.so, which is loaded when the first of them comes: libtorch takes 0.3 s
// and 100 MB, which commands without networks do not pay.
#define _DEFAULT_SOURCE  // on_exit
#include "ctorch.h"

#include <dlfcn.h>
#include <limits.h>
#include <malloc.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define LIBRARY "libCTorchLibrary.so"

struct functions {
#define FORWARD(name, parameters, arguments) __typeof__(ctorch_##name) *name;
#include "functions.h"
#undef FORWARD
    __typeof__(ctorch_last_error) *last_error;
    __typeof__(ctorch_version) *version;
    __typeof__(ctorch_cpu_capability) *cpu_capability;
    __typeof__(ctorch_threads) *threads;
    __typeof__(ctorch_release) *release;
    __typeof__(ctorch_set_gradient_enabled) *set_gradient_enabled;
    __typeof__(ctorch_gradient_enabled) *gradient_enabled;
};

static struct functions loaded;
static bool is_loaded;
static char load_error[1024];
static pthread_once_t once = PTHREAD_ONCE_INIT;

// The end of the process: taking libtorch's tables of operations apart takes 0.1 s, and their memory goes anyway.
static void leave(int status, void *unused) {
    (void)unused;
    fflush(stdout);
    _exit(status);
}

static void load(void) {
    // The linker looks where it does for the program itself: in the program's folder.
    void *library = dlopen(LIBRARY, RTLD_LAZY | RTLD_LOCAL);
    if (library == NULL) {
        const char *reason = dlerror();
        snprintf(load_error, sizeof load_error, "%s", reason == NULL ? LIBRARY : reason);
        return;
    }
    on_exit(leave, NULL);
    const char *missing = NULL;
#define RESOLVE(name) \
    if ((loaded.name = (__typeof__(loaded.name))dlsym(library, "ctorch_" #name)) == NULL) missing = #name;
#define FORWARD(name, parameters, arguments) RESOLVE(name)
#include "functions.h"
#undef FORWARD
    RESOLVE(last_error)
    RESOLVE(version)
    RESOLVE(cpu_capability)
    RESOLVE(threads)
    RESOLVE(release)
    RESOLVE(set_gradient_enabled)
    RESOLVE(gradient_enabled)
    is_loaded = missing == NULL;
    if (!is_loaded) {
        snprintf(load_error, sizeof load_error, "%s: no function ctorch_%s", LIBRARY, missing);
    }
}

// Null if the library cannot be loaded.
static const struct functions *functions(void) {
    pthread_once(&once, load);
    return is_loaded ? &loaded : NULL;
}

int ctorch_load(void) { return functions() == NULL ? CTORCH_NOT_LOADED : CTORCH_OK; }

#define FORWARD(name, parameters, arguments)               \
    int ctorch_##name parameters {                         \
        const struct functions *library = functions();     \
        if (library == NULL) return CTORCH_NOT_LOADED;     \
        return library->name arguments;                    \
    }
#include "functions.h"
#undef FORWARD

const char *ctorch_last_error(void) {
    const struct functions *library = functions();
    return library == NULL ? load_error : library->last_error();
}

const char *ctorch_version(void) {
    const struct functions *library = functions();
    return library == NULL ? "" : library->version();
}

const char *ctorch_cpu_capability(void) {
    const struct functions *library = functions();
    return library == NULL ? "" : library->cpu_capability();
}

int32_t ctorch_threads(void) {
    const struct functions *library = functions();
    return library == NULL ? 1 : library->threads();
}

void ctorch_release(ctorch_tensor *tensor) {
    const struct functions *library = tensor == NULL ? NULL : functions();
    if (library != NULL) library->release(tensor);
}

bool ctorch_set_gradient_enabled(bool enabled) {
    const struct functions *library = functions();
    return library == NULL ? true : library->set_gradient_enabled(enabled);
}

bool ctorch_gradient_enabled(void) {
    const struct functions *library = functions();
    return library == NULL ? true : library->gradient_enabled();
}

// MARK: The C heap, which needs no libtorch

void ctorch_keep_freed_memory(void) {
    mallopt(M_TRIM_THRESHOLD, INT_MAX);
    mallopt(M_TOP_PAD, 128 << 20);
    mallopt(M_MMAP_THRESHOLD, 32 << 20);
}

size_t ctorch_heap_bytes(void) {
    const struct mallinfo2 information = mallinfo2();
    return information.uordblks + information.hblkhd;
}
