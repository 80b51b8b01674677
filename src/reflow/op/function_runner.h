#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "reflow/base/status.h"
#include "reflow/graph/attr_value.h"
#include "reflow/op/kernel.h"

namespace reflow::op {

// What the calls that a run makes inherit from it. It belongs to the thread, and goes along to those that go on with
// the run's work.
struct CallState {
  int depth = 0;                                     // of functions within functions
  std::chrono::steady_clock::time_point deadline{};  // the beginning of time: none
  void* trace = nullptr;                             // the runtime's: where calls tell of their nodes; null: nowhere
};
// Sets the state of this thread, while it lives.
class CallScope {
 public:
  explicit CallScope(CallState state) : saved_(std::exchange(state_, state)) {}
  ~CallScope() { state_ = saved_; }
  CallScope(const CallScope&) = delete;
  CallScope& operator=(const CallScope&) = delete;
  static CallState current() { return state_; }

 private:
  static thread_local CallState state_;
  CallState saved_;
};

class FunctionScope;

// Runs functions of the graph's library for the kernels that call them (If, While, PartitionedCall, MapDataset). The
// runtime implements it. Thread-safe.
class FunctionRunner {
 public:
  using Handle = int64_t;
  virtual ~FunctionRunner() = default;
  // Function `name` with `attrs`, to be compiled when it is first run. The name SymbolicGradient with a function `f` is
  // the gradient of that: arguments of f and gradients of its results to gradients of its arguments. NotFound: no such
  // function.
  virtual StatusOr<Handle> instantiate(std::string_view name, const graph::AttrMap& attrs) = 0;
  // Does the function, or one that it calls, have kernels that may wait for other runs?
  virtual bool may_block(Handle handle) = 0;
  // Runs it, and calls `done` here or on another thread. Of `env` it takes the run's number, resources and cancellation. The results never share memory that is lent for the run.
  virtual void run(Handle handle, const RunEnv& env, std::vector<Tensor> arguments,
                   std::function<void(Status, std::vector<Tensor>)> done) = 0;
  // What an iterator that outlives the run needs of the runner.
  virtual std::shared_ptr<FunctionScope> open_scope() = 0;
};

// An iterator's side of a runner: functions with state (random numbers) begin anew in each scope, and threads that work
// beside the runs are waited for before the runner ends. May outlive the runner. Thread-safe.
class FunctionScope {
 public:
  virtual ~FunctionScope() = default;
  // As FunctionRunner::instantiate. Cancelled: the runner has ended.
  virtual StatusOr<FunctionRunner::Handle> instantiate(std::string_view name, const graph::AttrMap& attrs) = 0;
  // As FunctionRunner::run, but waits. REQUIRES: within a run, or a task of start().
  virtual StatusOr<std::vector<Tensor>> call(FunctionRunner::Handle handle, const RunEnv& env,
                                             std::vector<Tensor> arguments) = 0;
  // Runs `task` on a thread of its own, and cancels `cancellation` when the runner is to end meanwhile. False: the runner
  // has ended, and `task` isn't run.
  virtual bool start(ThreadPool& pool, std::shared_ptr<CancellationManager> cancellation, std::function<void()> task) = 0;
  // The name of an op with state in the function, or in one that it calls; empty: there is none. Ops that make datasets,
  // that call functions, that look up a table and that only check have none.
  virtual std::string stateful_op(FunctionRunner::Handle handle) = 0;
  // Is the runner about to end, as the session closes?
  virtual bool ending() const = 0;
};

// A kernel that may run functions it doesn't name: who cancels the caller of the run cancels it too.
class CallsUnnamedFunctions {
 protected:
  ~CallsUnnamedFunctions() = default;
};

// One function that a kernel calls.
class CalledFunction {
 public:
  // Takes the attribute `attr` of the node, of type func. Fails where there is no such function.
  CalledFunction(KernelInit& c, std::string_view attr);
  CalledFunction(KernelInit& c, const NameAttrList& function);
  bool may_block() const { return handle_ >= 0 && runner_->may_block(handle_); }
  // Waits for the end of the call. InvalidArgument: other results than `num_results`.
  StatusOr<std::vector<Tensor>> call(const RunEnv& env, std::vector<Tensor> arguments, int num_results) const;

 private:
  FunctionRunner* runner_;
  FunctionRunner::Handle handle_ = -1;
};

// A kernel that calls functions: on a thread of its own where these may block.
class CallingKernel : public Kernel {
 public:
  bool is_async() const final { return may_block_; }
  void compute_async(KernelContext& c, std::function<void(Status)> done) final;

 protected:
  void note(const CalledFunction& function) { may_block_ |= function.may_block(); }
  // Inputs from `first` on.
  static std::vector<Tensor> arguments(KernelContext& c, int first);
  // Makes them the outputs. InvalidArgument: of another type.
  static Status give_out(KernelContext& c, std::vector<Tensor> results);

 private:
  bool may_block_ = false;
};

// The function that `node` calls and does nothing else: by its name, by PartitionedCall, its gradient. None: other ops.
std::optional<NameAttrList> called_function(const Node& node);

// The kernel of a node that calls a function by its name.
std::unique_ptr<Kernel> make_call_kernel(KernelInit& c);

}  // namespace reflow::op
