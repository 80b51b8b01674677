#pragma once

// What a Variable points to. Not for users.

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "reflow/client/variable.h"
#include "reflow/graph/immediate.h"

namespace reflow::client {

struct VariableState {
  Output ref;       // of the VariableV2, or the handle
  graph::NodeRef held_handle;  // where ops run at once: there is only a handle, and no other nodes
  Output snapshot;  // "read" of a ref variable; the first read of a resource variable: what fetching it gives
  Output cached;    // of a resource variable with a caching device
  Output initial_value, is_initialized;
  Operation initializer;
  Shape shape;
  DType dtype = DType::kInvalid;  // without ref
  bool resource = false, trainable = true;
  std::function<Output(const Output&)> constraint;
  void* binding = nullptr;  // the object of a language binding that stands for it; null: none. Not owned
  VariableSynchronization synchronization = VariableSynchronization::AUTO;
  VariableAggregation aggregation = VariableAggregation::NONE;
  std::optional<SaveSliceInfo> save_slice_info;
  // Of a partitioned variable, which has nodes in its parts only; `partitions` are their numbers along each dimension.
  std::vector<Variable> parts;
  std::vector<int> partitions;
  std::string name;
};

// The parts of a partitioned variable joined.
Output join_parts(const VariableState& variable);

// A new ReadVariableOp of a resource variable, on its device.
Output read_variable_op(const VariableState& variable);
// The value of a resource variable after `change`, read anew.
Output read_after(const VariableState& variable, const Operation& change);

// `value`, the initial value of the variable called `name`, with each other variable that it reads replaced by that
// variable's initialized_value(): so one run can initialise them all.
Output guard_initial_value(const std::string& name, const Output& value);

}  // namespace reflow::client
