#pragma once

#include <algorithm>
#include <deque>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "reflow/base/string_hash.h"
#include "reflow/op/kernel.h"
#include "reflow/runtime/control_flow_info.h"

namespace reflow::runtime {

struct LoopFrame;

// One pass through the body of a loop; of the root frame there is one. Iterations that have ended are used again.
struct Iteration {
  enum class Arrival : uint8_t { kNone, kLive, kDead };
  struct Slot {
    int32_t readers_left = 0;
    Arrival arrival = Arrival::kNone;
  };
  explicit Iteration(const ControlFlowInfo::StaticFrame& frame);
  ~Iteration();

  // As it has to be when iteration `n` begins.
  void begin(const ControlFlowInfo::StaticFrame& frame, int64_t n) {
    number = n;
    nodes = frame.nodes;
    std::fill(slots.begin(), slots.end(), Slot());
  }
  // Lets go of what nobody has read.
  void end() {
    for (op::Value& value : values) {
      if (value.tensor.valid() || value.ref != nullptr) value = op::Value();
    }
  }

  int64_t number = 0;
  std::vector<op::Value> values;
  std::vector<Slot> slots;
  std::vector<ControlFlowInfo::NodeState> nodes;
  std::vector<std::unique_ptr<LoopFrame>> children;  // loops begun here that go on, by StaticFrame::child_index
  int outstanding = 0;                               // instructions that are ready or run
  int num_running_children = 0;
};

// A loop that is being run, or the root.
struct LoopFrame {
  LoopFrame(int frame, std::string loop_path, const ControlFlowInfo::StaticFrame& info)
      : static_frame(frame), path(std::move(loop_path)), id(path.empty() ? 0 : hash64(path)), enters_to_come(info.num_enters),
        constants(info.num_constants), constant_arrivals(info.num_constants) {}

  Iteration* iteration(int64_t number) { return iterations[number - iterations.front()->number].get(); }

  const int static_frame;
  // The loops and their iterations that lead to it; "" for the root. What other tasks call it, of whatever make, is made of
  // that: ";0;while/while_context".
  const std::string path;
  const uint64_t id;
  LoopFrame* parent = nullptr;
  Iteration* parent_iteration = nullptr;
  std::deque<std::unique_ptr<Iteration>> iterations;  // those that go on, oldest first
  int64_t num_iterations = 0;                         // begun so far
  int enters_to_come;
  // What is the same in all iterations, by instruction: the constant Enters that have been executed.
  std::vector<op::Value> constants;
  std::vector<Iteration::Arrival> constant_arrivals;
  std::vector<int> arrived_constants;
  // Values for an iteration that may not begin yet.
  struct Deferred {
    int instruction;
    op::Value value;
  };
  std::vector<Deferred> deferred;  // of a loop that runs by its schedule: what has entered
  bool dead_enter = false;         // likewise: some of it was dead
  std::vector<int> dead_exits;  // instructions; of the last iteration
};

inline Iteration::Iteration(const ControlFlowInfo::StaticFrame& frame)
    : values(frame.num_values), slots(frame.num_values), children(frame.num_children) {}
inline Iteration::~Iteration() = default;

}  // namespace reflow::runtime
