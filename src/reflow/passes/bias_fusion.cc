#include "reflow/passes/bias_fusion.h"

#include <absl/container/flat_hash_set.h>

#include <algorithm>

#include "reflow/passes/rewrite.h"

namespace reflow::passes {

using graph::Consumer;
using graph::Endpoint;
using graph::Graph;
using graph::Node;

namespace {

// Is `node` among what `e` is computed from? Looks at a few nodes only: true where that doesn't settle it.
bool may_depend_on(const Endpoint& e, const Node* node) {
  constexpr size_t kMaxLooked = 32;
  absl::flat_hash_set<const Node*> seen{e.node};
  std::vector<const Node*> stack{e.node};
  while (!stack.empty()) {
    const Node* at = stack.back();
    stack.pop_back();
    if (at == node || seen.size() > kMaxLooked) return true;
    const auto visit = [&](const Node* source) {
      if (seen.insert(source).second) stack.push_back(source);
    };
    for (const Endpoint& input : at->inputs()) visit(input.node);
    for (const Node* source : at->control_inputs()) visit(source);
  }
  return false;
}

class Fusion {
 public:
  Fusion(PassContext& context, const BiasFusion& fusion)
      : graph_(*context.graph), roots_(root_marks(context)), fusion_(fusion) {}

  Status run() {
    op_ = graph::OpRegistry::global().find(fusion_.fused_op);
    if (op_ == nullptr) return OkStatus();
    for (Node* node : graph_.nodes()) {
      if (node->type() != fusion_.op || node->output_type(0) != DType::kFloat32) continue;
      if (fusion_.accepts == nullptr || fusion_.accepts(*node)) try_from(node);
    }
    graph_.remove_nodes(gone_);
    return OkStatus();
  }

 private:
  static bool reads_shape_only(const Node& node) {
    return op::KernelRegistry::global().traits(node.type()).value_from_shapes && node.num_inputs() == 1;
  }

  // The one node that reads the value of `node`; null: there are several, or what it is seen as has to stay.
  Node* only_reader(const Node* node) const {
    if (roots_[node->id()]) return nullptr;
    Node* reader = nullptr;
    for (const Consumer& c : node->consumers()) {
      if (c.input < 0) continue;
      if (reads_shape_only(*c.node)) continue;
      if (reader != nullptr) return nullptr;
      reader = c.node;
    }
    return reader;
  }

  // The bias that `add` adds along the last dimension of `product`; no endpoint: it adds something else.
  Endpoint bias_of(const Node& add, const Node& product) const {
    const std::string& type = add.type();
    const bool bias_add = type == "BiasAdd";
    if ((!bias_add && type != "AddV2" && type != "Add") || add.input(0).node == add.input(1).node) return {};
    if (bias_add && add.input(0).node != &product) return {};
    if (bias_add) {
      const graph::AttrValue* format = add.find_attr("data_format");
      if (format != nullptr && format->get<std::string>() && *format->get<std::string>() != "NHWC") return {};
    }
    const Endpoint bias = add.input(0).node == &product ? add.input(1) : add.input(0);
    const Shape &row = bias.shape(), &whole = product.output_shape(0);
    const bool fits = row.fully_defined() && row.rank() == 1 && whole.rank() == fusion_.rank &&
                      whole.dim(fusion_.rank - 1) == row.dim(0);
    return fits && !is_ref(bias.dtype()) ? bias : Endpoint{};
  }

  // What waits for the product will wait for the fused node, which thus must wait for nothing that comes after it.
  static bool waits_for_what_follows(const Node* node, const Node* product) {
    return std::ranges::any_of(node->control_inputs(),
                               [&](Node* source) { return may_depend_on({source, 0}, product); });
  }

  void try_from(Node* product) {
    if (is_ref(product->input(0).dtype()) || is_ref(product->input(1).dtype())) return;
    Node* add = only_reader(product);
    if (add == nullptr || add->assigned_device() != product->assigned_device()) return;
    const Endpoint bias = bias_of(*add, *product);
    if (!bias || may_depend_on(bias, product) || waits_for_what_follows(add, product)) return;
    Node* relu = only_reader(add);
    if (relu != nullptr && (relu->type() != "Relu" || relu->assigned_device() != product->assigned_device() ||
                            waits_for_what_follows(relu, product))) {
      relu = nullptr;
    }
    replace(product, add, relu, bias);
  }

  void replace(Node* product, Node* add, Node* relu, Endpoint bias) {
    Node* host = relu != nullptr ? relu : add;
    graph::NodeSpec spec;
    spec.op = op_;
    spec.inputs = {product->input(0), product->input(1), bias};
    for (const std::string_view name : fusion_.attrs) {
      if (const graph::AttrValue* value = product->find_attr(name)) spec.attrs.set(std::string(name), *value);
    }
    spec.attrs.set("relu", relu != nullptr);
    spec.output_types = {DType::kFloat32};
    for (Node* part : {product, add, host}) {
      for (Node* source : part->control_inputs()) {
        if (source != product && source != add) spec.control_inputs.push_back(source);
      }
    }
    const Shape shape = host->output_shape(0);
    graph_.rewrite_node(host, std::move(spec));
    host->set_output_shape(0, shape);
    // All three have one shape.
    for (Node* part : {product, add}) {
      if (part == host) continue;
      graph_.replace_uses(part->output(0), host->output(0));
      const std::vector<Consumer> consumers(part->consumers().begin(), part->consumers().end());
      for (const Consumer& c : consumers) {
        if (c.input >= 0) continue;
        graph_.remove_control_input(c.node, part);
        if (c.node != host) graph_.add_control_input(c.node, host);
      }
      gone_.push_back(part);
    }
  }

  Graph& graph_;
  std::vector<bool> roots_;
  const BiasFusion& fusion_;
  const graph::OpDef* op_ = nullptr;
  std::vector<Node*> gone_;
};

}  // namespace

Status fuse_biases(PassContext& context, const BiasFusion& fusion) { return Fusion(context, fusion).run(); }

}  // namespace reflow::passes
