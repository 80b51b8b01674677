#include <absl/container/flat_hash_set.h>

#include <algorithm>

#include "reflow/passes/passes.h"
#include "reflow/passes/rewrite.h"

namespace reflow::passes {

using graph::Consumer;
using graph::Endpoint;
using graph::Graph;
using graph::Node;

namespace {

// The gradient of a matrix that several products use (the kernel of a recurrent cell, once a step) is the sum of their
// gradients a' b. One product of all rows makes and adds up no matrix for each step; where the steps are those of a loop,
// each is computed into the sum.
class ProductSums {
 public:
  explicit ProductSums(PassContext& context) : graph_(*context.graph), roots_(root_marks(context)) {}

  Status run() {
    sum_op_ = graph::OpRegistry::global().find("_SumOfProducts");
    add_op_ = graph::OpRegistry::global().find("_AddProduct");
    if (sum_op_ == nullptr || add_op_ == nullptr) return OkStatus();
    for (Node* node : graph_.nodes()) {
      const std::string& type = node->type();
      if (node->num_outputs() != 1 || node->output_type(0) != DType::kFloat32) continue;
      if (type == "AddN" && node->num_inputs() > 1) join(node);
      if (type == "Add" || type == "AddV2") accumulate(node);
    }
    graph_.remove_nodes(gone_);
    return OkStatus();
  }

 private:
  // A product of float matrices that `sum` alone reads, and nothing waits for.
  bool is_term(const Node& product, const Node& sum) const {
    if (product.type() != "MatMul" || product.assigned_device() != sum.assigned_device()) return false;
    if (is_ref(product.input(0).dtype()) || is_ref(product.input(1).dtype()) || roots_[product.id()]) return false;
    return product.control_inputs().empty() && product.consumers().size() == 1;
  }

  // Is it a' b?
  static bool adds_rows(const Node& product) {
    return product.attr<bool>("transpose_a").value_or(false) && !product.attr<bool>("transpose_b").value_or(true);
  }

  void join(Node* sum) {
    std::vector<Endpoint> inputs(2 * sum->num_inputs());
    absl::flat_hash_set<Node*> products;
    for (int i = 0; i < sum->num_inputs(); ++i) {
      Node* product = sum->input(i).node;
      if (!is_term(*product, *sum) || !adds_rows(*product) || !products.insert(product).second) return;
      inputs[i] = product->input(0);
      inputs[sum->num_inputs() + i] = product->input(1);
    }
    graph::NodeSpec spec;
    spec.op = sum_op_;
    spec.attrs.set("N", int64_t{sum->num_inputs()});
    spec.inputs = std::move(inputs);
    replace(sum, std::move(spec));
    gone_.insert(gone_.end(), products.begin(), products.end());
  }

  // total + product, where the total is a loop's: its memory may be written.
  void accumulate(Node* add) {
    const Endpoint total = add->input(0);
    Node* product = add->input(1).node;
    if (total.node->type() != "Switch" || is_ref(total.dtype()) || !is_term(*product, *add)) return;
    const Shape &shape = total.shape(), &product_shape = product->output_shape(0);
    if (!shape.fully_defined() || !(shape == product_shape)) return;
    graph::NodeSpec spec;
    spec.op = add_op_;
    spec.attrs.set("transpose_a", product->attr<bool>("transpose_a").value_or(false));
    spec.attrs.set("transpose_b", product->attr<bool>("transpose_b").value_or(false));
    spec.inputs = {total, product->input(0), product->input(1)};
    replace(add, std::move(spec));
    gone_.push_back(product);
  }

  void replace(Node* sum, graph::NodeSpec spec) {
    spec.control_inputs.assign(sum->control_inputs().begin(), sum->control_inputs().end());
    spec.output_types = {DType::kFloat32};
    const Shape shape = sum->output_shape(0);
    graph_.rewrite_node(sum, std::move(spec));
    sum->set_output_shape(0, shape);
  }

  Graph& graph_;
  const std::vector<bool> roots_;
  const graph::OpDef *sum_op_ = nullptr, *add_op_ = nullptr;
  std::vector<Node*> gone_;
};

}  // namespace

Status sum_products(PassContext& context) { return ProductSums(context).run(); }

}  // namespace reflow::passes
