#include "reflow/graph/immediate_scope.h"

#include <vector>

#include "reflow/graph/immediate.h"

namespace reflow::graph {
namespace {

void release(Node* node) {
  if (ImmediateExecutor* executor = immediate_executor(node->graph())) executor->release(node);
}

// What the scopes of a thread hold, those of the innermost scope last.
struct Held {
  ~Held() {
    while (!nodes.empty()) pop();
  }
  // Letting go of a node may run what holds and lets go of others.
  void pop() {
    Node* node = nodes.back();
    nodes.pop_back();
    release(node);
  }
  std::vector<Node*> nodes;
  int depth = 0;
};

Held& held() {
  thread_local Held held;
  return held;
}

}  // namespace

ImmediateScope::ImmediateScope() : begin_(held().nodes.size()) { ++held().depth; }

ImmediateScope::~ImmediateScope() {
  Held& all = held();
  while (all.nodes.size() > begin_) all.pop();
  --all.depth;
}

void ImmediateScope::hold(Node* node) {
  Held& all = held();
  if (all.depth == 0) return;
  ImmediateExecutor* executor = immediate_executor(node->graph());
  if (executor == nullptr) return;
  executor->retain(node);
  all.nodes.push_back(node);
}

void ImmediateScope::adopt(Node* node) { held().nodes.push_back(node); }

}  // namespace reflow::graph
