#pragma once

// Timing and output of the peer-benchmark protocol: one JSON line a metric, whose value is the median of the samples.

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace reflow::bench {

int threads();              // BENCH_THREADS, 2
std::string data_dir();     // BENCH_DATA, "data"
std::string scratch_dir();  // BENCH_TMP, the system's folder for temporary files

// Two warm-up calls, then samples of one call each (calls under 2 ms: as many as take 0.2 ms) in windows of 0.1 s for
// `seconds`, up to twice that while other processes run; the third of the windows that they disturbed least counts.
std::vector<double> seconds_per_call(const std::function<void()>& call, double seconds = 1);

// Wall time of one call.
double seconds_of(const std::function<void()>& call);

// CPU seconds that `call` takes, over all threads of the process.
double cpu_seconds(const std::function<void()>& call);

// Prints the line of a metric. Units that end in "/s": higher is better.
void emit(std::string_view workload, std::string_view metric, std::string_view unit, std::vector<double> samples);
void emit_peak_memory(std::string_view workload);

std::vector<double> scaled(std::vector<double> samples, double factor);
std::vector<double> rates(std::vector<double> samples);  // 1 / sample

}  // namespace reflow::bench
