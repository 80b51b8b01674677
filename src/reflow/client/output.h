#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "reflow/client/dtypes.h"
#include "reflow/tensor/shape.h"
#include "reflow/tensor/tensor.h"

namespace reflow {

namespace graph {
class Node;
}

class FeedDict;    // client/session.h
class Graph;       // client/graph.h
class Index;       // client/indexing.h
class Operation;
class Variable;    // client/variable.h

// A symbolic tensor: one output of an operation. A small value; equal when it is the same output. It belongs to its
// graph and is good as long as that lives. The operators on it are in client/operators.h.
class Output {
 public:
  Output() = default;  // no tensor: valid() is false
  Output(graph::Node* node, int index) : node_(node), index_(index) {}

  bool valid() const { return node_ != nullptr; }
  // "MatMul:0".
  std::string name() const;
  DType dtype() const;  // the ref type of a variable's op included
  const Shape& shape() const;
  // Says more of the shape. ValueError: it contradicts what is known.
  void set_shape(const Shape& shape) const;
  Operation op() const;
  Graph graph() const;
  const std::string& device() const;
  int value_index() const { return index_; }
  // The operations that read it.
  std::vector<Operation> consumers() const;
  // Its value, by the default session. ValueError: there is none.
  Tensor eval() const;
  Tensor eval(const FeedDict& feed_dict) const;

  // Slices as NumPy does: x[1], x[{0, Slice(1, 3)}], x[{ellipsis, newaxis}]. See client/indexing.h.
  Output operator[](const Index& index) const;
  Output operator[](std::initializer_list<Index> indices) const;

  bool operator==(const Output&) const = default;
  graph::Node* node() const { return node_; }
  int index() const { return index_; }

 private:
  graph::Node* node_ = nullptr;
  int index_ = 0;
};

// A node of a graph: what makes tensors from tensors. A small value, good as long as the graph lives.
class Operation {
 public:
  Operation() = default;
  explicit Operation(graph::Node* node) : node_(node) {}

  bool valid() const { return node_ != nullptr; }
  const std::string& name() const;
  const std::string& type() const;
  const std::string& device() const;
  Graph graph() const;
  std::vector<Output> inputs() const;
  std::vector<Operation> control_inputs() const;
  std::vector<Output> outputs() const;
  Output output(int i) const { return Output(node_, i); }
  // The attribute as std::string, int64_t, float, bool, DType, Shape, Tensor or a vector of these.
  // ValueError: there is no such attribute of this kind.
  template <typename T>
  T get_attr(std::string_view name) const;
  // Names of the operations it is placed with, as "loc:@name".
  std::vector<std::string> colocation_groups() const;
  // Runs it in the default session. ValueError: there is none.
  void run() const;
  void run(const FeedDict& feed_dict) const;

  bool operator==(const Operation&) const = default;
  graph::Node* node() const { return node_; }

 private:
  graph::Node* node_ = nullptr;
};

// What a graph knows by name and sessions fetch: an operation or one of its outputs. Made from either, or from a
// variable.
class GraphElement {
 public:
  GraphElement(const Output& output) : node_(output.node()), index_(output.index()) {}
  GraphElement(const Operation& operation) : node_(operation.node()) {}
  GraphElement(const Variable& variable);

  bool is_operation() const { return index_ < 0; }
  Operation operation() const { return Operation(node_); }
  Output output() const { return Output(node_, index_); }  // REQUIRES: !is_operation()
  graph::Node* node() const { return node_; }
  int index() const { return index_; }  // -1: an operation
  bool operator==(const GraphElement&) const = default;

 private:
  graph::Node* node_ = nullptr;
  int index_ = -1;
};

// First member of the options of functions that may take a list in their place: {0, 1} is then never taken for options.
struct DesignatedOnly {
  explicit constexpr DesignatedOnly() = default;
};

// The option that most functions have: the name of the op, "" for its default.
struct NameOptions {
  std::string name;
};

}  // namespace reflow

template <>
struct std::hash<reflow::Output> {
  size_t operator()(const reflow::Output& o) const noexcept {
    return std::hash<void*>()(o.node()) ^ (static_cast<size_t>(o.index()) << 1);
  }
};
template <>
struct std::hash<reflow::Operation> {
  size_t operator()(const reflow::Operation& o) const noexcept { return std::hash<void*>()(o.node()); }
};
