// Counts the objects that a program makes in Swift, in the first eight bytes of the file $SWIFT_OBJECTS: to be preloaded.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

static _Atomic long elsewhere, *count = &elsewhere;

__attribute__((constructor)) static void begin(void) {
    const char *path = getenv("SWIFT_OBJECTS");
    int file = path == NULL ? -1 : open(path, O_RDWR | O_CREAT, 0600);
    if (file < 0 || ftruncate(file, sizeof *count) != 0) return;
    void *memory = mmap(NULL, sizeof *count, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    if (memory != MAP_FAILED) count = memory;
}

void *swift_allocObject(void *metadata, size_t size, size_t alignment) {
    static void *(*real)(void *, size_t, size_t);
    if (real == NULL) real = (void *(*)(void *, size_t, size_t))dlsym(RTLD_NEXT, "swift_allocObject");
    atomic_fetch_add_explicit(count, 1, memory_order_relaxed);
    return real(metadata, size, alignment);
}
