#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "reflow/base/status.h"
#include "reflow/graph/attr_value.h"
#include "reflow/graph/op_def.h"

namespace reflow::graph {

class Graph;
class Node;
class ControlFlowContext;

// Output `index` of `node`: a symbolic tensor. The default one is no tensor.
struct Endpoint {
  Node* node = nullptr;
  int index = 0;
  explicit operator bool() const { return node != nullptr; }
  bool operator==(const Endpoint&) const = default;
  DType dtype() const;         // ref types included
  const Shape& shape() const;  // what is known statically
  std::string name() const;    // "node:0"
};

// Input `input` of `node`, seen from the producer of its value.
struct Consumer {
  Node* node;
  int input;   // -1: a control edge
  int output;  // of the producer; -1: a control edge
};

// A node of a graph, owned by it; the address is stable. Read-only outside graph/ but for the setters here. Guarded by
// the graph's mutex, as the graph is.
class Node {
 public:
  int id() const { return id_; }  // order of creation, from 0; an index for side tables
  const std::string& name() const { return name_; }
  const std::string& type() const { return op_->name; }
  const OpDef& op() const { return *op_; }
  Graph& graph() const { return *graph_; }

  int num_inputs() const { return static_cast<int>(inputs_.size()); }
  const Endpoint& input(int i) const { return inputs_[i]; }
  std::span<const Endpoint> inputs() const { return inputs_; }
  std::span<Node* const> control_inputs() const { return control_inputs_; }
  int num_outputs() const { return static_cast<int>(output_types_.size()); }
  DType output_type(int i) const { return output_types_[i]; }
  std::span<const DType> output_types() const { return output_types_; }
  Endpoint output(int i) { return {this, i}; }
  const Shape& output_shape(int i) const { return output_shapes_[i]; }
  void set_output_shape(int i, Shape shape) { output_shapes_[i] = std::move(shape); }
  // All edges that leave the node, in the order of their making.
  std::span<const Consumer> consumers() const { return consumers_; }

  const AttrMap& attrs() const { return attrs_; }
  const AttrValue* find_attr(std::string_view name) const { return attrs_.find(name); }
  // The attribute as a T (string, int64_t, float, bool, DType, Shape, Tensor, a vector of these). NotFound: no such
  // attribute; InvalidArgument: of another kind.
  template <typename T>
  StatusOr<T> attr(std::string_view name) const;
  void set_attr(std::string_view name, AttrValue value) { attrs_.set(name, std::move(value)); }
  void clear_attr(std::string_view name) { attrs_.erase(name); }

  // The device asked for ("" : any), as TensorFlow writes it: "/job:worker/task:0/device:CPU:0".
  const std::string& device() const { return device_; }
  void set_device(std::string device) { device_ = std::move(device); }
  // Where the placer put it (an index into the session's devices; -1: not placed). Only in the graphs of a session.
  int assigned_device() const { return assigned_device_; }
  void set_assigned_device(int device) { assigned_device_ = device; }
  // Names of the nodes that it has to be placed with: "_class" without "loc:@".
  std::vector<std::string> colocation_groups() const;

  // The cond or while context in which the node was made; null: none.
  ControlFlowContext* context() const { return context_; }
  void set_context(ControlFlowContext* context) { context_ = context; }

  // For the error messages of Python: where the user made it. Opaque to the engine.
  std::shared_ptr<const void> traceback;

 private:
  friend class Graph;
  Node() = default;
  Graph* graph_ = nullptr;
  const OpDef* op_ = nullptr;
  int id_ = 0, assigned_device_ = -1;
  std::string name_, device_;
  std::vector<Endpoint> inputs_;
  std::vector<Node*> control_inputs_;
  std::vector<DType> output_types_;
  std::vector<Shape> output_shapes_;
  std::vector<Consumer> consumers_;
  AttrMap attrs_;
  ControlFlowContext* context_ = nullptr;
};

inline DType Endpoint::dtype() const { return node->output_type(index); }
inline const Shape& Endpoint::shape() const { return node->output_shape(index); }

Status attr_not_found(const Node& node, std::string_view name, bool other_kind);

template <typename T>
StatusOr<T> Node::attr(std::string_view name) const {
  const AttrValue* value = attrs_.find(name);
  if (const T* typed = value ? value->get<T>() : nullptr) return *typed;
  if constexpr (requires(T v) { v.begin(); }) {
    if (value && value->get<EmptyList>()) return T{};
  }
  return attr_not_found(*this, name, value != nullptr);
}

}  // namespace reflow::graph
