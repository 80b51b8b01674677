#pragma once

#include <memory>
#include <string_view>
#include <variant>
#include <vector>

#include "reflow/base/thread_pool.h"
#include "reflow/graph/graph.h"
#include "reflow/op/device.h"
#include "reflow/op/kernel.h"
#include "reflow/tensor/tensor.h"

namespace reflow::testing {

// One op with its kernel, which lives through several runs: for tests of kernels with state, of references and of control
// flow, below the runtime. Not for several threads.
class OpRunner {
 public:
  // A value, a reference to a variable, or nothing (what Merge gets of the branch that wasn't taken; the type is that of
  // the tensor).
  struct Nothing {
    DType type;
  };
  using Input = std::variant<Tensor, op::Variable*, Nothing>;

  // The kernel of `type` on placeholders in place of `inputs`; those of an argument that is a list are all that are left
  // over for it. Failures to make the op are failures of the test. `device` may be null: one of its own.
  OpRunner(std::string_view type, std::vector<Input> inputs, graph::AttrMap attrs = {}, op::Device* device = nullptr,
           int num_threads = 1);
  ~OpRunner();

  // Shapes, allocation and compute() with the inputs of now. The outputs are then in output() and ref().
  Status run();
  // The resources of the run; none otherwise.
  void set_step_resources(op::ResourceManager* resources) { step_resources_ = resources; }
  void set_input(int i, Input input) { inputs_[i] = std::move(input); }
  const Tensor& output(int i = 0) const { return outputs_[i].get(); }
  op::Variable* ref(int i = 0) const { return outputs_[i].ref; }
  bool is_dead(int i) const { return dead_outputs_ >> i & 1; }
  graph::Node& node() { return *node_; }

 private:
  graph::Graph graph_;
  std::vector<Input> inputs_;
  ThreadPool pool_;
  std::unique_ptr<op::Device> own_device_;
  op::Device* device_;
  op::ResourceManager* step_resources_ = nullptr;
  graph::Node* node_ = nullptr;
  std::unique_ptr<op::Kernel> kernel_;
  std::vector<op::Value> outputs_;
  uint64_t dead_outputs_ = 0;
};

}  // namespace reflow::testing
