#include "reflow/summary/chrome_trace.h"

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <tuple>
#include <unordered_map>
#include <vector>

#include "reflow/summary/step_label.h"
#include "tensorflow/core/framework/step_stats.pb.h"
#include "tensorflow/core/protobuf/config.pb.h"

namespace reflow::summary {
namespace {

using Json = nlohmann::ordered_json;
using tensorflow::DeviceStepStats;
using tensorflow::NodeExecStats;

// Where an event stands: a row (the format calls it a process), a lane of it (a thread), and a time.
struct Place {
  int row = 0, lane = 0;
  int64_t time_us = 0;
};

int64_t end_of(const NodeExecStats& node) { return node.all_start_micros() + node.all_end_rel_micros(); }

bool is_gpu_stream(const std::string& device) {
  return device.find("/stream:") != std::string::npos || device.find("/memcpy") != std::string::npos;
}

std::string without_quotes(std::string text) {
  std::erase(text, '"');
  return text;
}

class Trace {
 public:
  Trace(const tensorflow::StepStats& stats, bool show_memory) : stats_(stats), show_memory_(show_memory) {}

  std::string text() {
    name_rows();
    assign_lanes();
    for (int i = 0; i < stats_.dev_stats_size(); ++i) add_tensors(i);
    for (int i = 0; i < stats_.dev_stats_size(); ++i) add_nodes(i);
    if (show_memory_) add_memory();
    Json all = Json::array();
    for (auto* part : {&names_, &events_}) {
      for (Json& event : *part) all.push_back(std::move(event));
    }
    return Json{{"traceEvents", std::move(all)}}.dump(4, ' ', true, Json::error_handler_t::replace);
  }

 private:
  struct TrackedTensor {
    int id, row;
    std::string allocator;
    int64_t num_bytes, made_us, last_used_us;
    Place end_of_making;
  };

  static int compute_row(int device) { return 1 + 2 * device; }
  static int tensor_row(int device) { return 2 + 2 * device; }

  Json& add(const char* phase, const char* category, const std::string& name, const Place& at) {
    events_.push_back({{"ph", phase}, {"cat", category}, {"name", name}, {"pid", at.row}, {"tid", at.lane}, {"ts", at.time_us}});
    return events_.back();
  }

  void name_row(int row, const std::string& name) {
    names_.push_back({{"name", "process_name"}, {"ph", "M"}, {"pid", row}, {"args", {{"name", name}}}});
  }

  void name_rows() {
    name_row(0, "Allocators");
    for (int i = 0; i < stats_.dev_stats_size(); ++i) {
      name_row(compute_row(i), stats_.dev_stats(i).device() + " Compute");
      name_row(tensor_row(i), stats_.dev_stats(i).device() + " Tensors");
    }
  }

  // Nodes that run at the same time have different lanes.
  void assign_lanes() {
    for (const DeviceStepStats& device : stats_.dev_stats()) {
      std::vector<int64_t> free_from{0};
      std::vector<int>& lanes = lanes_.emplace_back();
      for (const NodeExecStats& node : device.node_stats()) {
        const auto free = std::ranges::find_if(free_from, [&](int64_t time) { return node.all_start_micros() > time; });
        lanes.push_back(static_cast<int>(free - free_from.begin()));
        if (free == free_from.end()) free_from.push_back(end_of(node));
        else *free = end_of(node);
      }
    }
  }

  void add_tensors(int device) {
    const DeviceStepStats& stats = stats_.dev_stats(device);
    for (int n = 0; n < stats.node_stats_size(); ++n) {
      const NodeExecStats& node = stats.node_stats(n);
      for (int i = 0; i < node.output_size(); ++i) {
        const std::string name = i == 0 ? node.node_name() : node.node_name() + ":" + std::to_string(i);
        add_tensor(name, node.output(i).tensor_description(), node, device, lanes_[device][n]);
      }
    }
  }

  void add_tensor(const std::string& name, const tensorflow::TensorDescription& description, const NodeExecStats& node,
                  int device, int lane) {
    const auto& allocation = description.allocation_description();
    const int id = static_cast<int>(tensors_.size());
    const int64_t start = node.all_start_micros(), end = end_of(node);
    const auto [place, is_new] = tensors_.insert_or_assign(
        name, TrackedTensor{id, tensor_row(device), allocation.allocator_name(), allocation.requested_bytes(), start, end,
                            {compute_row(device), lane, end}});
    if (is_new) tensor_names_.push_back(name);
    if (!show_memory_) return;
    add("N", "Tensor", name, {tensor_row(device), lane, start})["id"] = id;
    Json& snapshot = add("O", "Tensor", name, {tensor_row(device), lane, end - 1});
    snapshot["id"] = id;
    snapshot["args"] = {{"snapshot", {{"tensor_description", without_quotes(description.DebugString())}}}};
  }

