// From the start of a process to the end of its first training step.

#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <cstring>
#include <stdexcept>

#include "harness.h"
#include "workloads.h"

namespace reflow::bench {
namespace {

double seconds_until_step() {
  int ends[2];
  if (pipe(ends) != 0) throw std::runtime_error("no pipe");
  const auto start = std::chrono::steady_clock::now();
  const pid_t child = fork();
  if (child == 0) {
    dup2(ends[1], STDOUT_FILENO);
    close(ends[0]);
    close(ends[1]);
    execl("/proc/self/exe", "reflow_bench_main", "_first_step", static_cast<char*>(nullptr));
    _exit(127);
  }
  close(ends[1]);
  char byte;
  const bool stepped = read(ends[0], &byte, 1) == 1;
  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  close(ends[0]);
  int status;
  waitpid(child, &status, 0);
  if (!stepped || status != 0) throw std::runtime_error("the first step failed");
  return seconds;
}

}  // namespace

void first_step_child() {
  const MlpGraph graph = mlp_graph();
  Tensor images(DType::kFloat32, {100, 784}), labels(DType::kFloat32, {100, 10});
  std::memset(images.raw_data(), 0, images.size_bytes());
  std::memset(labels.raw_data(), 0, labels.size_bytes());
  for (int i = 0; i < 100; ++i) labels.data<float>()[i * 10 + 3] = 1;
  const tf::Session sess = started();
  sess.run(graph.train, {{graph.x, images}, {graph.labels, labels}});
  std::puts("STEP");
  std::fflush(stdout);
}

void first_step() {
  seconds_until_step();
  std::vector<double> samples;
  for (int i = 0; i < 5; ++i) samples.push_back(seconds_until_step());
  emit("first_step", "wall", "s", samples);
}

}  // namespace reflow::bench
