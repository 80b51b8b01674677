#include "reflow/client/automatic_control.h"

#include <algorithm>
#include <array>
#include <map>
#include <string_view>

#include "reflow/client/status_errors.h"
#include "reflow/graph/control_flow.h"
#include "reflow/graph/node_builder.h"

namespace reflow::client {
namespace {

using graph::ControlFlowContext;
using graph::Endpoint;
using graph::Node;

constexpr std::array kUnordered = {
    "CollectiveBcastRecv", "CollectiveBcastSend", "CollectiveGather", "CollectiveReduce", "Multinomial", "NcclAllReduce",
    "ParameterizedTruncatedNormal", "RandomGamma", "RandomGammaGrad", "RandomPoisson", "RandomPoissonV2", "RandomShuffle",
    "RandomStandardNormal", "RandomUniform", "RandomUniformInt", "TruncatedNormal"};

bool is_ordered(const Node& node) {
  return node.op().is_stateful && std::ranges::find(kUnordered, std::string_view(node.type())) == kUnordered.end();
}

bool is_resource(const Endpoint& e) { return base_type(e.dtype()) == DType::kResource; }

class Ordering {
 public:
  explicit Ordering(graph::Graph& body) : body_(body) {}

  void visit(Node* node) {
    if (is_ordered(*node)) must_run(node);
    if (node->type() == "NoOp") return;
    if (node->type() == "Switch" && is_resource(node->input(0))) return;  // seen with what it feeds
    if (node->type() == "Merge") return visit_merge(node);
    std::vector<Node*> before;
    bool uses_resource = false;
    for (int i = 0; i < node->num_inputs(); ++i) {
      const Endpoint input = node->input(i);
      if (!is_resource(input) || std::ranges::count(node->inputs().first(i), input) > 0) continue;
      uses_resource = true;
      if (input.node->type() == "Switch") visit_switch(input.node);
      if (const auto last = last_.find(key(input)); last != last_.end()) before.push_back(last->second);
      if (const auto merge = merges_.find(key(input)); merge != merges_.end()) body_.add_control_input(merge->second, node);
      last_[key(input)] = node;
    }
    if (is_ordered(*node) && !uses_resource && node->context() == nullptr) {
      if (last_stateful_ != nullptr) body_.add_control_input(node, last_stateful_);
      last_stateful_ = node;
    }
    for (Node* earlier : before) {
      if (earlier != node && earlier->context() == node->context()) body_.add_control_input(node, earlier);
    }
  }

  const std::vector<Node*>& all() const { return must_run_; }

 private:
  using Key = std::pair<int, int>;
  static Key key(const Endpoint& e) { return {e.node->id(), e.index}; }

  void must_run(Node* node) {
    if (std::ranges::find(must_run_, node) == must_run_.end()) must_run_.push_back(node);
  }

  // What comes after a cond comes after all that was to run in it.
  void visit_merge(Node* merge) {
    for (Node* node : must_run_) {
      body_.add_control_input(merge, node);
      for (const Endpoint& input : node->inputs()) {
        if (const auto last = last_.find(key(input)); last != last_.end()) last->second = merge;
      }
    }
    must_run_ = {merge};
  }

  // A resource that goes into a cond: what uses it afterwards waits for both branches, by a Merge of the switched handles.
  void visit_switch(Node* node) {
    const Endpoint input = node->input(0);
    if (is_resource(input) && input.node->type() == "Switch") visit_switch(input.node);
    if (merges_.contains(key(node->output(0)))) return;
    ControlFlowContext* const inside = node->context();
    const graph::EnteredContext entered(body_, inside ? inside->outer() : nullptr);
    Node* const merge = check_building(graph::create_op(
        body_, "Merge", {graph::OpInput(std::vector<Endpoint>{node->output(0), node->output(1)})}, {},
        {.name = "artificial_merge"}));
    must_run(merge);
    if (const auto last = last_.find(key(input)); last != last_.end()) body_.add_control_input(node, last->second);
    last_[key(input)] = merge;
    if (const auto outer = merges_.find(key(input)); outer != merges_.end()) body_.add_control_input(outer->second, merge);
    merges_[key(node->output(0))] = merges_[key(node->output(1))] = merge;
  }

  graph::Graph& body_;
  std::vector<Node*> must_run_;
  std::map<Key, Node*> last_;    // that used a resource
  std::map<Key, Node*> merges_;  // of what a Switch has put out
  Node* last_stateful_ = nullptr;
};

}  // namespace

std::vector<Node*> order_stateful_ops(graph::Graph& body, std::span<Node* const> nodes, std::span<const Endpoint> results) {
  Ordering ordering(body);
  for (Node* node : nodes) ordering.visit(node);
  for (const Endpoint& result : results) {
    for (Node* node : ordering.all()) {
      if (node != result.node && node->context() == result.node->context()) body.add_control_input(result.node, node);
    }
  }
  return ordering.all();
}

}  // namespace reflow::client
