#pragma once

#include <chrono>
#include <span>

#include "reflow/runtime/plan.h"
#include "reflow/runtime/session.h"

namespace reflow::runtime {

// Notes when the instructions of one run begin and end, for RunMetadata. One thread.
class Tracer {
 public:
  Tracer(const Plan& plan, RunMetadata* metadata) : plan_(plan), metadata_(metadata) {}

  void begin() {
    using namespace std::chrono;
    start_us_ = duration_cast<microseconds>(system_clock::now().time_since_epoch()).count();
    start_ = steady_clock::now();
  }

  void end(int instruction, std::span<const op::Value> outputs) {
    const auto duration = std::chrono::steady_clock::now() - start_;
    const Instruction& in = plan_.instructions[instruction];
    int64_t output_bytes = 0;
    for (const op::Value& value : outputs) output_bytes += value.get().valid() ? value.get().size_bytes() : 0;
    metadata_->nodes.push_back({in.node->name(), in.node->type(), plan_.devices[in.device]->name(), start_us_,
                                std::chrono::duration_cast<std::chrono::nanoseconds>(duration).count(), output_bytes});
  }

 private:
  const Plan& plan_;
  RunMetadata* metadata_;
  int64_t start_us_ = 0;
  std::chrono::steady_clock::time_point start_;
};

}  // namespace reflow::runtime
