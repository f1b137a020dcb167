// Loops over many short rows, on libtorch's threads.
#pragma once

#include <ATen/Parallel.h>

#include <algorithm>
#include <vector>

#include "handle.hpp"

namespace ctorch {

// body(from, to) for all rows, in parts that are worth a thread of their own.
template <typename Body>
void for_rows(int64_t rows, const Body &body) {
    at::parallel_for(0, rows, 1024, body);
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
// `sums`. A few rows are summed in float32 and then go into a float64 sum of their thread; the threads' are added in
// their order, so that as many threads give the same numbers.
template <typename Body>
void sum_over_rows(int64_t rows, int64_t columns, float *out, const Body &body) {
    std::vector<std::vector<double>> totals(static_cast<size_t>(at::get_num_threads()));
    for_rows(rows, [&](int64_t from, int64_t to) {
        std::vector<double> &total = totals[static_cast<size_t>(at::get_thread_num())];
        total.resize(static_cast<size_t>(columns));
        std::vector<float> sums(static_cast<size_t>(columns));
        for (int64_t first = from; first < to; first += few_rows) {
            std::fill(sums.begin(), sums.end(), 0.0F);
            body(first, std::min(to, first + few_rows), sums.data());
            for (size_t i = 0; i < sums.size(); ++i) total[i] += sums[i];
        }
    });
    for (int64_t i = 0; i < columns; ++i) {
        double sum = 0;
        for (const auto &total : totals) sum += total.empty() ? 0 : total[static_cast<size_t>(i)];
        out[i] = static_cast<float>(sum);
    }
}

}  // namespace ctorch
