#include <absl/container/flat_hash_set.h>

#include "reflow/passes/passes.h"
#include "reflow/passes/rewrite.h"

namespace reflow::passes {

using graph::Endpoint;
using graph::Node;

namespace {

constexpr int kShape = 0, kBegin = 1, kEnd = 2, kStrides = 3, kGradient = 4;  // inputs of StridedSliceGrad

// Of a tensor of which each step of a recurrent cell reads its slice, the gradient is a sum of tensors that are zeros but for
// a slice. Adding the slices into one tensor takes as long as reading them, and no memory for all those zeros.
class SliceSums {
 public:
  explicit SliceSums(PassContext& context) : graph_(*context.graph), roots_(root_marks(context)) {}

  Status run() {
    sum_op_ = graph::OpRegistry::global().find("_SumOfSliceGradients");
    if (sum_op_ == nullptr) return OkStatus();
    for (Node* node : graph_.nodes()) {
      const DType type = node->num_outputs() == 1 ? node->output_type(0) : DType::kInvalid;
      if (node->type() == "AddN" && node->num_inputs() > 1 && (type == DType::kFloat32 || type == DType::kFloat64)) join(node);
    }
    graph_.remove_nodes(gone_);
    return OkStatus();
  }

 private:
  // A gradient of a slice that `sum` alone reads, and that waits for nothing else.
  bool is_term(const Node& slice, const Node& sum) const {
    if (slice.type() != "StridedSliceGrad" || slice.assigned_device() != sum.assigned_device()) return false;
    for (const Endpoint& e : slice.inputs()) {
      if (is_ref(e.dtype())) return false;
    }
    return slice.consumers().size() == 1 && slice.control_inputs().empty() && !roots_[slice.id()];
  }
  // Have both the shape that `first` has? Where they haven't, AddN says so.
  static bool is_like(const Node& slice, const Node& first) {
    if (slice.input(kBegin).dtype() != first.input(kBegin).dtype()) return false;
    if (slice.input(kShape) == first.input(kShape)) return true;
    return first.output_shape(0).fully_defined() && slice.output_shape(0) == first.output_shape(0);
  }

  void join(Node* sum) {
    const int n = sum->num_inputs();
    const Node& first = *sum->input(0).node;
    absl::flat_hash_set<Node*> slices;
    std::vector<Endpoint> inputs(1 + 4 * n);
    std::vector<int64_t> masks;
    for (int i = 0; i < n; ++i) {
      Node* slice = sum->input(i).node;
      if (!is_term(*slice, *sum) || !is_like(*slice, first) || !slices.insert(slice).second) return;
      for (const int part : {kBegin, kEnd, kStrides, kGradient}) inputs[1 + (part - kBegin) * n + i] = slice->input(part);
      for (const char* mask : {"begin_mask", "end_mask", "ellipsis_mask", "new_axis_mask", "shrink_axis_mask"}) {
        masks.push_back(slice->attr<int64_t>(mask).value_or(0));
      }
    }
    inputs[0] = first.input(kShape);
    graph::NodeSpec spec;
    spec.op = sum_op_;
    spec.attrs.set("N", int64_t{n});
    spec.attrs.set("T", sum->output_type(0));
    spec.attrs.set("Index", first.input(kBegin).dtype());
    spec.attrs.set("masks", std::move(masks));
    spec.inputs = std::move(inputs);
    spec.control_inputs.assign(sum->control_inputs().begin(), sum->control_inputs().end());
    spec.output_types = {sum->output_type(0)};
    const Shape shape = sum->output_shape(0);
    graph_.rewrite_node(sum, std::move(spec));
    sum->set_output_shape(0, shape);
    gone_.insert(gone_.end(), slices.begin(), slices.end());
  }

  graph::Graph& graph_;
  const std::vector<bool> roots_;
  const graph::OpDef* sum_op_ = nullptr;
  std::vector<Node*> gone_;
};

}  // namespace

Status sum_slices(PassContext& context) { return SliceSums(context).run(); }

}  // namespace reflow::passes
