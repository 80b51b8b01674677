#include "reflow/tools/run_profile.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <map>

#include "reflow/tools/json_text.h"
#include "reflow/summary/step_label.h"
#include "tensorflow/core/framework/step_stats.pb.h"
#include "tensorflow/core/framework/types.pb.h"

namespace reflow::tools {
namespace {

using tensorflow::NodeExecStats;

// Nanoseconds are newer than microseconds: older files have only these.
int64_t start_ns(const NodeExecStats& node) {
  return node.all_start_nanos() != 0 ? node.all_start_nanos() : 1000 * node.all_start_micros();
}
int64_t duration_ns(const NodeExecStats& node) {
  return node.all_end_rel_nanos() != 0 ? node.all_end_rel_nanos() : 1000 * node.all_end_rel_micros();
}

std::string type_name(tensorflow::DataType type) {
  std::string name = tensorflow::DataType_Name(type);
  if (name.starts_with("DT_")) name.erase(0, 3);
  std::ranges::transform(name, name.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return name;
}

std::string outputs_text(const NodeExecStats& node) {
  std::string text;
  for (const auto& output : node.output()) {
    const auto& tensor = output.tensor_description();
    std::string dims;
    for (const auto& dim : tensor.shape().dim()) dims += (dims.empty() ? "" : ",") + std::to_string(dim.size());
    text += fmt::format("{}{} [{}]", text.empty() ? "" : ", ", type_name(tensor.dtype()), dims);
  }
  return text;
}

NodeProfile profile_node(const NodeExecStats& node, int64_t run_start_ns) {
  NodeProfile profile{.node = node.node_name(), .op = summary::op_of(node), .outputs = outputs_text(node),
                      .start_ns = start_ns(node) - run_start_ns, .duration_ns = duration_ns(node)};
  for (const auto& output : node.output()) {
    profile.output_bytes += output.tensor_description().allocation_description().requested_bytes();
  }
  for (const auto& memory : node.memory()) profile.allocated_bytes += memory.total_bytes();
  return profile;
}

std::string bytes_text(int64_t bytes) {
  if (bytes < 10'000) return fmt::format("{} B", bytes);
  if (bytes < 10'000'000) return fmt::format("{:.1f} kB", bytes / 1e3);
  return fmt::format("{:.1f} MB", bytes / 1e6);
}

double percent(int64_t part, int64_t whole) { return whole == 0 ? 0.0 : 100.0 * static_cast<double>(part) / whole; }

template <typename Rows, typename Column>
size_t width_of(const Rows& rows, size_t least, Column column) {
  for (const auto& row : rows) least = std::max(least, column(row).size());
  return least;
}

}  // namespace

std::vector<DeviceProfile> profile_run(const tensorflow::StepStats& stats) {
  int64_t run_start = std::numeric_limits<int64_t>::max();
  for (const auto& device : stats.dev_stats()) {
    for (const NodeExecStats& node : device.node_stats()) run_start = std::min(run_start, start_ns(node));
  }
  std::vector<DeviceProfile> profiles;
  for (const auto& device : stats.dev_stats()) {
    DeviceProfile& profile = profiles.emplace_back();
    profile.device = device.device();
    std::map<std::string, OpProfile> ops;
    int64_t first = std::numeric_limits<int64_t>::max(), last = 0;
    for (const NodeExecStats& stat : device.node_stats()) {
      const NodeProfile& node = profile.nodes.emplace_back(profile_node(stat, run_start));
      first = std::min(first, node.start_ns);
      last = std::max(last, node.start_ns + node.duration_ns);
      profile.duration_ns += node.duration_ns;
      OpProfile& op = ops[node.op];
      op.op = node.op;
      ++op.calls;
      op.duration_ns += node.duration_ns;
      op.output_bytes += node.output_bytes;
    }
    profile.elapsed_ns = profile.nodes.empty() ? 0 : last - first;
    for (auto& [name, op] : ops) profile.ops.push_back(op);
    std::ranges::stable_sort(profile.ops, std::ranges::greater(), &OpProfile::duration_ns);
  }
  return profiles;
}

std::string profile_text(const DeviceProfile& profile, int top) {
  std::string text = fmt::format("{}: {} nodes, {:.3f} ms from the first start to the last end, {:.3f} ms in nodes\n\n",
                                 profile.device, profile.nodes.size(), profile.elapsed_ns / 1e6, profile.duration_ns / 1e6);
  size_t width = width_of(profile.ops, 2, [](const OpProfile& op) -> const std::string& { return op.op; });
  text += fmt::format("  {:<{}}  {:>7}  {:>11}  {:>7}  {:>10}\n", "op", width, "calls", "us", "share", "output");
  for (const OpProfile& op : profile.ops) {
    text += fmt::format("  {:<{}}  {:>7}  {:>11.1f}  {:>5.1f} %  {:>10}\n", op.op, width, op.calls, op.duration_ns / 1e3,
                        percent(op.duration_ns, profile.duration_ns), bytes_text(op.output_bytes));
  }

  std::vector<NodeProfile> nodes = profile.nodes;
  if (top > 0) {
    std::ranges::stable_sort(nodes, std::ranges::greater(), &NodeProfile::duration_ns);
    nodes.resize(std::min(nodes.size(), static_cast<size_t>(top)));
  }
  width = width_of(nodes, 4, [](const NodeProfile& node) -> const std::string& { return node.node; });
  const size_t op_width = width_of(nodes, 2, [](const NodeProfile& node) -> const std::string& { return node.op; });
  text += fmt::format("\n  {:<{}}  {:<{}}  {:>11}  {:>11}  {:>7}  output\n", "node", width, "op", op_width, "start us", "us",
                      "share");
  for (const NodeProfile& node : nodes) {
    text += fmt::format("  {:<{}}  {:<{}}  {:>11.1f}  {:>11.1f}  {:>5.1f} %  {}\n", node.node, width, node.op, op_width,
                        node.start_ns / 1e3, node.duration_ns / 1e3, percent(node.duration_ns, profile.duration_ns),
                        node.outputs);
  }
  if (nodes.size() < profile.nodes.size()) {
    text += fmt::format("  the {} longest of {} nodes; --top 0 lists all\n", nodes.size(), profile.nodes.size());
  }
  return text;
}

std::string profile_json(const DeviceProfile& profile) {
  std::string text;
  const std::string device = json_string(profile.device);
  for (const OpProfile& op : profile.ops) {
    text += fmt::format("{{\"device\": {}, \"op\": {}, \"calls\": {}, \"us\": {}, \"output_bytes\": {}}}\n", device,
                        json_string(op.op), op.calls, op.duration_ns / 1e3, op.output_bytes);
  }
  for (const NodeProfile& node : profile.nodes) {
    text += fmt::format("{{\"device\": {}, \"node\": {}, \"op\": {}, \"start_us\": {}, \"us\": {}, \"output\": {}, "
                        "\"output_bytes\": {}, \"allocated_bytes\": {}}}\n",
                        device, json_string(node.node), json_string(node.op), node.start_ns / 1e3, node.duration_ns / 1e3,
                        json_string(node.outputs), node.output_bytes, node.allocated_bytes);
  }
  return text;
}

}  // namespace reflow::tools
