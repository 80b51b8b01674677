#pragma once

// The gradient of a TracedFunction. Not for users.

#include <memory>
#include <set>
#include <vector>

#include "reflow/base/status.h"
#include "reflow/client/traced_function.h"
#include "reflow/graph/graph_to_function.h"

namespace reflow::function {

// A function that computes the gradients of another one's arguments from those of its results and from what a forward
// function, the other one with more results, has computed.
struct BackwardFunction {
  // The gradient of argument `input`: results of `function`; -1: there is none of the kind.
  struct Result {
    int input, values, indices, shape;
  };

  graph::FunctionOutline inference;  // of the function's body as it was written
  std::shared_ptr<TracedFunction> forward, function;
  std::vector<int> differentiated;  // the results that have gradients
  std::vector<int> intermediates;   // the results of the forward function that `function` takes
  std::vector<Result> results;

  Status make(TracedFunction& f);

 private:
  void split(TracedFunction& f, int num_nodes, const std::set<const graph::ControlFlowContext*>& loops,
             const std::vector<graph::Endpoint>& dys, const std::vector<graph::Endpoint>& dxs);
};

}  // namespace reflow::function
