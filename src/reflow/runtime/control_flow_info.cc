#include "reflow/runtime/control_flow_info.h"

#include <absl/container/flat_hash_map.h>

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
    info_.local_slot.resize(plan.num_slots);
    info_.num_readers.resize(plan.num_slots);
    for (size_t i = 0; i < plan.instructions.size(); ++i) {
      instruction_of_[plan.instructions[i].node->id()] = static_cast<int>(i);
    }
  }

  StatusOr<ControlFlowInfo> run() {
    for (size_t i = 0; i < plan_.instructions.size(); ++i) RETURN_IF_ERROR(place(static_cast<int>(i)));
    for (size_t i = 0; i < plan_.instructions.size(); ++i) RETURN_IF_ERROR(connect(static_cast<int>(i)));
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
    info.frame = info.output_frame = std::max(frame, 0);
    if (kind(i) == ControlKind::kEnter) RETURN_IF_ERROR(enter(node, &info));
    if (kind(i) == ControlKind::kExit) {
      info.output_frame = info_.frames[info.frame].parent;
      if (info.output_frame < 0) return invalid_argument("{{{{node {}}}}}: Exit outside of a loop", node.name());
    }
    info.local = static_cast<int>(info_.frames[info.frame].instructions.size());
    info_.frames[info.frame].instructions.push_back(i);
    const Instruction& in = plan_.instructions[i];
    for (int j = 0; j < in.num_outputs; ++j) {
      info_.local_slot[in.first_output + j] = info_.frames[info.output_frame].num_values++;
    }
    return OkStatus();
  }

  Status enter(const Node& node, ControlFlowInfo::Instr* info) {
    ASSIGN_OR_RETURN(const std::string name, node.attr<std::string>("frame_name"));
    const auto [found, added] = children_.emplace(std::make_pair(info->frame, name), info_.frames.size());
    if (added) {
      ControlFlowInfo::StaticFrame frame;
      frame.name = name;
      frame.parent = info->frame;
      if (auto parallel = node.attr<int64_t>("parallel_iterations"); parallel.ok()) {
        frame.parallel_iterations = static_cast<int>(std::max<int64_t>(1, *parallel));
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
    info.edges.resize(in.num_outputs);
    for (const graph::Consumer& consumer : in.node->consumers()) {
      const int target = instruction_of_[consumer.node->id()];
      if (target < 0) continue;  // a fetch
      ControlFlowInfo::Instr& target_info = info_.instructions[target];
      if (target_info.frame != info.output_frame) {
        return invalid_argument("{{{{node {}}}}} has inputs from different frames. The input {{{{node {}}}}} is in frame '{}'.",
                                consumer.node->name(), in.node->name(), info_.frames[info.output_frame].name);
      }
      if (consumer.input < 0) {
        info.control_edges.push_back(target);
        ++target_info.pending;
      } else {
        info.edges[consumer.output].push_back({target, consumer.input});
        ++info_.num_readers[in.first_output + consumer.output];
        if (kind(target) != ControlKind::kMerge) ++target_info.pending;
      }
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
