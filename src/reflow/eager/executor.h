#pragma once

#include <array>
#include <atomic>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "reflow/eager/kernel_cache.h"
#include "reflow/eager/python_random.h"
#include "reflow/graph/immediate.h"
#include "reflow/op/device.h"
#include "reflow/runtime/compiler.h"
#include "reflow/runtime/functions.h"

namespace reflow::eager {

// Runs the ops of the immediate graph on this machine's CPU, with the kernels and shape functions that graphs are run
// with: no graph, plan or session comes into it. There is one in a process, which lives until that ends. Any thread may
// use it; ops of several threads run side by side.
class Executor : public graph::ImmediateExecutor {
 public:
  explicit Executor(graph::Graph& graph);
  // The one of this process; null: nothing has been run yet.
  static Executor* instance();

  StatusOr<graph::Node*> execute(graph::NodeSpec spec, std::string_view name) override;
  Status no_kernel(const graph::OpDef& op) const override { return KernelCache::no_kernel(op.name); }
  Tensor value(graph::Endpoint e) override;
  void retain(const graph::Node* node) override;
  void release(const graph::Node* node) override;
  void set_owner(const graph::Node* node, std::weak_ptr<void> owner, bool trainable) override;
  std::shared_ptr<void> owner(const graph::Node* node) override;
  int64_t next_op_seed() override;
  void seed_changed() override;

  graph::Graph& graph() const { return graph_; }
  const std::string& device_name() const { return devices_.front()->name(); }
  bool is_trainable(const graph::Node* node) { return slot_of(*node).trainable; }
  // Grows with each node that has got an owner.
  uint64_t owner_number(const graph::Node* node) { return slot_of(*node).owner_number; }
  // A node with values that no op of this process has computed; the innermost scope holds it.
  graph::Node* constant(Tensor value);

  // Nobody knows from here on what went into `node`, so that this needn't live as long as it does.
  void forget_inputs(graph::Node* node);

  // Called around kernels that may wait or work for long: a language binding lets its other threads run meanwhile.
  struct Pause {
    void* (*begin)() = nullptr;
    void (*end)(void*) = nullptr;
  };
  void set_pause(Pause pause) { pause_ = pause; }

  // For tests: how many nodes are held, how many kernels are kept.
  int num_nodes() const;
  size_t num_kernels() const { return kernels_.size(); }

 private:
  // What a node has besides what graph::Node says: by its id.
  struct Slot {
    std::atomic<int64_t> holders{0};
    std::vector<op::Value> outputs;
    std::weak_ptr<void> owner;
    uint64_t owner_number = 0;
    bool trainable = false;
  };
  static constexpr size_t kChunk = 4096, kMaxChunks = 16384;

  Slot& slot_of(const graph::Node& node) {
    const size_t id = static_cast<size_t>(node.id());
    return chunks_[id / kChunk].load(std::memory_order_acquire)[id % kChunk];
  }
  StatusOr<graph::Node*> add(graph::NodeSpec spec);
  Status run(graph::Node& node, Slot& slot);
  Status allocate(op::KernelContext& context, const graph::Node& node, std::span<const Shape> shapes);
  Status compute(const CachedKernel& kernel, op::KernelContext& context);

  graph::Graph& graph_;
  op::CancellationManager cancellation_;
  op::ResourceManager step_resources_;
  runtime::SessionOptions options_;
  std::vector<std::unique_ptr<op::Device>> devices_;
  runtime::Functions functions_;
  runtime::Compiler compiler_;
  op::RunEnv env_;
  KernelCache kernels_;
  Pause pause_;
  std::atomic<uint64_t> owners_{0};
  std::mutex seeds_mutex_;
  PythonRandom seeds_{0};
  std::array<std::atomic<Slot*>, kMaxChunks> chunks_{};
};

}  // namespace reflow::eager
