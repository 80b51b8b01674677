#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string_view>
#include <vector>

#include "reflow/base/status.h"
#include "reflow/graph/attr_value.h"

namespace reflow::op {

struct RunEnv;

// Runs functions of the graph's library for the kernels that call them (If, While, PartitionedCall, MapDataset). The
// runtime implements it. Thread-safe.
class FunctionRunner {
 public:
  using Handle = int64_t;
  virtual ~FunctionRunner() = default;
  // The compiled form of function `name` with `attrs`. NotFound: no such function.
  virtual StatusOr<Handle> instantiate(std::string_view name, const graph::AttrMap& attrs) = 0;
  // Runs it, and calls `done` here or on another thread.
  virtual void run(Handle handle, const RunEnv& env, std::vector<Tensor> arguments,
                   std::function<void(Status, std::vector<Tensor>)> done) = 0;
};

}  // namespace reflow::op
