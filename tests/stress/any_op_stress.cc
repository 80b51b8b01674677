// Any op of the registry with attributes, types, shapes and values by chance, op after op: it ends in values or in an error.
// What any_op_fuzz does, without sanitizers: many more calls in the same time, of which each that ends the process or takes
// long is told with its number, and the next goes on behind it.
//
// usage: any_op_stress [FIRST] [LAST]     (default: calls 0 to 200000; one call alone: N and N + 1)

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <random>
#include <string>
#include <vector>

#include "tests/kit/any_op.h"

namespace {

using reflow::testing::AnyOp;

constexpr unsigned kMostSeconds = 20;
constexpr rlim_t kMostMemory = rlim_t{1} << 30;  // what is asked for beyond is refused

const reflow::graph::OpDef& op_of(long call) { return *AnyOp::ops()[static_cast<size_t>(call) % AnyOp::ops().size()]; }

void run(long call) {
  std::mt19937_64 random(static_cast<uint64_t>(call));
  std::vector<uint8_t> bytes(200 + random() % 1800);
  for (uint8_t& b : bytes) b = static_cast<uint8_t>(random());
  (void)AnyOp(bytes).run(op_of(call));
}

// Runs calls until one ends the process; `progress` is told of each.
[[noreturn]] void run_all(long first, long last, int progress) {
  const rlimit limit{kMostMemory, kMostMemory};
  setrlimit(RLIMIT_AS, &limit);
  for (long call = first; call < last; ++call) {
    alarm(kMostSeconds);
    if (write(progress, &call, sizeof(call)) != sizeof(call)) _exit(1);
    run(call);
  }
  _exit(0);
}

}  // namespace

int main(int argc, char** argv) {
  const long first = argc > 1 ? std::atol(argv[1]) : 0, last = argc > 2 ? std::atol(argv[2]) : 200'000;
  int findings = 0;
  for (long next = first; next < last;) {
    int ends[2];
    if (pipe(ends) != 0) return 1;
    const pid_t child = fork();
    if (child == 0) {
      close(ends[0]);
      run_all(next, last, ends[1]);
    }
    close(ends[1]);
    long call = next;
    while (read(ends[0], &call, sizeof(call)) == sizeof(call)) {}
    close(ends[0]);
    int status = 0;
    waitpid(child, &status, 0);
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0) break;
    std::printf("call %ld, %s: %s %d\n", call, op_of(call).name.c_str(), WIFSIGNALED(status) ? "signal" : "exit",
                WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status));
    std::fflush(stdout);
    ++findings;
    next = call + 1;
  }
  std::printf("%ld calls of %zu ops, %d findings\n", last - first, AnyOp::ops().size(), findings);
  return findings > 0;
}
