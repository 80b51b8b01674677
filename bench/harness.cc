#include "harness.h"

#include <fmt/core.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "reflow/base/version.h"

namespace reflow::bench {
namespace {

using Clock = std::chrono::steady_clock;

double since(Clock::time_point start) { return std::chrono::duration<double>(Clock::now() - start).count(); }

double process_cpu() {
  timespec t;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
  return t.tv_sec + 1e-9 * t.tv_nsec;
}

// CPU seconds that the machine has spent outside this process.
double foreign_seconds() {
  std::ifstream stat("/proc/stat");
  std::string label;
  double total = 0, idle = 0, ticks;
  stat >> label;
  for (int i = 0; i < 8 && stat >> ticks; ++i) {
    total += ticks;
    if (i == 3 || i == 4) idle += ticks;
  }
  return (total - idle) / sysconf(_SC_CLK_TCK) - process_cpu();
}

double median(std::vector<double> v) {
  std::sort(v.begin(), v.end());
  const size_t n = v.size();
  return n % 2 ? v[n / 2] : (v[n / 2 - 1] + v[n / 2]) / 2;
}

struct Window {
  double foreign, cpu_per_call;
  std::vector<double> samples;
};

// What goes beside the next line.
double foreign_cpus = -1, cpu_us = -1;

}  // namespace

int threads() {
  const char* text = std::getenv("BENCH_THREADS");
  return text ? std::max(1, std::atoi(text)) : 2;
}

std::string data_dir() {
  const char* text = std::getenv("BENCH_DATA");
  return text ? text : "data";
}

std::string scratch_dir() {
  const char* text = std::getenv("BENCH_TMP");
  return text ? text : std::filesystem::temp_directory_path().string();
}

double seconds_of(const std::function<void()>& call) {
  const auto start = Clock::now();
  call();
  return since(start);
}

std::vector<double> seconds_per_call(const std::function<void()>& call, double seconds) {
  call();
  auto start = Clock::now();
  call();
  const double once = since(start);
  int calls = 1;
  if (once < 2e-3) {
    start = Clock::now();
    for (int i = 0; i < 10; ++i) call();
    calls = std::max(1, static_cast<int>(2e-4 / (since(start) / 10)));
  }
  std::vector<Window> windows;
  const auto begin = Clock::now();
  while (true) {
    Window window;
    const double foreign = foreign_seconds(), cpu = process_cpu();
    start = Clock::now();
    while (window.samples.empty() || since(start) < 0.1) {
      const auto before = Clock::now();
      for (int i = 0; i < calls; ++i) call();
      window.samples.push_back(since(before) / calls);
    }
    window.cpu_per_call = (process_cpu() - cpu) / (calls * window.samples.size());
    window.foreign = (foreign_seconds() - foreign) / since(start);
    windows.push_back(std::move(window));
    const double spent = since(begin);
    const auto quiet = std::count_if(windows.begin(), windows.end(), [](const Window& w) { return w.foreign < 0.15; });
    if (windows.size() >= 5 && spent > seconds && (quiet >= 5 || spent > 2 * seconds)) break;
  }
  std::vector<double> cpu, foreign, samples;
  for (const Window& w : windows) cpu.push_back(w.cpu_per_call);
  std::stable_sort(windows.begin(), windows.end(), [](const Window& a, const Window& b) { return a.foreign < b.foreign; });
  windows.resize(std::max<size_t>(5, windows.size() / 3));
  for (const Window& w : windows) {
    foreign.push_back(w.foreign);
    samples.insert(samples.end(), w.samples.begin(), w.samples.end());
  }
  foreign_cpus = median(foreign);
  cpu_us = 1e6 * median(cpu);
  return samples;
}

double cpu_seconds(const std::function<void()>& call) {
  const double before = process_cpu();
  call();
  return process_cpu() - before;
}

void emit(std::string_view workload, std::string_view metric, std::string_view unit, std::vector<double> samples) {
  std::sort(samples.begin(), samples.end());
  if (unit.ends_with("/s")) std::reverse(samples.begin(), samples.end());
  fmt::print(R"({{"peer": "reflow", "version": "{}", "workload": "{}", "metric": "{}", "value": {:.5g}, "unit": "{}", )"
             R"("threads": {}, "best": {:.5g}, "samples": {})",
             version(), workload, metric, median(samples), unit, threads(), samples[samples.size() / 20],
             samples.size());
  if (cpu_us >= 0) fmt::print(R"(, "foreign_cpus": {:.2f}, "cpu_us": {:.5g})", std::max(0.0, foreign_cpus), cpu_us);
  fmt::print("}}\n");
  std::fflush(stdout);
  foreign_cpus = cpu_us = -1;
}

void emit_peak_memory(std::string_view workload) {
  rusage usage;
  getrusage(RUSAGE_SELF, &usage);
  emit(workload, "peak_rss", "MB", {usage.ru_maxrss / 1024.0});
}

std::vector<double> scaled(std::vector<double> samples, double factor) {
  for (double& s : samples) s *= factor;
  return samples;
}

std::vector<double> rates(std::vector<double> samples) {
  for (double& s : samples) s = 1 / s;
  return samples;
}

}  // namespace reflow::bench
