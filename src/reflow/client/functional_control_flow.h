#pragma once

// Conds and loops as ops that call functions. Not for users: cond(), case_() and while_loop() are these where
// builds_functional_control_flow().

#include <string>
#include <vector>

#include "reflow/client/control_flow_ops.h"
#include "reflow/client/output.h"
#include "reflow/client/while_loop.h"

namespace reflow::client {

// An If or StatelessIf; its results. TypeError: the functions give results of other types.
std::vector<Output> functional_cond(const TensorLike& pred, const BranchFn& true_fn, const BranchFn& false_fn,
                                    const std::string& name);

// A While, with a counter and the maximum before the variables; the variables at its end.
std::vector<Output> functional_while(const LoopCondition& cond, const LoopBody& body, const TensorList& loop_vars,
                                     const WhileLoopOptions& options);

}  // namespace reflow::client
