#include <absl/container/flat_hash_map.h>
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <string>
#include <tuple>

#include "reflow/op/panel_product.h"
#include "reflow/passes/passes.h"
#include "reflow/passes/rewrite.h"

namespace reflow::passes {

using graph::Consumer;
using graph::Endpoint;
using graph::Graph;
using graph::Node;
using op::ControlKind;

namespace {

constexpr int64_t kMostRows = 128;       // of a product: more rows are worth a copy of the matrix each time
constexpr int64_t kFewestElements = 4096;  // of a matrix: smaller ones lie in the first-level cache
constexpr int kEnoughUses = 4;           // of a matrix in one run, for the copy to pay

ControlKind control_of(const Node& node) { return op::KernelRegistry::global().traits(node.type()).control; }

// A recurrent cell multiplies few rows at a time by the same weights, step by step. The weights are copied once into the
// panels that products read (op/panel_product.h), outside of the loop where there is one.
class SharedPanels {
 public:
  explicit SharedPanels(PassContext& context) : graph_(*context.graph) {}

  Status run() {
    pack_op_ = graph::OpRegistry::global().find("_PackedMatrix");
    product_op_ = graph::OpRegistry::global().find("_PackedMatMul");
    if (pack_op_ == nullptr || product_op_ == nullptr) return OkStatus();
    std::map<Matrix, std::vector<Node*>> products;
    for (Node* node : graph_.nodes()) {
      if (multiplies_few_rows(*node)) products[matrix_of(*node)].push_back(node);
    }
    for (auto& [matrix, users] : products) {
      if (uses(users) < kEnoughUses) continue;
      drop_those_after_writes(matrix, &users);
      if (uses(users) >= kEnoughUses) RETURN_IF_ERROR(share(matrix, users));
    }
    return OkStatus();
  }

 private:
  // Output `index` of the node `id`, transposed or not.
  using Matrix = std::tuple<int, int, bool>;

  // Where the value comes from: outside of the loops that it is constant in.
  static Endpoint source_of(Endpoint e) {
    while (enters_as_constant(*e.node)) e = e.node->input(0);
    return e;
  }
  static bool enters_as_constant(const Node& node) {
    return control_of(node) == ControlKind::kEnter && node.attr<bool>("is_constant").value_or(false) &&
           !is_ref(node.output_type(0));
  }

  static bool multiplies_few_rows(const Node& node) {
    if (node.type() != "MatMul" && node.type() != "_FusedMatMul") return false;
    if (node.output_type(0) != DType::kFloat32 || node.attr<bool>("transpose_a").value_or(true)) return false;
    for (const Endpoint& e : node.inputs()) {
      if (is_ref(e.dtype())) return false;
    }
    const Endpoint from = source_of(node.input(1));
    if (is_control_flow(*from.node) || from.node->assigned_device() != node.assigned_device()) return false;
    const Shape &a = node.input(0).shape(), &b = from.shape();
    return a.known_rank() && a.rank() == 2 && a.dim(0) <= kMostRows && b.fully_defined() && b.rank() == 2 &&
           b.num_elements() >= kFewestElements;
  }

  static Matrix matrix_of(const Node& product) {
    const Endpoint e = source_of(product.input(1));
    return {e.node->id(), e.index, product.attr<bool>("transpose_b").value_or(false)};
  }

  // Loops count for several uses.
  static int uses(const std::vector<Node*>& products) {
    int n = 0;
    for (const Node* product : products) n += enters_as_constant(*product->input(1).node) ? kEnoughUses : 1;
    return n;
  }

  // A variable's memory is read when the product runs, which may be after a write to it: then the copy is too old.
  void drop_those_after_writes(const Matrix& matrix, std::vector<Node*>* products) {
    if (variable_of_.empty()) variable_of_ = trace_variables(graph_, topological_order(graph_));
    const int variable = variable_of_[std::get<0>(matrix)];
    if (variable < 0) return;
    std::vector<bool> after(graph_.num_node_ids());
    std::vector<Node*> stack;
    for (Node* node : graph_.nodes()) {
      for (int i = 0; i < node->num_inputs(); ++i) {
        if (writes_reference(*node, i) && variable_of_[node->input(i).node->id()] == variable) stack.push_back(node);
      }
    }
    while (!stack.empty()) {
      const Node* node = stack.back();
      stack.pop_back();
      if (after[node->id()]) continue;
      after[node->id()] = true;
      for (const Consumer& c : node->consumers()) stack.push_back(c.node);
    }
    std::erase_if(*products, [&](const Node* product) { return after[product->id()]; });
  }

