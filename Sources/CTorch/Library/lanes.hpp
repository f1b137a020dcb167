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

using IntegerLanes = int32_t __attribute__((vector_size(lane_count * sizeof(int32_t))));

// e^x of each x <= 0, in place, off by at most 1.02 in the last place (every seventh float32); below -87, where it would be
// denormal, e^-87. What is not a number stays so. The polynomial is that of Cephes' expf (Moshier 1989).
CTORCH_INLINE void exponentiate(Lanes &x) {
    x = x < -87.0F ? Lanes{} - 87.0F : x;
    // To the nearest integer: what is added leaves no room for a fraction.
    const Lanes rounded = x * 1.44269504F + 12582912.0F, power = rounded - 12582912.0F;
    const Lanes rest = (x - power * 0.693359375F) + power * 2.12194440e-4F;
    Lanes sum = rest * 1.9875691500e-4F + 1.3981999507e-3F;
    sum = sum * rest + 8.3334519073e-3F;
    sum = sum * rest + 4.1665795894e-2F;
    sum = sum * rest + 1.6666665459e-1F;
    sum = sum * rest + 5.0000001201e-1F;
    sum = sum * rest * rest + rest + 1.0F;
    // 2^power: the integer is in the last bits of `rounded`.
    IntegerLanes bits;
    __builtin_memcpy(&bits, &rounded, sizeof bits);
    bits = (bits - 0x4B400000 + 127) << 23;
    Lanes scale;
    __builtin_memcpy(&scale, &bits, sizeof scale);
    x = sum * scale;
}

CTORCH_INLINE void exponentiate(float *values, int64_t count) {
    int64_t i = 0;
    for (; i + lane_count <= count; i += lane_count) {
        Lanes each = LANES(values + i);
        exponentiate(each);
        WRITE_LANES(values + i) = each;
    }
    if (i == count) return;
    Lanes last = {};
    for (int64_t lane = 0; i + lane < count; ++lane) last[lane] = values[i + lane];
    exponentiate(last);
    for (int64_t lane = 0; i + lane < count; ++lane) values[i + lane] = last[lane];
}

}  // namespace ctorch
