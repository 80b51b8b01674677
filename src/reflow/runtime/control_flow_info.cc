#include "reflow/runtime/control_flow_info.h"

#include <algorithm>
#include <map>

namespace reflow::runtime {

using graph::Node;
using op::ControlKind;

namespace {

class Analysis {
 public:
  explicit Analysis(const Plan& plan) : plan_(plan), instruction_of_(plan.graph->num_node_ids(), -1) {
    info_.frames.emplace_back();
    info_.instructions.resize(plan.instructions.size());
    info_.num_readers.resize(plan.num_slots);
    for (size_t i = 0; i < plan.instructions.size(); ++i) {
      instruction_of_[plan.instructions[i].node->id()] = static_cast<int>(i);
    }
  }

  StatusOr<ControlFlowInfo> run() {
    const int n = static_cast<int>(plan_.instructions.size());
    for (int i = 0; i < n; ++i) RETURN_IF_ERROR(place(i));
    for (int i = 0; i < n; ++i) RETURN_IF_ERROR(connect(i));
    RETURN_IF_ERROR(locate_values());
    for (const int slot : plan_.fetch_slots) ++info_.num_readers[slot];
    return std::move(info_);
  }

 private:
  ControlKind kind(int i) const { return plan_.instructions[i].traits->control; }

  Status place(int i) {
    const Node& node = *plan_.instructions[i].node;
    int frame = -1;
    const Node* decided_by = nullptr;
    const auto agree = [&](const Node* source) {
      const int source_instruction = instruction_of_[source->id()];
      if (source_instruction < 0 || source_instruction >= i) return OkStatus();  // a back edge
      const int source_frame = info_.instructions[source_instruction].output_frame;
      if (frame >= 0 && frame != source_frame) {
        return invalid_argument(
            "{{{{node {}}}}} has inputs from different frames. The input {{{{node {}}}}} is in frame '{}'. "
            "The input {{{{node {}}}}} is in frame '{}'.",
            node.name(), source->name(), info_.frames[source_frame].name, decided_by->name(), info_.frames[frame].name);
      }
      frame = source_frame;
      decided_by = source;
      return OkStatus();
    };
    for (const graph::Endpoint& input : node.inputs()) RETURN_IF_ERROR(agree(input.node));
    for (const Node* source : node.control_inputs()) RETURN_IF_ERROR(agree(source));
    ControlFlowInfo::Instr& info = info_.instructions[i];
    info.kind = kind(i);
    info.takes_dead_inputs = node.type() == "_Send" || node.type() == "_HostSend";
    info.frame = info.output_frame = std::max(frame, 0);
    if (info.kind == ControlKind::kEnter) RETURN_IF_ERROR(enter(node, &info));
    if (info.kind == ControlKind::kExit) {
      info.output_frame = info_.frames[info.frame].parent;
      if (info.output_frame < 0) return invalid_argument("{{{{node {}}}}}: Exit outside of a loop", node.name());
    }
    if (info.kind == ControlKind::kNextIteration && info.frame == 0) {
      return invalid_argument("{{{{node {}}}}}: NextIteration outside of a loop", node.name());
    }
    info.local = static_cast<int>(info_.frames[info.frame].nodes.size());
    info_.frames[info.frame].nodes.emplace_back();
    const Instruction& in = plan_.instructions[i];
    ControlFlowInfo::StaticFrame& outputs = info_.frames[info.output_frame];
    int& storage = info.constant_enter ? outputs.num_constants : outputs.num_values;
    info.first_value = storage;
    storage += in.num_outputs;
    info_.max_inputs = std::max(info_.max_inputs, in.num_inputs);
    return OkStatus();
  }

  Status enter(const Node& node, ControlFlowInfo::Instr* info) {
    ASSIGN_OR_RETURN(const std::string name, node.attr<std::string>("frame_name"));
    const auto [found, added] = children_.emplace(std::make_pair(info->frame, name), info_.frames.size());
    if (added) {
      ControlFlowInfo::StaticFrame frame;
      frame.name = name;
      frame.parent = info->frame;
      frame.child_index = info_.frames[info->frame].num_children++;
      if (auto parallel = node.attr<int64_t>("parallel_iterations"); parallel.ok()) {
        frame.parallel_iterations = static_cast<int>(std::clamp<int64_t>(*parallel, 1, 1 << 30));
      }
      info_.frames.push_back(std::move(frame));
    }
    info->output_frame = static_cast<int>(found->second);
    ++info_.frames[info->output_frame].num_enters;
    if (auto constant = node.attr<bool>("is_constant"); constant.ok()) info->constant_enter = *constant;
    return OkStatus();
  }

  Status connect(int i) {
    const Instruction& in = plan_.instructions[i];
    ControlFlowInfo::Instr& info = info_.instructions[i];
    info.first_edge = static_cast<int>(info_.edges.size());
    for (const graph::Consumer& consumer : in.node->consumers()) {
      const int target = instruction_of_[consumer.node->id()];
      if (target < 0) continue;  // a fetch
      const ControlFlowInfo::Instr& reader = info_.instructions[target];
      if (reader.frame != info.output_frame) {
        return invalid_argument(
            "{{{{node {}}}}} has inputs from different frames. The input {{{{node {}}}}} is in frame '{}'.",
            consumer.node->name(), in.node->name(), info_.frames[info.output_frame].name);
      }
      const bool is_control = consumer.input < 0;
      info_.edges.push_back({target, is_control ? -1 : consumer.output});
      if (!is_control) ++info_.num_readers[in.first_output + consumer.output];
      if (is_control || reader.kind != ControlKind::kMerge) ++info_.frames[reader.frame].nodes[reader.local].pending;
    }
    info.num_edges = static_cast<int>(info_.edges.size()) - info.first_edge;
    return OkStatus();
  }

  Status locate_values() {
    std::vector<int32_t> value_of_slot(plan_.num_slots), frame_of_slot(plan_.num_slots);
    for (size_t i = 0; i < plan_.instructions.size(); ++i) {
      const Instruction& in = plan_.instructions[i];
      const ControlFlowInfo::Instr& info = info_.instructions[i];
      for (int j = 0; j < in.num_outputs; ++j) {
        const int value = info.first_value + j;
        value_of_slot[in.first_output + j] = info.constant_enter ? ~value : value;
        frame_of_slot[in.first_output + j] = info.output_frame;
      }
    }
    for (const int slot : plan_.input_slots) info_.input_values.push_back(value_of_slot[slot]);
    for (size_t i = 0; i < plan_.fetch_slots.size(); ++i) {
      const int slot = plan_.fetch_slots[i];
      if (frame_of_slot[slot] != 0) {
        return invalid_argument("{{{{node {}}}}} can't be fetched: it is in the loop '{}'", plan_.fetch_names[i],
                                info_.frames[frame_of_slot[slot]].name);
      }
      info_.fetch_values.push_back(value_of_slot[slot]);
    }
    return OkStatus();
  }

  const Plan& plan_;
  std::vector<int> instruction_of_;
  std::map<std::pair<int, std::string>, size_t> children_;
  ControlFlowInfo info_;
};

}  // namespace

StatusOr<ControlFlowInfo> ControlFlowInfo::analyse(const Plan& plan) { return Analysis(plan).run(); }

}  // namespace reflow::runtime