  Status share(const Matrix& matrix, const std::vector<Node*>& products) {
    const auto [id, index, transpose] = matrix;
    const Endpoint b{graph_.node(id), index};
    graph::NodeSpec spec;
    spec.name = graph_.unique_full_name(fmt::format("{}/_panels", b.node->name()));
    spec.op = pack_op_;
    spec.inputs = {b};
    spec.attrs.set("transpose_b", transpose);
    spec.output_types = {DType::kFloat32};
    spec.device = b.node->device();
    ASSIGN_OR_RETURN(Node * pack, graph_.add_node(std::move(spec)));
    const int64_t rows = b.shape().dim(transpose ? 1 : 0), columns = b.shape().dim(transpose ? 0 : 1);
    pack->set_output_shape(0, Shape{op::panels_size(rows, columns)});
    pack->set_assigned_device(b.node->assigned_device());
    absl::flat_hash_map<const Node*, Endpoint> entered;  // by the Enter of the matrix
    for (Node* product : products) {
      ASSIGN_OR_RETURN(const Endpoint panels, in_loop_of(*product->input(1).node, pack->output(0), &entered));
      multiply_by(panels, rows, columns, product);
    }
    return OkStatus();
  }

  // `panels` as they are seen where `matrix` is, which may have entered loops.
  StatusOr<Endpoint> in_loop_of(const Node& matrix, Endpoint panels, absl::flat_hash_map<const Node*, Endpoint>* entered) {
    if (!enters_as_constant(matrix)) return panels;
    if (const auto found = entered->find(&matrix); found != entered->end()) return found->second;
    ASSIGN_OR_RETURN(const Endpoint outside, in_loop_of(*matrix.input(0).node, panels, entered));
    graph::NodeSpec spec;
    spec.name = graph_.unique_full_name(fmt::format("{}/_panels", matrix.name()));
    spec.op = &matrix.op();
    spec.inputs = {outside};
    spec.attrs = matrix.attrs();
    spec.control_inputs.assign(matrix.control_inputs().begin(), matrix.control_inputs().end());
    spec.output_types = {DType::kFloat32};
    spec.device = matrix.device();
    ASSIGN_OR_RETURN(Node * enter, graph_.add_node(std::move(spec)));
    enter->set_output_shape(0, outside.shape());
    enter->set_assigned_device(matrix.assigned_device());
    return entered->emplace(&matrix, enter->output(0)).first->second;
  }

  void multiply_by(const Endpoint& panels, int64_t rows, int64_t columns, Node* product) {
    graph::NodeSpec spec;
    spec.op = product_op_;
    spec.inputs = {product->input(0), panels};
    for (int i = 2; i < product->num_inputs(); ++i) spec.inputs.push_back(product->input(i));
    spec.attrs.set("num_biases", int64_t{product->num_inputs() - 2});
    spec.attrs.set("rows", rows);
    spec.attrs.set("columns", columns);
    spec.attrs.set("transpose_b", product->attr<bool>("transpose_b").value_or(false));
    spec.attrs.set("relu", product->attr<bool>("relu").value_or(false));
    spec.control_inputs.assign(product->control_inputs().begin(), product->control_inputs().end());
    spec.output_types = {DType::kFloat32};
    const Shape shape = product->output_shape(0);
    graph_.rewrite_node(product, std::move(spec));
    product->set_output_shape(0, shape);
  }

  Graph& graph_;
  const graph::OpDef *pack_op_ = nullptr, *product_op_ = nullptr;
  std::vector<int> variable_of_;  // trace_variables
};

}  // namespace

Status share_panels(PassContext& context) { return SharedPanels(context).run(); }

}  // namespace reflow::passes
