#pragma once

// A name scope for the ops that conversions of arguments make. Not for users: this header knows graph/.

#include <mutex>
#include <string>
#include <string_view>

#include "reflow/graph/graph.h"
#include "reflow/graph/scope.h"

namespace reflow::client {

// Entered as long as it lives.
class NameStack {
 public:
  NameStack(graph::Graph& graph, std::string_view name) : stack_(graph.scope().name_stack), outer_(stack_) {
    const std::lock_guard lock(graph.mutex());
    graph::enter_name_scope(graph, name);
  }
  ~NameStack() { stack_ = std::move(outer_); }
  const std::string& name() const { return stack_; }

 private:
  std::string& stack_;
  std::string outer_;
};

}  // namespace reflow::client
