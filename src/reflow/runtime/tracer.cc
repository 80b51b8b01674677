#include "reflow/runtime/tracer.h"

#include <unistd.h>

#include <algorithm>
#include <iterator>
#include <map>
#include <sys/syscall.h>
#include <unordered_map>

#include "reflow/runtime/partition.h"

namespace reflow::runtime {

using graph::Endpoint;
using graph::Node;

namespace {

// TensorFlow's name of it.
std::string type_of(const Node& node) {
  return node.type() == "_Feed" ? "_Arg" : node.type() == "_Fetch" ? "_Retval" : node.type();
}

std::string label_of(const Node& node) {
  std::string inputs;
  for (const Endpoint& input : node.inputs()) {
    inputs += (inputs.empty() ? "" : ", ") + input.node->name();
    if (input.index > 0) inputs += fmt::format(":{}", input.index);
  }
  for (const Node* input : node.control_inputs()) inputs += (inputs.empty() ? "^" : ", ^") + input->name();
  return fmt::format("{} = {}({})", node.name(), type_of(node), inputs);
}

}  // namespace

NodeStats& Tracer::add(const Begin& begin, int index) {
  const auto duration = std::chrono::steady_clock::now() - begin.steady;
  const Instruction& in = plan_.instructions[index];
  NodeStats& stats = metadata_->nodes.emplace_back(describe(plan_, *in.node, in.device));
  stats.start_us = begin.us;
  stats.duration_ns = std::chrono::duration_cast<std::chrono::nanoseconds>(duration).count();
  stats.thread_id = ::syscall(SYS_gettid);
  return stats;
}

NodeStats Tracer::describe(const Plan& plan, const Node& node, int device) {
  NodeStats stats;
  stats.node = node.name();
  stats.op = type_of(node);
  stats.device = plan.devices[device]->name();
  stats.label = label_of(node);
  return stats;
}

std::vector<NodeStats> Tracer::sources(const Plan& plan, std::span<const op::Value> values) {
  std::vector<NodeStats> all;
  const Begin now = begin();
  const int64_t thread = ::syscall(SYS_gettid);
  for (size_t device = 0; device < plan.devices.size(); ++device) {
    const auto is_on = [&](const Instruction& in) { return in.device == static_cast<int>(device); };
    if (!std::ranges::any_of(plan.instructions, is_on)) continue;
    NodeStats& source = all.emplace_back();
    source.node = "_SOURCE";
    source.op = "NoOp";
    source.device = plan.devices[device]->name();
    source.label = "_SOURCE = NoOp()";
    for (const Instruction& in : plan.instructions) {
      if (!is_on(in) || (in.kernel != nullptr && in.kernel->constant() == nullptr)) continue;
      NodeStats& stats = all.emplace_back(describe(plan, *in.node, in.device));
      add_outputs(*in.node, values.subspan(in.first_output, in.num_outputs), &stats);
    }
  }
  for (NodeStats& stats : all) {
    stats.start_us = now.us;
    stats.thread_id = thread;
  }
  return all;
}

void Tracer::add_ends(std::vector<NodeStats> sources) {
  std::vector<NodeStats>& nodes = metadata_->nodes;
  std::erase_if(sources, [&](const NodeStats& s) {
    return s.node != "_SOURCE" && std::ranges::find(nodes, s.node, &NodeStats::node) != nodes.end();
  });
  nodes.insert(nodes.begin(), std::make_move_iterator(sources.begin()), std::make_move_iterator(sources.end()));
  const int64_t now = begin().us, thread = ::syscall(SYS_gettid);
  for (const Node* fetch : plan_.graph->nodes()) {
    if (fetch->type() != "_Fetch") continue;
    NodeStats& stats = nodes.emplace_back(describe(plan_, *fetch, std::max(0, fetch->input(0).node->assigned_device())));
    stats.start_us = now;
    stats.thread_id = thread;
  }
}

void Tracer::add_outputs(const Node& node, std::span<const op::Value> outputs, NodeStats* stats) {
  for (size_t i = 0; i < outputs.size(); ++i) {
    const Tensor& tensor = outputs[i].get();
    if (!tensor.valid()) continue;
    stats->outputs.push_back({static_cast<int>(i), node.output_type(static_cast<int>(i)), tensor.shape(),
                              tensor.size_bytes(), reinterpret_cast<uint64_t>(tensor.raw_data())});
    stats->output_bytes += tensor.size_bytes();
  }
}

void Tracer::end(const Begin& begin, int index, const op::KernelContext& context, std::span<const op::Value> outputs) {
  NodeStats& stats = add(begin, index);
  add_outputs(*plan_.instructions[index].node, outputs, &stats);
  for (const op::Value& output : outputs) {
    const Tensor& tensor = output.get();
    bool fresh = tensor.valid() && output.ref == nullptr;
    for (int j = 0; fresh && j < context.num_inputs(); ++j) {
      const op::Value* input = context.input_value(j);
      fresh = input == nullptr || input->get().raw_data() != tensor.raw_data();
    }
    if (fresh) stats.allocated_bytes += tensor.size_bytes();
  }
}

void Tracer::end_control(const Begin& begin, int index, std::span<const op::Value> outputs) {
  add_outputs(*plan_.instructions[index].node, outputs, &add(begin, index));
}

void Tracer::make_cost_graph(const Plan& plan, std::span<const NodeStats> sources, RunMetadata* metadata) {
  std::unordered_map<std::string, const NodeStats*> stats;
  for (const NodeStats& node : metadata->nodes) stats.emplace(node.node, &node);
  for (const NodeStats& node : sources) stats.emplace(node.node, &node);
  metadata->cost_graph = cost_nodes(plan);
  for (CostNode& node : metadata->cost_graph) {
    const auto found = stats.find(node.name);
    if (found == stats.end()) continue;
    node.compute_us = found->second->duration_ns / 1000;
    for (const OutputStats& output : found->second->outputs) node.outputs[output.slot] = output;
  }
}

std::string Tracer::memory_report(std::string_view message) const {
  if (message.find("OOM") == std::string_view::npos || metadata_ == nullptr) return "";
  constexpr size_t kMostLines = 10;
  std::map<std::string, std::vector<const NodeStats*>> by_device;
  for (const NodeStats& node : metadata_->nodes) {
    if (node.allocated_bytes > 0) by_device[node.device].push_back(&node);
  }
  std::string report = "\n";
  for (auto& [device, nodes] : by_device) {
    std::ranges::stable_sort(nodes, std::greater<>(), &NodeStats::allocated_bytes);
    report += fmt::format("\nCurrent usage from device: {}, allocator: cpu\n", device);
    int64_t rest = 0;
    for (size_t i = 0; i < nodes.size(); ++i) {
      if (i < kMostLines) report += fmt::format("  {} bytes from {}\n", nodes[i]->allocated_bytes, nodes[i]->node);
      else rest += nodes[i]->allocated_bytes;
    }
    if (rest > 0) report += fmt::format("  Remaining {} nodes with {} bytes\n", nodes.size() - kMostLines, rest);
  }
  return report;
}

}  // namespace reflow::runtime
