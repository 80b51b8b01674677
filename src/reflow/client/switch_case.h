#pragma once

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "reflow/client/output.h"
#include "reflow/client/tensor_like.h"

namespace reflow {

// The result of branch_fns[branch_index], a scalar integer; of default_fn where there is no such branch, and where that
// is left out, of the last one. Each function is called once, to build a function of the graph's library: a Case op, in
// which one of them runs.
// TypeError: "branch_index must an integer Tensor, got {}", or results of different numbers or types.
// ValueError: "Must provide at least one item in branch_fns".
using SwitchFn = std::function<Output()>;
Output switch_case(const TensorLike& branch_index, const std::vector<SwitchFn>& branch_fns, const SwitchFn& default_fn = {},
                   const std::string& name = "switch_case");
// The same of functions that give several tensors.
using SwitchListFn = std::function<std::vector<Output>()>;
std::vector<Output> switch_case_lists(const TensorLike& branch_index, const std::vector<SwitchListFn>& branch_fns,
                                      const SwitchListFn& default_fn = {}, const std::string& name = "switch_case");

}  // namespace reflow
