#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "reflow/client/control_flow_ops.h"
#include "reflow/client/output.h"
#include "reflow/client/tensor_like.h"

namespace reflow {

struct WhileLoopOptions {
  // Shapes that hold in all iterations, one for each loop variable; none given: those that the variables enter with.
  std::optional<std::vector<Shape>> shape_invariants;
  int parallel_iterations = 10;
  bool back_prop = true;
  bool swap_memory = false;
  std::string name;
  TensorLike maximum_iterations;  // a scalar; none: no limit
};

// What a loop's functions read: the loop variables, in order. A TensorArray is a loop variable by its flow (see
// TensorArray::with_flow).
using LoopCondition = std::function<TensorLike(const std::vector<Output>& loop_vars)>;
using LoopBody = std::function<TensorList(const std::vector<Output>& loop_vars)>;

// Repeats `body`, which makes new values of the loop variables from the old ones, while `cond` is true, and gives the
// last values. The functions are called once, to build the graph; what they throw ends the building. Loops nest.
// ValueError: "No loop variables provided"; a variable's shape changes ("Input tensor '{}' enters the loop with shape
// {}, but has shape {} after one iteration. ..."), or isn't that of its invariant.
std::vector<Output> while_loop(const LoopCondition& cond, const LoopBody& body, const TensorList& loop_vars,
                               const WhileLoopOptions& options = {});

}  // namespace reflow
