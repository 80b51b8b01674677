#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "reflow/graph/graph.h"
#include "reflow/op/function_runner.h"
#include "reflow/runtime/compiler.h"

namespace reflow::runtime {

// The functions of a session's graph that its kernels call, each compiled when it is first run. Functions that call
// themselves end in an error beyond a certain depth. Thread-safe.
class Functions : public op::FunctionRunner {
 public:
  // `session` is cancelled when the session closes. Both outlive it.
  Functions(graph::Graph* graph, op::CancellationManager* session);
  ~Functions() override;
  void set_compiler(Compiler* compiler) { compiler_ = compiler; }
  // Waits for the tasks of scopes, which have to be ending, and forgets what is compiled. REQUIRES: nothing else runs.
  void clear();

  StatusOr<Handle> instantiate(std::string_view name, const graph::AttrMap& attrs) override;
  bool may_block(Handle handle) override;
  std::string stateful_op(Handle handle);  // see FunctionScope
  void run(Handle handle, const op::RunEnv& env, std::vector<Tensor> arguments,
           std::function<void(Status, std::vector<Tensor>)> done) override;
  std::shared_ptr<op::FunctionScope> open_scope() override;

 private:
  struct Lifetime;
  class Scope;
  struct Function {
    graph::NameAttrList name;
    std::mutex mutex;
    std::unique_ptr<graph::Graph> graph;
    KernelCache kernels;
    std::shared_ptr<Plan> plan;  // null: not compiled yet
  };
  Function& function(Handle handle);
  StatusOr<std::shared_ptr<Plan>> plan_of(Function& function);
  StatusOr<std::vector<Tensor>> run(Handle handle, const op::RunEnv& env, std::span<const Tensor> arguments);
  // `scope`: 0, or that of the function's state.
  StatusOr<Handle> instantiate_in(int64_t scope, std::string_view name, const graph::AttrMap& attrs);
  std::vector<std::unique_ptr<Function>> take_scope(int64_t scope);

  graph::Graph* graph_;
  op::CancellationManager* session_;
  Compiler* compiler_ = nullptr;
  const std::shared_ptr<Lifetime> lifetime_;
  std::mutex mutex_;
  int64_t next_scope_ = 1;
  std::map<std::pair<int64_t, std::string>, Handle> handles_;  // by scope, and name and attributes
  std::vector<std::unique_ptr<Function>> functions_;
};

}  // namespace reflow::runtime
