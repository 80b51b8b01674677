#include "reflow/client/side_effects.h"

#include <algorithm>
#include <array>
#include <map>
#include <utility>

#include "reflow/graph/control_flow.h"

namespace reflow::client {

using graph::Endpoint;
using graph::Node;

namespace {

bool has_effects(const Node& node) {
  static constexpr std::array kFree{
      "CollectiveGather", "CollectiveReduce", "CollectiveBcastSend", "CollectiveBcastRecv", "NcclAllReduce",
      "RandomUniform", "RandomUniformInt", "RandomStandardNormal", "ParameterizedTruncatedNormal", "TruncatedNormal",
      "RandomShuffle", "Multinomial", "RandomGamma", "RandomGammaGrad", "RandomPoisson", "RandomPoissonV2"};
  return node.op().is_stateful && std::ranges::find(kFree, node.type()) == kFree.end();
}

bool is_in_loop(const Node& node) {
  for (const graph::ControlFlowContext* c = node.context(); c != nullptr; c = c->outer()) {
    if (c->is_while()) return true;
  }
  return false;
}

}  // namespace

std::vector<Node*> order_side_effects(graph::Graph& body, std::span<Node* const> results) {
  const std::lock_guard lock(body.mutex());
  std::vector<Node*> must_run;
  std::map<std::pair<const Node*, int>, Node*> last_user;  // of each resource
  Node* last_other = nullptr;                              // of those that use none
  for (Node* node : body.nodes()) {
    if (is_in_loop(*node)) continue;
    const bool effects = has_effects(*node) || graph::OpRegistry::global().find(node->type()) == nullptr;
    if (effects) must_run.push_back(node);
    if (node->type() == "Switch" && node->num_inputs() > 0 && node->input(0).dtype() == DType::kResource) continue;
    if (node->type() == "Merge") {
      for (Node* before : must_run) {
        body.add_control_input(node, before);
        for (const Endpoint& input : before->inputs()) {
          const auto found = last_user.find({input.node, input.index});
          if (found != last_user.end()) found->second = node;
        }
      }
      must_run = {node};
      continue;
    }
    bool uses_resource = false;
    std::vector<Node*> before;
    for (const Endpoint& input : node->inputs()) {
      if (input.dtype() != DType::kResource) continue;
      uses_resource = true;
      Node*& last = last_user[{input.node, input.index}];
      if (last != nullptr && last != node && last->context() == node->context()) before.push_back(last);
      last = node;
    }
    if (has_effects(*node) && !uses_resource && node->context() == nullptr) {
      if (last_other != nullptr) before.push_back(last_other);
      last_other = node;
    }
    for (Node* earlier : before) body.add_control_input(node, earlier);
  }
  for (Node* result : results) {
    for (Node* node : must_run) {
      if (node != result && node->context() == result->context()) body.add_control_input(result, node);
    }
  }
  return must_run;
}

}  // namespace reflow::client
