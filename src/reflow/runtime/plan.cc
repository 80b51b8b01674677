#include "reflow/runtime/plan.h"

#include <algorithm>
#include <functional>
#include <queue>
#include <utility>

#include "reflow/op/function_runner.h"
#include "reflow/runtime/control_flow_info.h"
#include "reflow/runtime/program.h"
#include "reflow/runtime/schedule.h"

namespace reflow::runtime {

using graph::Endpoint;
using graph::Node;
using op::ControlKind;
using op::KernelRegistry;

Plan::Plan() = default;
Plan::~Plan() = default;

Program& Plan::program_for(std::span<const Tensor> feeds) {
  // A program is never freed before its plan, so that the last one can be tried without the lock.
  Program* last = last_program_.load(std::memory_order_acquire);
  if (last != nullptr && last->accepts(feeds)) return *last;
  std::lock_guard lock(mutex_);
  for (const auto& program : programs_) {
    if (!program->accepts(feeds)) continue;
    last_program_.store(program.get(), std::memory_order_release);
    return *program;
  }
  // Who feeds ever new shapes gets one program for all that are still to come.
  constexpr size_t kMaxPrograms = 64;
  programs_.push_back(std::make_unique<Program>(*this, feeds, programs_.size() + 1 < kMaxPrograms));
  last_program_.store(programs_.back().get(), std::memory_order_release);
  return *programs_.back();
}

Status at_node(const Status& status, const Node& node) {
  // What a function's node says already names the place; the nodes around it are only added to it.
  if (message_of(status).find("{{node ") != std::string_view::npos) {
    return append_message(status, fmt::format("\n\t [[{}]]", node.name()));
  }
  return append_message(status, fmt::format("\n\t [[{{{{node {}}}}}]]", node.name()));
}

Status at_instruction(const Plan& plan, const Instruction& instruction, const Status& status) {
  if (status.code() == StatusCode::kResourceExhausted && message_of(status).starts_with("OOM when allocating tensor")) {
    const std::string& device = plan.devices[instruction.device]->name();
    return at_node(append_message(status, fmt::format(" on {} by allocator cpu", device)), *instruction.node);
  }
  return at_node(status, *instruction.node);
}

Status uninitialized(const Instruction& instruction, int i) {
  return failed_precondition("Attempting to use uninitialized value {}", instruction.node->input(i).node->name());
}

namespace {

// Is it what raises a step counter, once all that it waits for has happened?
bool counts_steps(const Node& node) {
  if (node.control_inputs().empty() || node.num_inputs() < 2 || node.op().inputs.empty()) return false;
  const bool writes = node.op().inputs[0].is_ref || base_type(node.input(0).dtype()) == DType::kResource;
  return writes && node.input(1).shape().rank() == 0;
}

// Kahn's algorithm; among the nodes that are ready the one made first goes first, and what counts steps last: what reads
// the counter in the same run, as hooks do, finds it as it was, as in TensorFlow. The back edges of loops (NextIteration
// -> Merge) don't count.
StatusOr<std::vector<Node*>> execution_order(const graph::Graph& graph) {
  const KernelRegistry& registry = KernelRegistry::global();
  std::vector<int> pending(graph.num_node_ids());
  std::vector<ControlKind> kinds(graph.num_node_ids());
  using Turn = std::pair<bool, int>;
  std::priority_queue<Turn, std::vector<Turn>, std::greater<Turn>> ready;
  const auto make_ready = [&](const Node* node) { ready.emplace(counts_steps(*node), node->id()); };
  const std::vector<Node*> nodes = graph.nodes();
  for (const Node* node : nodes) kinds[node->id()] = registry.traits(node->type()).control;
  const auto is_back_edge = [&](const Node* source, const Node* node) {
    return kinds[source->id()] == ControlKind::kNextIteration && kinds[node->id()] == ControlKind::kMerge;
  };
  for (const Node* node : nodes) {
    int count = static_cast<int>(node->control_inputs().size());
    for (const Endpoint& input : node->inputs()) count += !is_back_edge(input.node, node);
    pending[node->id()] = count;
    if (count == 0) make_ready(node);
  }
  std::vector<Node*> order;
  order.reserve(nodes.size());
  while (!ready.empty()) {
    Node* node = graph.node(ready.top().second);
    ready.pop();
    order.push_back(node);
    for (const graph::Consumer& consumer : node->consumers()) {
      if (consumer.input >= 0 && is_back_edge(node, consumer.node)) continue;
      if (--pending[consumer.node->id()] == 0) make_ready(consumer.node);
    }
  }
  if (order.size() != nodes.size()) {
    std::string names;
    for (const Node* node : nodes) {
      if (pending[node->id()] == 0) continue;
      if (names.size() > 200) {
        names += ", ...";
        break;
      }
      names += (names.empty() ? "" : ", ") + node->name();
    }
    return invalid_argument("Graph is invalid, contains a cycle with {} nodes, including: {}",
                            nodes.size() - order.size(), names);
  }
  return order;
}

bool takes_plain_value(const graph::OpDef& op, const Node& node, int input) {
  int index = 0;
  for (const graph::ArgDef& arg : op.inputs) {
    // Only arguments before a list are found by position; lists of references don't exist.
    if (arg.is_list()) return !arg.is_ref;
    if (index++ == input) return !arg.is_ref;
  }
  return !node.op().inputs.empty();
}

bool calls_functions(const Node& node) {
  return op::called_function(node) || std::ranges::any_of(node.attrs(), [](const auto& attr) {
           return attr.second.template get<graph::NameAttrList>() || attr.second.template get<std::vector<graph::NameAttrList>>();
         });
}

void mark_dying_inputs(Plan* plan) {
  for (size_t index = 0; index < plan->instructions.size(); ++index) {
    Instruction& in = plan->instructions[index];
    for (int i = 0; i < std::min(in.num_inputs, 64); ++i) {
      const int slot = plan->input_slots[in.first_input + i];
      if (plan->last_use[slot] == static_cast<int>(index)) in.dying_inputs |= uint64_t{1} << i;
    }
  }
}

// The node whose value `e` has, behind those that only hand it on.
const Node* origin_of(Endpoint e) {
  constexpr int kMaxSteps = 100;
  for (int i = 0; i < kMaxSteps; ++i) {
    const ControlKind kind = KernelRegistry::global().traits(e.node->type()).control;
    const bool hands_on = kind == ControlKind::kSwitch || kind == ControlKind::kEnter || e.node->type() == "Identity";
    if (!hands_on || e.node->num_inputs() == 0) break;
    e = e.node->input(0);
  }
  return e.node;
}

void mark_constant_inputs(Plan* plan) {
  std::vector<bool> is_constant(plan->graph->num_node_ids());
  for (const Instruction& in : plan->instructions) {
    is_constant[in.node->id()] = in.kernel != nullptr && in.kernel->constant() != nullptr;
  }
  for (Instruction& in : plan->instructions) {
    for (int i = 0; i < std::min(in.num_inputs, 64); ++i) {
      if (is_constant[origin_of(in.node->input(i))->id()]) in.constant_inputs |= uint64_t{1} << i;
    }
  }
}

// Parts of what may be the memory of a variable are copied where the plan writes into variables by reference: else nobody
// writes into memory that others hold.
void keep_parts_of_variables(Plan* plan) {
  const auto takes_reference = [](const Instruction& in) {
    return std::ranges::any_of(in.node->op().inputs, &graph::ArgDef::is_ref);
  };
  if (std::ranges::none_of(plan->instructions, takes_reference)) return;
  std::vector<bool> in_variable(plan->graph->num_node_ids());
  for (bool carried_back = true; carried_back;) {  // what loops carry on may reach more
    carried_back = false;
    for (Instruction& in : plan->instructions) {
      const Node& node = *in.node;
      const bool reads = std::ranges::any_of(node.inputs(), [&](const Endpoint& e) {
        return is_ref(e.dtype()) || in_variable[e.node->id()];
      });
      if (!reads) continue;
      in.parts = nullptr;
      const bool hands_on = in.traits->sets_outputs || !in.traits->alias.empty() || in.traits->control != ControlKind::kNone;
      if (!hands_on || in_variable[node.id()]) continue;
      in_variable[node.id()] = true;
      carried_back |= in.traits->control == ControlKind::kNextIteration;
    }
  }
}

}  // namespace

Status check_acyclic(const graph::Graph& graph) { return execution_order(graph).status(); }

Status compile_plan(graph::Subgraph subgraph, std::span<const std::unique_ptr<op::Device>> devices,
                    const std::function<StatusOr<std::shared_ptr<op::Kernel>>(const Node&)>& kernel_of, Plan* plan) {
  plan->graph = std::move(subgraph.graph);
  for (const auto& device : devices) plan->devices.push_back(device.get());
  ASSIGN_OR_RETURN(const std::vector<Node*> order, execution_order(*plan->graph));

  std::vector<int> first_slot(plan->graph->num_node_ids(), -1);
  for (const Node* node : order) {
    first_slot[node->id()] = plan->num_slots;
    plan->num_slots += node->num_outputs();
  }
  plan->last_use.assign(plan->num_slots, -1);
  plan->instructions.reserve(order.size());
  for (const Node* node : order) {
    if (node->type() == "_Fetch") continue;
    Instruction instruction;
    instruction.node = node;
    instruction.traits = &KernelRegistry::global().traits(node->type());
    instruction.parts = op::find_parts_fn(node->type());
    instruction.device = std::max(0, node->assigned_device());
    instruction.first_input = static_cast<int>(plan->input_slots.size());
    instruction.num_inputs = node->num_inputs();
    instruction.first_output = first_slot[node->id()];
    instruction.num_outputs = node->num_outputs();
    const int index = static_cast<int>(plan->instructions.size());
    for (int i = 0; i < node->num_inputs(); ++i) {
      const Endpoint& input = node->input(i);
      const int slot = first_slot[input.node->id()] + input.index;
      plan->input_slots.push_back(slot);
      plan->last_use[slot] = index;
      if (is_ref(input.dtype()) && !node->op().allows_uninitialized_input && takes_plain_value(node->op(), *node, i)) {
        instruction.dereferences = true;
      }
    }
    plan->calls_functions |= calls_functions(*node);
    if (node->type() != "_Feed") {
      ASSIGN_OR_RETURN(std::shared_ptr<op::Kernel> kernel, kernel_of(*node));
      instruction.kernel = kernel.get();
      plan->calls_functions |= dynamic_cast<op::CallsUnnamedFunctions*>(kernel.get()) != nullptr;
      plan->needs_dataflow |= instruction.traits->control != ControlKind::kNone || instruction.traits->blocking ||
                              kernel->is_async();
      plan->kernels.push_back(std::move(kernel));
    }
    plan->instructions.push_back(instruction);
  }
  for (const Node* feed : subgraph.feeds) {
    plan->feed_slots.push_back(first_slot[feed->id()]);
    plan->feed_types.push_back(feed->output_type(0));
  }
  for (const Node* fetch : subgraph.fetches) {
    const Endpoint& source = fetch->input(0);
    const int slot = first_slot[source.node->id()] + source.index;
    plan->fetch_slots.push_back(slot);
    plan->fetch_names.push_back(source.node->name());
    plan->last_use[slot] = static_cast<int>(plan->instructions.size());
  }
  mark_dying_inputs(plan);
  mark_constant_inputs(plan);
  keep_parts_of_variables(plan);
  if (plan->needs_dataflow) {
    ASSIGN_OR_RETURN(ControlFlowInfo info, ControlFlowInfo::analyse(*plan));
    plan->control_flow = std::make_unique<ControlFlowInfo>(std::move(info));
    plan->schedule = std::make_unique<Schedule>(Schedule::make(*plan, *plan->control_flow));
  }
  return OkStatus();
}

}  // namespace reflow::runtime
