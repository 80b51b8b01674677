#include <absl/container/flat_hash_set.h>
#include <fmt/format.h>

#include <algorithm>
#include <string_view>

#include "reflow/passes/passes.h"
#include "reflow/passes/rewrite.h"

namespace reflow::passes {

using graph::Consumer;
using graph::Endpoint;
using graph::Graph;
using graph::Node;

namespace {

constexpr int64_t kMostCollectedRows = 128;  // of a product: more are worth one of their own

// The gradient of a matrix that several products use (the kernel of a recurrent cell, once a step) is the sum of their
// gradients a' b. One product of all rows makes and adds up no matrix for each step. Where the steps are those of a loop,
// rows are collected until there are enough for a product; where they can't be, each product is computed into the sum.
class ProductSums {
 public:
  explicit ProductSums(PassContext& context) : graph_(*context.graph), roots_(root_marks(context)) {}

  Status run() {
    sum_op_ = graph::OpRegistry::global().find("_SumOfProducts");
    add_op_ = graph::OpRegistry::global().find("_AddProduct");
    begin_op_ = graph::OpRegistry::global().find("_BeginCollecting");
    collect_op_ = graph::OpRegistry::global().find("_CollectProduct");
    end_op_ = graph::OpRegistry::global().find("_EndCollecting");
    if (sum_op_ == nullptr || add_op_ == nullptr || end_op_ == nullptr) return OkStatus();
    for (Node* node : graph_.nodes()) {
      const std::string& type = node->type();
      if (node->num_outputs() != 1 || node->output_type(0) != DType::kFloat32) continue;
      if (type == "AddN" && node->num_inputs() > 1) join(node);
      if (type == "Add" || type == "AddV2") RETURN_IF_ERROR(accumulate(node));
    }
    graph_.remove_nodes(gone_);
    return OkStatus();
  }

 private:
  // A product of float matrices that waits for nothing else.
  bool is_product(const Node& product, const Node& sum) const {
    if (product.type() != "MatMul" || product.assigned_device() != sum.assigned_device()) return false;
    if (is_ref(product.input(0).dtype()) || is_ref(product.input(1).dtype()) || roots_[product.id()]) return false;
    return product.control_inputs().empty();
  }
  // One that `sum` alone reads, and nothing waits for.
  bool is_term(const Node& product, const Node& sum) const {
    return is_product(product, sum) && product.consumers().size() == 1;
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
    spec.attrs.set("_adjacent_inputs", std::vector<int64_t>(2, sum->num_inputs()));
    spec.inputs = std::move(inputs);
    replace(sum, std::move(spec));
    gone_.insert(gone_.end(), products.begin(), products.end());
  }

  // total + product, where the total is a loop's: its memory may be written.
  Status accumulate(Node* add) {
    const Endpoint total = add->input(0);
    Node* product = add->input(1).node;
    if (total.node->type() != "Switch" || is_ref(total.dtype()) || !is_added(*product, *add)) return OkStatus();
    const Shape &shape = total.shape(), &product_shape = product->output_shape(0);
    if (!shape.fully_defined() || !(shape == product_shape)) return OkStatus();
    const Loop loop = loop_of(*add);
    const bool few_rows = product->input(0).shape().known_rank() && product->input(0).shape().dim(0) <= kMostCollectedRows;
    wait_for_operands(product);
    gone_.push_back(product);
    if (loop.exit != nullptr && adds_rows(*product) && few_rows) return collect(loop, add, *product);
    graph::NodeSpec spec;
    spec.op = add_op_;
    spec.attrs.set("transpose_a", product->attr<bool>("transpose_a").value_or(false));
    spec.attrs.set("transpose_b", product->attr<bool>("transpose_b").value_or(false));
    spec.inputs = {total, product->input(0), product->input(1)};
    replace(add, std::move(spec));
    return OkStatus();
  }

  // A product that `add` alone reads. Others may wait for it, as for all gradients of an op, where its operands aren't the
  // memory of variables: whoever waits may be there to let it read these before they are written.
  bool is_added(const Node& product, const Node& add) {
    if (is_term(product, add)) return true;
    if (!is_product(product, add) || only_reader(product, 0) != &add) return false;
    if (in_variable_.empty()) in_variable_ = memory_of_variables(graph_, topological_order(graph_));
    return std::ranges::none_of(product.inputs(), [&](const Endpoint& e) {
      return is_control_flow(*e.node) || e.node->id() >= std::ssize(in_variable_) || in_variable_[e.node->id()];
    });
  }

  void wait_for_operands(Node* product) {
    const std::vector<Consumer> consumers(product->consumers().begin(), product->consumers().end());
    for (const Consumer& c : consumers) {
      if (c.input >= 0) continue;
      graph_.remove_control_input(c.node, product);
      for (const Endpoint& e : product->inputs()) graph_.add_control_input(c.node, e.node);
    }
  }

