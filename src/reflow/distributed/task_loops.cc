#include "reflow/distributed/task_loops.h"

#include <utility>

#include "reflow/graph/op_def.h"

namespace reflow::distributed {

using graph::Node;
using graph::NodeSpec;

Status TaskLoops::add(int frame, const std::string& task, int device) {
  if (frame == 0 || triggers_.contains({frame, task})) return OkStatus();
  const LoopFrames::Frame& loop = frames_.frames[frame];
  if (loop.condition == nullptr) {
    return invalid_argument("A cross-device loop must be a while loop: the loop {} has no LoopCond", loop.name);
  }
  RETURN_IF_ERROR(add(loop.parent, task, device));

  NodeSpec value;
  value.attrs = {{"dtype", DType::kBool}, {"value", Tensor::scalar(false)}};
  value.output_types = {DType::kBool};
  // Within a loop around, it is there anew in each iteration.
  if (Node* const around = trigger(loop.parent, task)) value.control_inputs = {around};
  ASSIGN_OR_RETURN(Node* const constant, add_node(std::move(value), "Const", loop.parent, device));

  NodeSpec enters;
  enters.inputs = {constant->output(0)};
  enters.attrs = {{"T", DType::kBool}, {"frame_name", loop.name}, {"is_constant", false},
                  {"parallel_iterations", loop.parallel_iterations}};
  enters.output_types = {DType::kBool};
  ASSIGN_OR_RETURN(Node* const enter, add_node(std::move(enters), "Enter", frame, device));

  NodeSpec merges;
  merges.inputs = {enter->output(0)};
  merges.attrs = {{"T", DType::kBool}, {"N", 2}};
  merges.output_types = {DType::kBool, DType::kInt32};
  ASSIGN_OR_RETURN(Node* const merge, add_node(std::move(merges), "Merge", frame, device));

  NodeSpec switches;
  switches.inputs = {merge->output(0), loop.condition->output(0)};
  switches.attrs = {{"T", DType::kBool}};
  switches.output_types = {DType::kBool, DType::kBool};
  ASSIGN_OR_RETURN(Node* const goes_on, add_node(std::move(switches), "Switch", frame, device));

  NodeSpec next;
  next.inputs = {goes_on->output(1)};
  next.attrs = {{"T", DType::kBool}};
  next.output_types = {DType::kBool};
  ASSIGN_OR_RETURN(Node* const next_iteration, add_node(std::move(next), "NextIteration", frame, device));
  graph_.add_input(merge, next_iteration->output(0));
  triggers_[{frame, task}] = merge;
  return OkStatus();
}

StatusOr<Node*> TaskLoops::add_node(NodeSpec spec, const char* type, int frame, int device) {
  spec.op = graph::OpRegistry::global().find(type);
  spec.name = graph_.unique_full_name(fmt::format("task_loop/{}", type));
  ASSIGN_OR_RETURN(Node* const node, graph_.add_node(std::move(spec)));
  node->set_assigned_device(device);
  made_[node] = frame;
  return node;
}

Node* TaskLoops::trigger(int frame, const std::string& task) const {
  const auto found = triggers_.find({frame, task});
  return found == triggers_.end() ? nullptr : found->second;
}

int TaskLoops::frame_of(const Node& node) const {
  const auto found = made_.find(&node);
  return found == made_.end() ? frames_.output_frame[node.id()] : found->second;
}

}  // namespace reflow::distributed
