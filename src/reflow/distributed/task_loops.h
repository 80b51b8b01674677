#pragma once

#include <map>
#include <string>
#include <utility>

#include "reflow/base/status.h"
#include "reflow/distributed/loop_frames.h"
#include "reflow/graph/graph.h"

namespace reflow::distributed {

// Loops whose nodes are on several tasks. A task that receives values within such a loop has to know how often it goes round:
// it gets a loop of its own in the same frame, which only counts, as long as the predicate of the real one says so:
//
//   Const -> Enter -> Merge -> Switch(predicate) -> NextIteration -> Merge
//
// What it receives in an iteration waits for the Merge of that iteration. TensorFlow does the same, so that either may run a
// part of the loop.
class TaskLoops {
 public:
  // Both outlive it; `graph` grows.
  TaskLoops(graph::Graph* graph, const LoopFrames& frames) : graph_(*graph), frames_(frames) {}

  // Sees to it that values in the frame `frame` may be received on `task`: makes the loop on `device`, one of its devices
  // (an index), and those around it. Nothing for frame 0.
  Status add(int frame, const std::string& task, int device);
  // What a value waits for that `task` receives in `frame`. Null: for nothing, in frame 0. REQUIRES: added.
  graph::Node* trigger(int frame, const std::string& task) const;
  // The frame of the outputs of a node that add() made, or that was there.
  int frame_of(const graph::Node& node) const;

 private:
  StatusOr<graph::Node*> add_node(graph::NodeSpec spec, const char* type, int frame, int device);

  graph::Graph& graph_;
  const LoopFrames& frames_;
  std::map<std::pair<int, std::string>, graph::Node*> triggers_;  // by frame and task
  std::map<const graph::Node*, int> made_;                        // and the frame of their outputs
};

}  // namespace reflow::distributed
