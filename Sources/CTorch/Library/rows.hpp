// Loops over many short rows, on as many threads as libtorch's operations have.
#pragma once

#include <ATen/Parallel.h>
#include <ATen/ops/empty.h>

#include <algorithm>
#include <atomic>
#include <exception>
#include <vector>

#include "handle.hpp"

// Of the OpenMP runtime that libtorch brings along. at::parallel_for is a template for the compiler of that runtime: made
// by another, it is a loop. Null where libtorch has other threads; then these loops have one.
extern "C" {
__attribute__((weak)) void GOMP_parallel(void (*body)(void *), void *data, unsigned threads, unsigned flags);
__attribute__((weak)) int omp_get_num_threads(void);
__attribute__((weak)) int omp_get_thread_num(void);
__attribute__((weak)) int omp_in_parallel(void);
}

namespace ctorch {

// How many parts of the rows are worth a thread of their own: one for `grain` rows.
inline int64_t part_count(int64_t rows, int64_t grain) {
    const bool has_threads = GOMP_parallel != nullptr && omp_get_num_threads != nullptr &&
                             omp_get_thread_num != nullptr && omp_in_parallel != nullptr;
    if (!has_threads || rows < 2 * grain || omp_in_parallel() != 0) return 1;
    return std::clamp<int64_t>(rows / grain, 1, at::get_num_threads());
}

// body(part, from, to) for `parts` parts of the rows, side by side.
template <typename Body>
void for_parts(int64_t rows, int64_t parts, const Body &body) {
    if (parts < 2) {
        body(0, 0, rows);
        return;
    }
    struct Work {
        const Body &body;
        int64_t rows, parts;
        std::exception_ptr error;
        std::atomic_flag failed = ATOMIC_FLAG_INIT;
    } work{body, rows, parts, nullptr};
    const auto run = [](void *data) {
        Work &work = *static_cast<Work *>(data);
        // There may be fewer threads than asked for.
        for (int64_t part = omp_get_thread_num(); part < work.parts; part += omp_get_num_threads()) {
            try {
                work.body(part, work.rows * part / work.parts, work.rows * (part + 1) / work.parts);
            } catch (...) {
                if (!work.failed.test_and_set()) work.error = std::current_exception();
            }
        }
    };
    GOMP_parallel(run, &work, static_cast<unsigned>(parts), 0);
    if (work.error) std::rethrow_exception(work.error);
}

// Rows of a network that are worth a thread.
constexpr int64_t row_grain = 1024;

// body(from, to) for all rows.
template <typename Body>
void for_rows(int64_t rows, const Body &body, int64_t grain = row_grain) {
    for_parts(rows, part_count(rows, grain), [&](int64_t, int64_t from, int64_t to) { body(from, to); });
}

// So many that they are still at hand when a second loop goes over them.
constexpr int64_t few_rows = 128;

// body(from, to) for all rows, a few at a time.
template <typename Body>
void for_few_rows(int64_t rows, const Body &body) {
    for_rows(rows, [&](int64_t from, int64_t to) {
        for (int64_t first = from; first < to; first += few_rows) body(first, std::min(to, first + few_rows));
    });
}

// The same where rows also have a sum, [columns], which goes to `out`: body(from, to, sums) adds that of its rows to
// `sums`. A few rows are summed in float32 and then go into a float64 sum of their part; the parts' are added in order,
// so that as many threads give the same numbers.
template <typename Body>
void sum_over_rows(int64_t rows, int64_t columns, float *out, const Body &body) {
    const int64_t parts = part_count(rows, row_grain);
    const auto size = static_cast<size_t>(columns);
    std::vector<double> totals(static_cast<size_t>(parts) * size);
    for_parts(rows, parts, [&](int64_t part, int64_t from, int64_t to) {
        double *total = totals.data() + static_cast<size_t>(part) * size;
        std::vector<float> sums(size);
        for (int64_t first = from; first < to; first += few_rows) {
            std::fill(sums.begin(), sums.end(), 0.0F);
            body(first, std::min(to, first + few_rows), sums.data());
            for (size_t i = 0; i < size; ++i) total[i] += sums[i];
        }
    });
    for (size_t i = 0; i < size; ++i) {
        double sum = 0;
        for (size_t part = 0; part < static_cast<size_t>(parts); ++part) sum += totals[part * size + i];
        out[i] = static_cast<float>(sum);
    }
}

// x, contiguous: where only its rows are apart, as those of some columns are, faster than libtorch's copy of short rows.
inline at::Tensor packed(const at::Tensor &x) {
    if (x.is_contiguous()) return x;
    int64_t size = 1, inner = x.dim() - 1;
    for (; inner > 0 && x.stride(inner) == size; --inner) size *= x.size(inner);
    if (inner != 0 || !is_plain(x) || x.numel() == 0) return x.contiguous();
    at::Tensor result = at::empty(x.sizes(), x.options());
    const float *from = x.const_data_ptr<float>();
    float *to = result.mutable_data_ptr<float>();
    const int64_t stride = x.stride(0);
    for_rows(x.size(0), [&](int64_t first, int64_t end) {
        for (int64_t row = first; row < end; ++row) {
            std::copy_n(from + row * stride, size, to + row * size);
        }
    });
    return result;
}

}  // namespace ctorch
