#pragma once

#include <cstddef>

#include "reflow/graph/node.h"

namespace reflow::graph {

// While the innermost one of a thread lives, it holds what ops of that thread compute: so that functions may pass
// results on without holding them. What is to live on is held by a NodeRef. Nests.
class ImmediateScope {
 public:
  ImmediateScope();
  ~ImmediateScope();
  ImmediateScope(const ImmediateScope&) = delete;
  ImmediateScope& operator=(const ImmediateScope&) = delete;

  // Has the innermost scope hold `node` too; nothing where there is none.
  static void hold(Node* node);

  // For executors: takes over one count of `node`, in whatever scope there is; outside of all, until the thread ends.
  static void adopt(Node* node);

 private:
  size_t begin_;
};

}  // namespace reflow::graph
