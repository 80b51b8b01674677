#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "reflow/base/status.h"
#include "reflow/graph/node_builder.h"

namespace reflow::op {

using namespace ::reflow::graph;
using graph::Graph;  // not the client's

// A gradient: a tensor, or rows of one (IndexedSlices), or nothing.
struct Gradient {
  Endpoint values;       // the tensor itself when !indices
  Endpoint indices;      // [n]: row i of `values` belongs to row indices[i]
  Endpoint dense_shape;  // shape of the whole; may be missing
  Gradient() = default;
  Gradient(Endpoint dense) : values(dense) {}
  Gradient(Endpoint v, Endpoint i, Endpoint shape) : values(v), indices(i), dense_shape(shape) {}
  explicit operator bool() const { return static_cast<bool>(values); }
  bool is_slices() const { return static_cast<bool>(indices); }
};

// Makes the ops of gradients: in a graph, or, for eager execution, at once.
class GradEmitter {
 public:
  virtual ~GradEmitter() = default;
  virtual StatusOr<Node*> create(std::string_view type, std::vector<OpInput> inputs, AttrMap attrs,
                                 CreateOptions options) = 0;
};

// What a gradient function sees of one op `y = f(x)`: x, y and dy = dL/dy come in; it sets dx = dL/dx. Ops it makes are
// named below "{op name}_grad". The first error sticks; what is made after it is void, so functions needn't check.
class GradContext {
 public:
  GradContext(Node* op, std::vector<Gradient> dy, GradEmitter& emitter);

  Node& node() const { return *op_; }
  Graph& graph() const { return op_->graph(); }
  int num_inputs() const { return op_->num_inputs(); }
  int num_outputs() const { return op_->num_outputs(); }
  Endpoint x(int i) const { return op_->input(i); }
  Endpoint y(int i) const { return op_->output(i); }
  // dL/dy(i), dense (slices are made dense); no endpoint where y(i) has no gradient.
  Endpoint dy(int i);
  const Gradient& dy_gradient(int i) const { return dy_[i]; }
  // dL/dx(i), to be set; left alone it means none.
  Gradient& dx(int i) { return dx_[i]; }
  std::vector<Gradient>& all_dx() { return dx_; }

  template <typename T>
  T attr(std::string_view name) {
    auto v = op_->attr<T>(name);
    if (v.ok()) return *std::move(v);
    fail(v.status());
    return T{};
  }

  // A new op; "" names it by its type. op gives output 0, ops the node.
  Endpoint op(std::string_view type, std::vector<OpInput> inputs, AttrMap attrs = {}, std::string name = "");
  Node* ops(std::string_view type, std::vector<OpInput> inputs, AttrMap attrs = {}, std::string name = "");

  // The ops that TensorFlow's Python functions make for the same call.
  // Const of dtype `type` and `shape` [], or a vector of ints.
  Endpoint constant(double value, DType type, std::string name = "Const");
  Endpoint constant_ints(const std::vector<int64_t>& values, DType type = DType::kInt32, std::string name = "Const");
  Endpoint constant_tensor(Tensor value, std::string name = "Const");
  // tf.shape: a Const where the shape is known statically, else Shape.
  Endpoint shape(Endpoint x, DType out_type = DType::kInt32, std::string name = "Shape");
  // tf.size, tf.rank likewise.
  Endpoint size(Endpoint x, DType out_type = DType::kInt32, std::string name = "Size");
  Endpoint rank(Endpoint x, std::string name = "Rank");
  Endpoint reshape(Endpoint x, Endpoint shape, std::string name = "Reshape") { return op("Reshape", {x, shape}, {}, std::move(name)); }
  Endpoint reduce_sum(Endpoint x, Endpoint axes, bool keep_dims = false, std::string name = "Sum");
  Endpoint cast(Endpoint x, DType to, std::string name = "Cast");  // x itself when it has the type
  Endpoint zeros_like(Endpoint x, std::string name = "zeros_like");  // tf.zeros_like
  Endpoint conj(Endpoint x);  // x itself unless complex
  // Sums `dx_full` over the dimensions along which x was broadcast against `other`, and reshapes to x's shape: the
  // gradients of both operands of a broadcasting op, as TensorFlow's math_grad builds them.
  void set_broadcast_gradients(Endpoint dx0_full, Endpoint dx1_full);

  // Ops made while it lives are named below a scope of `name`: `mul` with its constant `mul/x`.
  class Scope {
   public:
    Scope(Graph& graph, std::string_view name);
    ~Scope();
    Scope(const Scope&) = delete;
    const std::string& name() const { return name_; }  // with trailing '/': take it as an op's name

   private:
    Graph& graph_;
    std::string saved_, name_;
  };

  void fail(Status status) { if (status_.ok()) status_ = std::move(status); }
  const Status& status() const { return status_; }

 private:
  Node* op_;
  std::vector<Gradient> dy_, dx_;
  GradEmitter& emitter_;
  Status status_;
};

using GradFn = std::function<Status(GradContext&)>;

// The gradient functions by op type. Users add to it (tf.RegisterGradient). Thread-safe.
class GradientRegistry {
 public:
  static GradientRegistry& global();
  // AlreadyExists: "Registering two gradient with name '{}'!".
  Status add(std::string_view name, GradFn fn);
  Status add_not_differentiable(std::string_view name);
  enum class Kind { kUnregistered, kNone, kFunction };
  Kind find(std::string_view name, GradFn* fn) const;

 private:
  GradientRegistry();
  struct Impl;
  Impl* impl_;
};

}  // namespace reflow::op
