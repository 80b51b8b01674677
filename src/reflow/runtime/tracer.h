#pragma once

#include <chrono>
#include <mutex>
#include <span>
#include <string_view>
#include <vector>

#include "reflow/runtime/plan.h"
#include "reflow/runtime/run_metadata.h"

namespace reflow::runtime {

// What the functions told that a run called, on whatever threads: CallState::trace.
struct CalledTrace {
  std::mutex mutex;
  std::vector<NodeStats> nodes;
};

// Notes when the instructions of one run begin and end, for RunMetadata. One thread.
class Tracer {
 public:
  struct Begin {
    int64_t us = 0;
    std::chrono::steady_clock::time_point steady;
  };
  Tracer(const Plan& plan, RunMetadata* metadata) : plan_(plan), metadata_(metadata) {}
  bool on() const { return metadata_ != nullptr; }

  static Begin begin() {
    using namespace std::chrono;
    return {duration_cast<microseconds>(system_clock::now().time_since_epoch()).count(), steady_clock::now()};
  }
  // REQUIRES: on(). Outputs that are not valid() don't count.
  void end(const Begin& begin, int instruction, const op::KernelContext& context, std::span<const op::Value> outputs);
  // Of Switch, Enter and their kin, which hand on what they are given.
  void end_control(const Begin& begin, int instruction, std::span<const op::Value> outputs);

  // What TensorFlow's executor begins with, as it stands when a run begins: _SOURCE of each device, which all else waits
  // for, feeds and constants.
  static std::vector<NodeStats> sources(const Plan& plan, std::span<const op::Value> values);
  // Puts these of `sources` that weren't noted before what was, and a _Retval for each fetch behind it.
  void add_ends(std::vector<NodeStats> sources);

  // What each node of the plan cost, by what was noted.
  static void make_cost_graph(const Plan& plan, std::span<const NodeStats> sources, RunMetadata* metadata);
  // "\nCurrent usage from device: ..." by node, largest first: for messages about lack of memory.
  std::string memory_report(std::string_view message) const;

 private:
  NodeStats& add(const Begin& begin, int instruction);
  static NodeStats describe(const Plan& plan, const graph::Node& node, int device);
  static void add_outputs(const graph::Node& node, std::span<const op::Value> outputs, NodeStats* stats);

  const Plan& plan_;
  RunMetadata* metadata_;
};

}  // namespace reflow::runtime
