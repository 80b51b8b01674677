#pragma once

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "reflow/base/status.h"
#include "reflow/graph/immediate.h"
#include "reflow/op/gradient.h"

namespace reflow::eager {

using graph::Endpoint;
using graph::Node;
using op::Gradient;

// Computes dL/dx for each input of what was recorded from dL/dy of each output (nothing where that has no gradient).
using BackwardFunction = std::function<StatusOr<std::vector<Gradient>>(std::vector<Gradient> dy)>;

// One op, or function, as tapes remember it: it holds inputs and outputs. Shared by the tapes.
struct Record {
  Record(std::vector<Endpoint> in, std::vector<Endpoint> out);
  // Of an op, with all that it reads and gives.
  explicit Record(Node& node);
  ~Record();
  Node* op = nullptr;  // null: `backward` says what the gradient is
  BackwardFunction backward;
  std::string name;    // for messages: the op's type
  std::vector<Endpoint> inputs, outputs;
  std::vector<graph::NodeRef> held;
};

// Does the op read a variable by the handle that is its first input?
bool reads_variable(const Node& node);

// dL/dx of each source (nothing where it has no node), by the records walked backwards: through what depends on `roots`, of
// which sources are some. Ops are made in `graph`. The rest as Tape::gradient. Unimplemented: control flow of a graph.
StatusOr<std::vector<Gradient>> gradient_of(graph::Graph& graph, std::span<const std::shared_ptr<Record>> records,
                                            std::span<const Endpoint> roots, std::span<const Endpoint> targets,
                                            std::span<const Endpoint> sources, std::span<const Gradient> output_gradients);

}  // namespace reflow::eager
