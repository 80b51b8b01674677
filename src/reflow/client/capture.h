#pragma once

// What stands in the body of a function for tensors of other graphs. Not for users.

#include <functional>

#include "reflow/graph/graph.h"

namespace reflow::client {

// From a tensor of another graph to what stands for it.
using Capture = std::function<graph::Endpoint(graph::Endpoint)>;

// While it lives, ops that this thread makes in `body` may take tensors of other graphs.
class CaptureScope {
 public:
  CaptureScope(const graph::Graph& body, Capture capture);
  ~CaptureScope();
  CaptureScope(const CaptureScope&) = delete;
  CaptureScope& operator=(const CaptureScope&) = delete;
};

// Of the function whose body `graph` is; null: it is no such graph.
const Capture* capture_of(const graph::Graph& graph);

}  // namespace reflow::client
