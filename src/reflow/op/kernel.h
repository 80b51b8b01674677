#pragma once

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "reflow/base/status.h"
#include "reflow/base/thread_pool.h"
#include "reflow/graph/node.h"
#include "reflow/op/cancellation.h"
#include "reflow/op/device.h"
#include "reflow/op/resource_manager.h"
#include "reflow/tensor/checked_size.h"
#include "reflow/tensor/tensor.h"

namespace reflow::op {

using namespace ::reflow::graph;  // ops speak of nodes and endpoints all the time

class FunctionRunner;
class Rendezvous;

// What flows along an edge: a tensor, or a reference to a variable.
struct Value {
  Tensor tensor;
  Variable* ref = nullptr;  // set: the edge carries a reference
  const Tensor& get() const { return ref ? ref->tensor : tensor; }
};

// What is the same for all kernels of one run on one device.
struct RunEnv {
  Device* device = nullptr;
  ThreadPool* pool = nullptr;
  Rendezvous* rendezvous = nullptr;
  CancellationManager* cancellation = nullptr;
  FunctionRunner* functions = nullptr;
  ResourceManager* step_resources = nullptr;  // ends with the run: tensor arrays, stacks, temporary variables
  int64_t step_id = 0;
  std::string session_handle;
};

// What a kernel is made from, once for each node and session: its node. Errors of the constructor go to fail().
class KernelInit {
 public:
  KernelInit(const Node& node, Device* device, FunctionRunner* functions)
      : node_(node), device_(device), functions_(functions) {}
  const Node& node() const { return node_; }
  Device* device() const { return device_; }  // null where a constant is being folded
  FunctionRunner* functions() const { return functions_; }
  // The attribute, or a default T after fail().
  template <typename T>
  T attr(std::string_view name) {
    auto value = node_.attr<T>(name);
    if (value.ok()) return *std::move(value);
    fail(value.status());
    return T{};
  }
  template <typename T>
  T attr_or(std::string_view name, T otherwise) {
    const AttrValue* v = node_.find_attr(name);
    const T* t = v ? v->get<T>() : nullptr;
    return t ? *t : otherwise;
  }
  void fail(Status status) { if (status_.ok()) status_ = std::move(status); }
  const Status& status() const { return status_; }

 private:
  const Node& node_;
  Device* device_;
  FunctionRunner* functions_;
  Status status_;
};

// A kernel's view of one execution. Inputs are valid for the call; outputs whose shape the op's shape function knows are
// allocated before compute() is called (unless the op was registered with .sets_outputs()).
class KernelContext {
 public:
  KernelContext(RunEnv* env, const Node* node, Value* const* inputs, int num_inputs, Value* outputs, int num_outputs)
      : env_(env), node_(node), inputs_(inputs), outputs_(outputs), num_inputs_(num_inputs), num_outputs_(num_outputs) {}

  int num_inputs() const { return num_inputs_; }
  // Input i; of a reference the variable's tensor, not valid() when uninitialised. The executor has checked that plain
  // inputs of ops without allows_uninitialized_input are valid.
  const Tensor& input(int i) const { return inputs_[i]->get(); }
  // The input's value slot itself; null where Merge has none.
  Value* input_value(int i) const { return inputs_[i]; }
  // REQUIRES: input i is a reference.
  Variable& ref(int i) const { return *inputs_[i]->ref; }
  bool is_ref(int i) const { return inputs_[i]->ref != nullptr; }

  int num_outputs() const { return num_outputs_; }
  // The allocated output. It may share the memory of an input named by .in_place().
  Tensor& output(int i) { return outputs_[i].tensor; }
  // For outputs whose shape depends on values. ResourceExhausted, InvalidArgument: see allocate_tensor.
  Status allocate_output(int i, const Shape& shape);
  // Puts a tensor there, sharing its buffer. Only for ops registered with .sets_outputs(), or outputs whose shape the
  // shape function doesn't know: the others' slots are bound to planned memory.
  void set_output(int i, Tensor value) { outputs_[i].tensor = std::move(value); outputs_[i].ref = nullptr; }
  // Makes output i the reference `variable`; whoever makes it keeps it alive.
  void set_output_ref(int i, Variable* variable) { outputs_[i].ref = variable; }
  // Output i is the same value, or the same reference, as input j.
  void forward(int j, int i) { outputs_[i] = *inputs_[j]; }
  Value& output_value(int i) { return outputs_[i]; }
  // Switch and kin: no value flows from output i in this execution.
  void set_dead(int i) { dead_outputs_ |= uint64_t{1} << i; }
  uint64_t dead_outputs() const { return dead_outputs_; }
  // Ops with set_dead are executed too when dead inputs arrive (Merge, Recv, Send): were there any?
  bool is_input_dead() const { return input_dead_; }
  void set_input_dead(bool dead) { input_dead_ = dead; }

  // A tensor for the time of the call, from memory that is kept between runs.
  StatusOr<Tensor> allocate_scratch(DType type, const Shape& shape) { return allocate_tensor(type, shape); }

  const Node& node() const { return *node_; }
  RunEnv& env() const { return *env_; }
  ThreadPool& pool() const { return *env_->pool; }
  ResourceManager& resources() const { return env_->device->resources(); }
  CancellationManager* cancellation() const { return env_->cancellation; }
  // Frame and iteration of the dataflow loop, for keys of Send and Recv.
  int64_t frame_id = 0, iteration = 0;

 private:
  RunEnv* env_;
  const Node* node_;
  Value* const* inputs_;
  Value* outputs_;
  int num_inputs_, num_outputs_;
  uint64_t dead_outputs_ = 0;
  bool input_dead_ = false;
};

// The implementation of an op for one node of a session. The constructor (KernelInit&) parses attributes once.
// compute() may be called by several runs at once. Messages of errors are completed with the node's name by the caller.
class Kernel {
 public:
  virtual ~Kernel() = default;
  virtual Status compute(KernelContext& c) = 0;
  // Set: compute_async is called instead, in the dataflow loop.
  virtual bool is_async() const { return false; }
  // Calls `done` exactly once, here or later. The context lives until then.
  virtual void compute_async(KernelContext& c, std::function<void(Status)> done) { done(compute(c)); }
  // Set for kernels that read nothing but a constant: the value, which the plan uses directly.
  virtual const Tensor* constant() const { return nullptr; }
};

}  // namespace reflow::op