  // The way of a total through a loop.
  struct Loop {
    Node *enter = nullptr, *merge = nullptr, *choice = nullptr, *next = nullptr;
    Node* exit = nullptr;  // null: others see the total on its way
  };

  // The one node that reads the output.
  static Node* only_reader(const Node& node, int output) {
    Node* reader = nullptr;
    for (const Consumer& c : node.consumers()) {
      if (c.input < 0 || c.output != output) continue;
      if (reader != nullptr) return nullptr;
      reader = c.node;
    }
    return reader;
  }
  static bool is_read(const Node& node, int output) {
    return std::ranges::any_of(node.consumers(), [&](const Consumer& c) { return c.input >= 0 && c.output == output; });
  }
  static bool is(const Node* node, std::string_view type) { return node != nullptr && node->type() == type; }

  Loop loop_of(const Node& add) const {
    Loop loop;
    loop.choice = add.input(0).node;
    loop.merge = loop.choice->input(0).node;
    loop.next = only_reader(add, 0);
    Node* const exit = only_reader(*loop.choice, 0);
    if (add.input(0).index != 1 || only_reader(*loop.choice, 1) != &add || !is(exit, "Exit") || roots_[exit->id()]) return {};
    if (!is(loop.merge, "Merge") || only_reader(*loop.merge, 0) != loop.choice || is_read(*loop.merge, 1)) return {};
    if (!is(loop.next, "NextIteration") || only_reader(*loop.next, 0) != loop.merge || loop.merge->num_inputs() != 2) return {};
    loop.enter = loop.merge->input(0).node;
    if (!is(loop.enter, "Enter") || only_reader(*loop.enter, 0) != loop.merge) return {};
    loop.exit = exit;
    return loop;
  }

  // The loop carries the sum and rows that wait to be multiplied, instead of the sum.
  Status collect(const Loop& loop, Node* add, const Node& product) {
    const Shape shape = add->output_shape(0);
    const Endpoint total = add->input(0);
    const Endpoint first = loop.enter->input(0);
    ASSIGN_OR_RETURN(Node * begin, insert(begin_op_, first, *loop.enter, shape));
    begin->set_attr("zeros", are_zeros(first));
    RETURN_IF_ERROR(graph_.set_input(loop.enter, 0, begin->output(0)));
    ASSIGN_OR_RETURN(Node * end, insert(end_op_, loop.exit->output(0), *loop.exit, shape));
    graph_.replace_uses(loop.exit->output(0), end->output(0));
    RETURN_IF_ERROR(graph_.set_input(end, 0, loop.exit->output(0)));
    end->set_output_shape(0, shape);
    graph::NodeSpec spec;
    spec.op = collect_op_;
    spec.attrs.set("rows", shape.dim(0));
    spec.attrs.set("columns", shape.dim(1));
    spec.inputs = {total, product.input(0), product.input(1)};
    replace(add, std::move(spec));
    // How long it is the op alone knows.
    for (Node* node : {begin, loop.enter, loop.merge, loop.choice, add, loop.next, loop.exit}) {
      node->set_output_shape(0, Shape{-1});
      if (node == loop.choice) node->set_output_shape(1, Shape{-1});
    }
    return OkStatus();
  }

  static bool are_zeros(const Endpoint& e) {
    const Tensor* value = const_value(e);
    if (value == nullptr || value->dtype() != DType::kFloat32) return false;
    return std::ranges::all_of(value->flat<float>(), [](float v) { return v == 0; });
  }

  // A node with one input and output beside `neighbour`.
  StatusOr<Node*> insert(const graph::OpDef* op, Endpoint input, const Node& neighbour, const Shape& sum) {
    graph::NodeSpec spec;
    spec.name = graph_.unique_full_name(fmt::format("{}/{}", neighbour.name(), op->name));
    spec.op = op;
    spec.inputs = {input};
    spec.attrs.set("rows", sum.dim(0));
    spec.attrs.set("columns", sum.dim(1));
    spec.output_types = {DType::kFloat32};
    spec.device = neighbour.device();
    ASSIGN_OR_RETURN(Node * node, graph_.add_node(std::move(spec)));
    node->set_assigned_device(neighbour.assigned_device());
    return node;
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
  const graph::OpDef *sum_op_ = nullptr, *add_op_ = nullptr, *begin_op_ = nullptr, *collect_op_ = nullptr, *end_op_ = nullptr;
  std::vector<bool> in_variable_;  // by id: memory_of_variables
  std::vector<Node*> gone_;
};

}  // namespace

Status sum_products(PassContext& context) { return ProductSums(context).run(); }

}  // namespace reflow::passes
