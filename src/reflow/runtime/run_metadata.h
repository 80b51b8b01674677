#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "reflow/tensor/dtype.h"
#include "reflow/tensor/shape.h"

namespace reflow::runtime {

// An output of a node in one run.
struct OutputStats {
  int slot = 0;
  DType type = DType::kInvalid;
  Shape shape;
  int64_t size_bytes = 0;
  uint64_t address = 0;
};

// When and where one node ran. Times in microseconds since the epoch; durations in nanoseconds.
struct NodeStats {
  std::string node, op, device;
  std::string label;  // "y = MatMul(x, w)"
  int64_t start_us = 0, duration_ns = 0;
  int64_t output_bytes = 0;     // of all outputs
  int64_t allocated_bytes = 0;  // of those that are no input's memory
  int64_t thread_id = 0;
  std::vector<OutputStats> outputs;
};

// A node of the graph that ran and what it cost: CostGraphDef's.
struct CostNode {
  struct Input {
    int node = 0, port = 0;
  };
  int id = 0;  // in the part of its device; what it names by number is in the same part
  std::string name, device;
  std::vector<Input> inputs;
  std::vector<OutputStats> outputs;
  std::vector<int> control_inputs;
  int64_t compute_us = 0;
  bool is_final = false;  // its value goes to another device
};

// What a run tells of itself, as far as its options ask.
struct RunMetadata {
  std::vector<NodeStats> nodes;               // with a trace level, in the order of their ends
  std::vector<CostNode> cost_graph;           // where the session builds cost models: device by device
  std::vector<std::string> partition_graphs;  // serialized GraphDefs, one a device
  std::string message;                        // of a master: a serialized RunMetadata, instead of all that
};

// As a serialized RunMetadata message.
std::string serialize(const RunMetadata& metadata);

}  // namespace reflow::runtime
