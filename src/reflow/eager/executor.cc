#include "reflow/eager/executor.h"

#include <algorithm>

#include "reflow/eager/tape.h"
#include "reflow/graph/immediate_scope.h"
#include "reflow/graph/shape_context.h"
#include "reflow/op/memory_errors.h"

namespace reflow::eager {

using graph::Endpoint;
using graph::Node;

namespace {

std::atomic<Executor*> the_executor{nullptr};

[[maybe_unused]] const bool registered = [] {
  graph::set_immediate_executor([](graph::Graph& graph) -> graph::ImmediateExecutor* {
    auto* executor = new Executor(graph);
    the_executor.store(executor, std::memory_order_release);
    return executor;
  });
  return true;
}();

std::vector<std::unique_ptr<op::Device>> make_devices() {
  std::vector<std::unique_ptr<op::Device>> devices;
  devices.push_back(std::make_unique<op::Device>("/job:localhost/replica:0/task:0/device:CPU:0", op::kCpu,
                                                 &ThreadPool::process_pool()));
  return devices;
}

// From so many input bytes on, or where a kernel may wait, other threads of a language binding are let run.
constexpr int64_t kLongWorkBytes = 1 << 16;

bool is_long_work(const op::KernelContext& context) {
  int64_t bytes = 0;
  for (int i = 0; i < context.num_inputs(); ++i) bytes += context.input(i).valid() ? context.input(i).size_bytes() : 0;
  return bytes >= kLongWorkBytes;
}

}  // namespace

Executor* Executor::instance() { return the_executor.load(std::memory_order_acquire); }

Executor::Executor(graph::Graph& graph)
    : graph_(graph),
      devices_(make_devices()),
      functions_(&graph, &cancellation_),
      compiler_(options_, devices_, &ThreadPool::process_pool(), &functions_),
      kernels_(devices_.front().get(), &functions_) {
  functions_.set_compiler(&compiler_);
  env_.device = devices_.front().get();
  env_.pool = &ThreadPool::process_pool();
  env_.functions = &functions_;
  env_.cancellation = &cancellation_;
  env_.step_resources = &step_resources_;
}

StatusOr<Node*> Executor::add(graph::NodeSpec spec) {
  const std::lock_guard lock(graph_.mutex());
  ASSIGN_OR_RETURN(Node* const node, graph_.add_node(std::move(spec)));
  const size_t id = static_cast<size_t>(node->id());
  if (id / kChunk >= kMaxChunks) {
    graph_.remove_node(node);
    return resource_exhausted("More than {} eager tensors are alive", kMaxChunks * kChunk);
  }
  std::atomic<Slot*>& chunk = chunks_[id / kChunk];
  if (chunk.load(std::memory_order_relaxed) == nullptr) chunk.store(new Slot[kChunk], std::memory_order_release);
  Slot& slot = slot_of(*node);
  slot.outputs.resize(static_cast<size_t>(node->num_outputs()));
  slot.holders.store(1, std::memory_order_relaxed);
  graph::ImmediateScope::adopt(node);
  return node;
}

StatusOr<Node*> Executor::execute(graph::NodeSpec spec, std::string_view name) {
  if (std::ranges::any_of(spec.op->inputs, [](const graph::ArgDef& arg) { return arg.is_ref; }) ||
      std::ranges::any_of(spec.op->outputs, [](const graph::ArgDef& arg) { return arg.is_ref; })) {
    const auto& args = spec.op->inputs.empty() ? spec.op->outputs : spec.op->inputs;
    const auto ref = std::ranges::find_if(args, [](const graph::ArgDef& arg) { return arg.is_ref; });
    return failed_precondition("{} op does not support eager execution. Arg '{}' is a ref.", spec.op->name,
                               ref == args.end() ? spec.op->outputs.front().name : ref->name);
  }
  ASSIGN_OR_RETURN(Node* const node, add(std::move(spec)));
  Slot& slot = slot_of(*node);
  if (const Status status = run(*node, slot); !status.ok()) {
    forget_inputs(node);
    return graph::execution_error(append_message(
        status, fmt::format(" [Op:{}]{}", node->type(), name.empty() ? std::string() : fmt::format(" name: {}", name))));
  }
  if (!Tape::record_on_all(*node)) forget_inputs(node);
  return node;
}

void Executor::forget_inputs(Node* node) {
  if (node->num_inputs() == 0) return;
  const std::lock_guard lock(graph_.mutex());
  for (int i = node->num_inputs(); i > 0; --i) graph_.remove_input(node, i - 1);
}

Status Executor::run(Node& node, Slot& slot) {
  if (node.type() == "Const") {
    ASSIGN_OR_RETURN(slot.outputs[0].tensor, node.attr<Tensor>("value"));
    slot.outputs[0].tensor = slot.outputs[0].tensor.retained();
    node.clear_attr("value");
    node.set_output_shape(0, slot.outputs[0].tensor.shape());
    return OkStatus();
  }
  ASSIGN_OR_RETURN(const CachedKernel kernel, kernels_.find_or_make(node));

  constexpr int kFew = 8;
  const int n = node.num_inputs();
  op::Value* few_inputs[kFew];
  const Tensor* few_values[kFew];
  Shape few_shapes[kFew];
  std::vector<op::Value*> many_inputs;
  std::vector<const Tensor*> many_values;
  std::vector<Shape> many_shapes;
  op::Value** inputs = few_inputs;
  const Tensor** values = few_values;
  Shape* shapes = few_shapes;
  if (n > kFew) {
    many_inputs.resize(n);
    many_values.resize(n);
    many_shapes.resize(n);
    inputs = many_inputs.data();
    values = many_values.data();
    shapes = many_shapes.data();
  }
  for (int i = 0; i < n; ++i) {
    const Endpoint& e = node.input(i);
    inputs[i] = &slot_of(*e.node).outputs[e.index];
    values[i] = &inputs[i]->tensor;
    shapes[i] = inputs[i]->tensor.shape();
  }
  op::RunEnv env = env_;
  op::KernelContext context(&env, &node, inputs, n, slot.outputs.data(), node.num_outputs());
  if (!kernel.traits->sets_outputs && node.num_outputs() > 0) {
    graph::ShapeContext c(node, {shapes, static_cast<size_t>(n)}, {values, static_cast<size_t>(n)}, {}, true);
    if (node.op().shape_fn != nullptr) RETURN_IF_ERROR(node.op().shape_fn(c));
    RETURN_IF_ERROR(allocate(context, node, c.outputs()));
  }
  RETURN_IF_ERROR(compute(kernel, context));
  for (int i = 0; i < node.num_outputs(); ++i) {
    if (const Tensor& output = slot.outputs[i].get(); output.valid()) node.set_output_shape(i, output.shape());
  }
  return OkStatus();
}

Status Executor::allocate(op::KernelContext& context, const Node& node, std::span<const Shape> shapes) {
  for (int i = 0; i < node.num_outputs(); ++i) {
    if (shapes[i].fully_defined()) RETURN_IF_ERROR(context.allocate_output(i, shapes[i]));
  }
  return OkStatus();
}

Status Executor::compute(const CachedKernel& kernel, op::KernelContext& context) {
  const bool waits = kernel.traits->blocking || kernel.kernel->is_async();
  const auto run = [&] { return op::with_memory_errors([&] { return kernel.kernel->compute(context); }); };
  if (pause_.begin == nullptr || (!waits && !is_long_work(context))) return run();
  void* const paused = pause_.begin();
  Status status = run();
  pause_.end(paused);
  return status;
}

Node* Executor::constant(Tensor value) {
  graph::NodeSpec spec;
  spec.op = graph::OpRegistry::global().find("Const");
  spec.name = "Const";
  spec.output_types = {value.dtype()};
  spec.attrs = {{"dtype", value.dtype()}};
  auto node = add(std::move(spec));
  if (!node.ok()) return nullptr;
  (*node)->set_output_shape(0, value.shape());
  slot_of(**node).outputs[0].tensor = value.retained();
  return *node;
}

Tensor Executor::value(Endpoint e) { return slot_of(*e.node).outputs[e.index].get(); }

void Executor::retain(const Node* node) { slot_of(*node).holders.fetch_add(1, std::memory_order_relaxed); }

void Executor::release(const Node* node) {
  Slot& slot = slot_of(*node);
  if (slot.holders.fetch_sub(1, std::memory_order_acq_rel) != 1) return;
  // Values may hold what takes locks of its own when it dies, so they go when the node has gone.
  std::vector<op::Value> outputs = std::move(slot.outputs);
  slot.outputs.clear();
  slot.owner.reset();
  slot.trainable = false;
  const std::lock_guard lock(graph_.mutex());
  graph_.remove_node(const_cast<Node*>(node));
}

void Executor::set_owner(const Node* node, std::weak_ptr<void> owner, bool trainable) {
  Slot& slot = slot_of(*node);
  slot.owner = std::move(owner);
  slot.owner_number = ++owners_;
  slot.trainable = trainable;
}

std::shared_ptr<void> Executor::owner(const Node* node) { return slot_of(*node).owner.lock(); }

int64_t Executor::next_op_seed() {
  const std::lock_guard lock(seeds_mutex_);
  return seeds_.next_seed();
}

void Executor::seed_changed() {
  const std::lock_guard lock(seeds_mutex_);
  seeds_ = PythonRandom(graph_.seed);
  kernels_.clear();
}

int Executor::num_nodes() const {
  const std::lock_guard lock(graph_.mutex());
  return graph_.num_nodes();
}

}  // namespace reflow::eager
