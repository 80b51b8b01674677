#include "reflow/client/automatic_control.h"

#include <algorithm>
#include <array>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "reflow/client/status_errors.h"
#include "reflow/graph/control_flow.h"
#include "reflow/graph/node_builder.h"
#include "reflow/graph/while_context.h"

namespace reflow::client {
namespace {

using graph::ControlFlowContext;
using graph::Endpoint;
using graph::Node;
using graph::WhileContext;

constexpr std::array kUnordered = {
    "CollectiveBcastRecv", "CollectiveBcastSend", "CollectiveGather", "CollectiveReduce", "Multinomial", "NcclAllReduce",
    "ParameterizedTruncatedNormal", "RandomGamma", "RandomGammaGrad", "RandomPoisson", "RandomPoissonV2", "RandomShuffle",
    "RandomStandardNormal", "RandomUniform", "RandomUniformInt", "TruncatedNormal"};

bool is_ordered(const Node& node) {
  return node.op().is_stateful && std::ranges::find(kUnordered, std::string_view(node.type())) == kUnordered.end();
}

bool is_resource(const Endpoint& e) { return base_type(e.dtype()) == DType::kResource; }

// The loop that an op is in; null: none.
WhileContext* loop_of(const Node& node) { return graph::containing_while(node.context()); }

// Does the op run even if nobody reads it? Of a function that is called by its name (outside of loops) effects aren't known.
bool has_to_run(const Node& node) {
  return is_ordered(node) || (graph::OpRegistry::global().find(node.type()) == nullptr && loop_of(node) == nullptr);
}

bool is_loop_merge(const Node& node) {
  return node.type() == "Merge" && std::ranges::any_of(node.inputs(), [](const Endpoint& x) {
    return graph::is_enter(*x.node) || x.node->type() == "NextIteration";
  });
}

// Puts the ops of one region in order: of the body outside of loops, or of a loop outside of those in it. To the region around
// it a loop is one op, its first Exit, which uses all that is used in it.
class Ordering {
 public:
  Ordering(graph::Graph& body, WhileContext* loop) : body_(body), loop_(loop) {}

  void visit(Node* node) {
    if (has_to_run(*node)) must_run(node);
    if (node->type() == "NoOp") return;
    if (node->type() == "Merge") return visit_merge(node);
    std::vector<Endpoint> resources;
    for (int i = 0; i < node->num_inputs(); ++i) {
      const Endpoint input = node->input(i);
      if (is_resource(input) && std::ranges::count(resources, input) == 0) resources.push_back(input);
    }
    const bool is_alone = is_ordered(*node) && resources.empty();
    for (Node* earlier : before(node, node->context(), resources, is_alone)) body_.add_control_input(node, earlier);
  }

  // The loop `inner` of this region has been put in order. `enters`: of the loop.
  void visit_loop(const Ordering& inner, const std::vector<Node*>& enters) {
    if (!inner.has_effects_) return;
    inner.end_iterations();
    std::vector<Endpoint> resources;
    for (Node* enter : enters) {
      if (inner.last_.contains(key(enter->output(0)))) resources.push_back(enter->input(0));
    }
    Node* const exit = inner.loop_->loop_exits.front().node;
    must_run(exit);
    const bool is_alone = inner.last_stateful_ != nullptr;
    for (Node* earlier : before(exit, graph::output_context(*exit), resources, is_alone)) {
      for (Node* enter : enters) body_.add_control_input(enter, earlier);
    }
  }

  const std::vector<Node*>& all() const { return must_run_; }

 private:
  using Key = std::pair<int, int>;
  static Key key(const Endpoint& e) { return {e.node->id(), e.index}; }

  void must_run(Node* node) {
    has_effects_ = true;
    if (std::ranges::find(must_run_, node) == must_run_.end()) must_run_.push_back(node);
  }

  // What `node`, whose outputs are in `context`, comes after: what has used its resources, or where it `is_alone` without any
  // the last such op.
  std::vector<Node*> before(Node* node, ControlFlowContext* context, const std::vector<Endpoint>& resources, bool is_alone) {
    std::vector<Node*> found;
    for (const Endpoint& resource : resources) {
      has_effects_ = true;
      if (resource.node->type() == "Switch") visit_switch(resource.node);
      if (const auto last = last_.find(key(resource)); last != last_.end()) found.push_back(last->second);
      if (const auto merge = merges_.find(key(resource)); merge != merges_.end()) body_.add_control_input(merge->second, node);
      last_[key(resource)] = node;
    }
    if (is_alone && context == loop_) {
      if (last_stateful_ != nullptr) found.push_back(last_stateful_);
      last_stateful_ = node;
    }
    std::erase_if(found, [&](Node* earlier) { return earlier == node || graph::output_context(*earlier) != context; });
    return found;
  }

