#pragma once

// What the opaque types of eager/c_api.h are. Values are nodes of the process's immediate graph, held by their handles.

#include <memory>
#include <string>
#include <vector>

#include "reflow/capi/objects.h"
#include "reflow/eager/executor.h"
#include "tensorflow/c/eager/c_api.h"

namespace reflow::capi {

// Who runs operations; made when first asked for.
eager::Executor& executor();

}  // namespace reflow::capi

struct TFE_ContextOptions {};

struct TFE_Context {
  TFE_ContextDevicePlacementPolicy policy = TFE_DEVICE_PLACEMENT_SILENT;
};

struct TFE_TensorHandle {
  // Holds the node of the value.
  explicit TFE_TensorHandle(reflow::graph::Endpoint value);
  ~TFE_TensorHandle();
  TFE_TensorHandle(const TFE_TensorHandle&) = delete;
  TFE_TensorHandle& operator=(const TFE_TensorHandle&) = delete;
  reflow::Tensor tensor() const { return reflow::capi::executor().value(value); }

  const reflow::graph::Endpoint value;
};

struct TFE_Op {
  TFE_Context* context;
  std::string name;
  const reflow::graph::OpDef* op;  // of a function: its signature
  bool is_function;
  std::string device;
  reflow::graph::AttrMap attrs;
  std::vector<std::unique_ptr<TFE_TensorHandle>> inputs;  // flat; handles of its own
  std::vector<int> list_sizes;                            // of the arguments given so far; -1: one tensor at a time
};
