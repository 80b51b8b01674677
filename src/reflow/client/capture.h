#pragma once

// What stands in the body of a function for tensors of other graphs. Not for users.

#include <functional>
#include <utility>

#include "reflow/graph/graph.h"

namespace reflow::client {

// From a tensor of another graph to what stands for it.
struct Capture {
  std::function<graph::Endpoint(graph::Endpoint)> stand_in;
  bool in_scope_of_op = false;  // called in the name scope of the op that takes the tensor
};

// While it lives, ops that this thread makes in `body` may take tensors of other graphs.
class CaptureScope {
 public:
  CaptureScope(const graph::Graph& body, Capture capture);
  CaptureScope(const graph::Graph& body, std::function<graph::Endpoint(graph::Endpoint)> stand_in)
      : CaptureScope(body, Capture{std::move(stand_in)}) {}
  ~CaptureScope();
  CaptureScope(const CaptureScope&) = delete;
  CaptureScope& operator=(const CaptureScope&) = delete;
};

// Of the function whose body `graph` is; null: it is no such graph.
const Capture* capture_of(const graph::Graph& graph);

}  // namespace reflow::client