  void add_nodes(int device) {
    const DeviceStepStats& stats = stats_.dev_stats(device);
    const bool gpu = is_gpu_stream(stats.device());
    for (int n = 0; n < stats.node_stats_size(); ++n) {
      const NodeExecStats& node = stats.node_stats(n);
      const Place at{compute_row(device), lanes_[device][n], node.all_start_micros()};
      add_node(node, at, gpu);
      if (gpu || node.node_name() == "RecvTensor") continue;
      for (const std::string& input : parse_label(node.timeline_label()).inputs) use_tensor(input, node, at);
    }
  }

  void add_node(const NodeExecStats& node, const Place& at, bool gpu) {
    std::string name = node.node_name();
    StepLabel label{.op = "RecvTensor"};
    if (gpu) {
      const size_t colon = name.find(':');
      label.op = colon == std::string::npos ? "unknown" : name.substr(colon + 1, name.find(':', colon + 1) - colon - 1);
      name.resize(std::min(colon, name.size()));
    } else if (name != "RecvTensor") {
      label = parse_label(node.timeline_label());
    }
    Json& event = add("X", "Op", label.op, at);
    event["dur"] = node.all_end_rel_micros();
    Json arguments{{"name", name}, {"op", label.op}};
    for (size_t i = 0; i < label.inputs.size(); ++i) arguments["input" + std::to_string(i)] = label.inputs[i];
    event["args"] = std::move(arguments);
  }

  void use_tensor(const std::string& input, const NodeExecStats& node, const Place& at) {
    auto found = tensors_.find(input);
    if (found == tensors_.end()) {  // perhaps a copy made on the way to another device
      const size_t copy = input.rfind("/_");
      if (copy != std::string::npos && copy > 0) found = tensors_.find(input.substr(0, copy));
    }
    if (found == tensors_.end()) return;  // a rewrite of the graph has removed its node
    TrackedTensor& tensor = found->second;
    tensor.last_used_us = std::max(tensor.last_used_us, end_of(node) - 1);
    const Place& from = tensor.end_of_making;
    if (from.row == at.row && from.lane == at.lane) return;
    add("s", "DataFlow", found->first, from)["id"] = num_flows_;
    add("t", "DataFlow", found->first, at)["id"] = num_flows_++;
  }

  void add_memory() {
    using Change = std::tuple<int64_t, int64_t, std::string>;  // when, bytes, which tensor
    std::vector<std::pair<std::string, std::vector<Change>>> allocators;
    for (const std::string& name : tensor_names_) {
      const TrackedTensor& tensor = tensors_.at(name);
      add("D", "Tensor", name, {tensor.row, 0, tensor.last_used_us})["id"] = tensor.id;
      auto changes = std::ranges::find(allocators, tensor.allocator, &decltype(allocators)::value_type::first);
      if (changes == allocators.end()) changes = allocators.insert(changes, {tensor.allocator, {}});
      changes->second.emplace_back(tensor.made_us, tensor.num_bytes, name);
      changes->second.emplace_back(tensor.last_used_us, -tensor.num_bytes, name);
    }
    for (auto& [allocator, changes] : allocators) {
      std::ranges::sort(changes);
      int64_t total_bytes = 0;
      for (const auto& [time, num_bytes, name] : changes) {
        total_bytes += num_bytes;
        add("C", "Memory", allocator, {0, 0, time})["args"] = {{allocator, total_bytes}};
      }
    }
  }

  const tensorflow::StepStats& stats_;
  const bool show_memory_;
  std::vector<Json> names_, events_;
  std::vector<std::vector<int>> lanes_;  // of each device's nodes
  std::unordered_map<std::string, TrackedTensor> tensors_;
  std::vector<std::string> tensor_names_;  // in the order of their making
  int num_flows_ = 0;
};

}  // namespace

std::string chrome_trace(const tensorflow::StepStats& step_stats, bool show_memory) {
  return Trace(step_stats, show_memory).text();
}

StatusOr<std::string> chrome_trace(std::string_view run_metadata, bool show_memory) {
  tensorflow::RunMetadata message;
  if (!message.ParseFromArray(run_metadata.data(), static_cast<int>(run_metadata.size()))) {
    return invalid_argument("not a RunMetadata message");
  }
  return chrome_trace(message.step_stats(), show_memory);
}

}  // namespace reflow::summary
