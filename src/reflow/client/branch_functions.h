#pragma once

// Branches as functions that take the same tensors. Not for users.

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "reflow/client/output.h"

namespace reflow::client {

struct BranchFunctions {
  std::vector<std::string> names;             // in the library of the default graph
  std::vector<Output> captured;               // what all of them take: the tensors from outside that some use
  std::vector<std::vector<DType>> types;      // of the results, by branch
  std::vector<std::vector<Shape>> shapes;     // likewise
};

// Calls each body once, with a graph of its own as the default one, and adds that to the library as a function named
// by `names`, which a number is put behind.
BranchFunctions define_branches(const std::vector<std::function<std::vector<Output>()>>& bodies,
                                const std::vector<std::string>& names);

}  // namespace reflow::client
