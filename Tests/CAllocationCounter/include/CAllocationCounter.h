// Counts every allocation of the process that this is linked into, plugins' and libraries' included, by standing in for
// malloc, calloc, realloc and the aligned ones. glibc only; not with a sanitizer, which stands there itself.
#ifndef CALLOCATION_COUNTER_H
#define CALLOCATION_COUNTER_H

#include <stdint.h>

// 1 when allocations are counted; 0 in a sanitizer's build.
int allocation_counter_works(void);

// Allocations so far, of all threads.
int64_t allocation_count(void);

// Allocations so far, of the calling thread.
int64_t allocation_count_of_thread(void);

#endif
