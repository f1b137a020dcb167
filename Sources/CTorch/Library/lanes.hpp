// Sixteen float32 side by side, for loops over rows too short for libtorch's own kernels to be fast.
#pragma once

#include <cstdint>

// The compiler writes the function for each of these processors, and the loader takes what fits the one at hand.
#if defined(__x86_64__)
#define CTORCH_CLONES __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define CTORCH_CLONES
#endif
#define CTORCH_INLINE inline __attribute__((always_inline))

namespace ctorch {

constexpr int64_t lane_count = 16;
using Lanes = float __attribute__((vector_size(lane_count * sizeof(float))));
// A typedef: an alias would keep the alignment of the whole.
typedef float UnalignedLanes
    __attribute__((vector_size(lane_count * sizeof(float)), aligned(alignof(float)), may_alias));

// Those at a pointer. Macros, because a function cannot return them: how it would is another thing on each processor.
#define LANES(from) (*reinterpret_cast<const ctorch::UnalignedLanes *>(from))
#define WRITE_LANES(to) (*reinterpret_cast<ctorch::UnalignedLanes *>(to))

CTORCH_INLINE float sum_of(const Lanes &all) {
    const auto eight = __builtin_shufflevector(all, all, 0, 1, 2, 3, 4, 5, 6, 7) +
                       __builtin_shufflevector(all, all, 8, 9, 10, 11, 12, 13, 14, 15);
    const auto four =
        __builtin_shufflevector(eight, eight, 0, 1, 2, 3) + __builtin_shufflevector(eight, eight, 4, 5, 6, 7);
    const auto two = __builtin_shufflevector(four, four, 0, 1) + __builtin_shufflevector(four, four, 2, 3);
    return two[0] + two[1];
}

}  // namespace ctorch
