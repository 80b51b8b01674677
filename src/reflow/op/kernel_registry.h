#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "reflow/base/status.h"
#include "reflow/op/kernel.h"

namespace reflow::op {

// One registered kernel: an op on a device type, for certain values of type attributes.
struct KernelDef {
  std::string op, device = kCpu, label;
  std::vector<std::pair<std::string, std::vector<DType>>> constraints;  // attribute -> allowed types
  std::function<std::unique_ptr<Kernel>(KernelInit&)> make;
};

// What an op does in control flow: the dataflow loop treats these specially.
enum class ControlKind : uint8_t { kNone, kSwitch, kMerge, kEnter, kExit, kNextIteration, kLoopCond, kTrigger };

// What the engine has to know of an op besides its definition: how its outputs relate to its inputs in memory, and how
// plans may treat it. Filled by the registration in op/op.h.
struct OpTraits {
  struct Pair { int output, input; };
  std::vector<Pair> in_place;   // the output may take the input's memory where that dies
  std::vector<Pair> alias;      // the output is the input's memory (Reshape, Identity): never written separately
  bool sets_outputs = false;    // the kernel sets its outputs itself: nothing is allocated for it
  bool value_from_shapes = false;  // the value depends on input shapes only (Shape, Size, Rank)
  ControlKind control = ControlKind::kNone;  // Switch, Merge, Enter, ... and their ref forms
  bool blocking = false;        // may wait (queues, Recv): not for the straight-line executor
};

// Kernels and traits of all ops. Filled by static registrars; then read only.
class KernelRegistry {
 public:
  static KernelRegistry& global();
  void add(KernelDef def);
  OpTraits& traits_of(std::string_view op);              // for registrars
  const OpTraits& traits(std::string_view op) const;     // default ones when nothing is registered
  // The kernel for `node` on `device_type`. NotFound, in TensorFlow's words: "No OpKernel was registered to support Op
  // 'X' used by {{node n}}with these attrs: [...]\nRegistered devices: [CPU]\nRegistered kernels:\n  ...".
  StatusOr<const KernelDef*> find(const Node& node, std::string_view device_type) const;
  bool has_kernel(const Node& node, std::string_view device_type) const;
  std::vector<const KernelDef*> kernels_of(std::string_view op) const;

 private:
  KernelRegistry();
  struct Impl;
  Impl* impl_;
};

// The kernel of `node`, made. Errors as of find() and of its constructor.
StatusOr<std::unique_ptr<Kernel>> make_kernel(const Node& node, Device* device, FunctionRunner* functions);

// The output shapes of `node` for these concrete inputs, by its shape function. *used_values tells whether an input
// value was looked at.
Status concrete_output_shapes(const Node& node, std::span<const Shape> input_shapes,
                              std::span<const Tensor* const> values, std::vector<Shape>* shapes, bool* used_values);

// Runs a stateless node on the given inputs, here and now: constant folding and tests.
StatusOr<std::vector<Tensor>> evaluate(const Node& node, std::span<const Tensor> inputs);

}  // namespace reflow::op