  // The next iteration waits for all that is to run in this one, and whether there is one for what the predicate runs.
  void end_iterations() const {
    for (Node* node : must_run_) {
      if (graph::output_context(*node) != loop_) continue;
      if (node->id() < loop_->condition.node->id()) {
        body_.add_control_input(loop_->condition.node, node);
        continue;
      }
      for (const Endpoint& exit : loop_->loop_exits) {
        const Node& merge = *exit.node->input(0).node->input(0).node;
        for (const Endpoint& input : merge.inputs()) {
          if (input.node->type() == "NextIteration") body_.add_control_input(input.node, node);
        }
      }
    }
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
    ControlFlowContext* const outside = node->context() ? node->context()->outer() : nullptr;
    if (outside != nullptr) {
      for (int i = 0; i < 2; ++i) outside->mark_seen(node->output(i));  // as the results of a branch are
    }
    const graph::EnteredContext entered(body_, outside);
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
  WhileContext* loop_;
  bool has_effects_ = false;
  std::vector<Node*> must_run_;
  std::map<Key, Node*> last_;    // that used a resource
  std::map<Key, Node*> merges_;  // of what a Switch has put out
  Node* last_stateful_ = nullptr;
};

// The regions of a body, while its nodes are visited in their order.
class Regions {
 public:
  Regions(graph::Graph& body, std::span<Node* const> nodes) : body_(body) {
    for (Node* node : nodes) {
      if (graph::is_enter(*node)) enters_[loop_of(*node)].push_back(node);
    }
    open_.emplace_back(nullptr, Ordering(body, nullptr));
  }

  void visit(Node* node) {
    // Ways into conds and loops are seen with what they feed; they may be made long before or after.
    if (graph::is_enter(*node) || graph::is_exit(*node) || graph::is_switch(*node) || is_loop_merge(*node)) return;
    const bool matters = has_to_run(*node) || node->type() == "Merge" || std::ranges::any_of(node->inputs(), is_resource);
    if (!matters) return;
    WhileContext* const loop = loop_of(*node);
    while (!graph::contains(open_.back().first, loop) && open_.size() > 1) close();
    open(loop);
    open_.back().second.visit(node);
  }

  const Ordering& finish() {
    while (open_.size() > 1) close();
    return open_.back().second;
  }

 private:
  void open(WhileContext* loop) {
    if (loop == open_.back().first) return;
    open(graph::containing_while(loop->outer()));
    open_.emplace_back(loop, Ordering(body_, loop));
  }

  void close() {
    const auto [loop, inner] = std::move(open_.back());
    open_.pop_back();
    open_.back().second.visit_loop(inner, enters_[loop]);
  }

  graph::Graph& body_;
  std::map<const WhileContext*, std::vector<Node*>> enters_;
  std::vector<std::pair<WhileContext*, Ordering>> open_;  // a loop lies within those before it
};

}  // namespace

std::vector<Node*> order_stateful_ops(graph::Graph& body, std::span<Node* const> nodes, std::span<const Endpoint> results) {
  Regions regions(body, nodes);
  for (Node* node : nodes) regions.visit(node);
  const Ordering& ordering = regions.finish();
  for (const Endpoint& result : results) {
    for (Node* node : ordering.all()) {
      if (node == result.node || graph::output_context(*node) != result.node->context()) continue;
      body.add_control_input(result.node, node);
    }
  }
  return ordering.all();
}

void forget_colocation_with_arguments(graph::Graph& body, std::span<const Endpoint> inputs) {
  for (Node* node : body.nodes()) {
    const std::vector<std::string> groups = node->colocation_groups();
    std::vector<std::string> kept;
    for (const std::string& group : groups) {
      const Node* other = body.find(group);
      if (other && std::ranges::find(inputs, other, &Endpoint::node) == inputs.end()) kept.push_back("loc:@" + group);
    }
    if (kept.size() == groups.size()) continue;
    if (kept.empty()) node->clear_attr("_class");
    else node->set_attr("_class", kept);
  }
}

}  // namespace reflow::client
