// The gradients of If, StatelessIf and Case: the same choice among the gradients of the branches. What these need of their
// branch it hands on as an optional, which has a value where the branch has run.

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "reflow/autodiff/body_gradient.h"
#include "reflow/autodiff/walk.h"
#include "reflow/op/gradient.h"

namespace reflow::autodiff {
namespace {

using graph::NameAttrList;

// Row i of a tensor as the slice of number i.
StatusOr<Gradient> as_slices(Graph& graph, Endpoint x) {
  ASSIGN_OR_RETURN(const Endpoint shape, emit(graph, "Shape", {x}, {{"out_type", DType::kInt32}}));
  ASSIGN_OR_RETURN(const Endpoint zero, emit_constant(graph, Tensor::scalar(int32_t{0}), "zero"));
  ASSIGN_OR_RETURN(const Endpoint one, emit_constant(graph, Tensor::scalar(int32_t{1}), "one"));
  ASSIGN_OR_RETURN(const Endpoint rows, emit(graph, "GatherV2", {shape, zero, zero}));
  ASSIGN_OR_RETURN(const Endpoint indices, emit(graph, "Range", {zero, rows, one}));
  return Gradient(x, indices, shape);
}

StatusOr<Endpoint> zeros_like_argument(Graph& graph, Endpoint x) {
  if (base_type(x.dtype()) != DType::kResource) return emit(graph, "ZerosLike", {x}, {}, "zeros_like");
  ASSIGN_OR_RETURN(const Endpoint shape, emit_variable_shape(graph, x));
  return emit_zeros(graph, shape, variable_type(x, nullptr));
}

// The gradient of one op.
class BranchGradient {
 public:
  BranchGradient(op::GradContext& g, std::vector<NameAttrList> functions)
      : g_(g), node_(g.node()), functions_(std::move(functions)), num_results_(node_.num_outputs()) {}

  Status run() {
    find_dys();
    RETURN_IF_ERROR(differentiate());
    if (kinds_.empty()) return OkStatus();
    std::vector<Ways> ways;
    for (BodyGradient& branch : branches_) {
      ASSIGN_OR_RETURN(Ways way, find_ways(branch));
      ways.push_back(std::move(way));
    }
    RETURN_IF_ERROR(hand_intermediates_on());
    ASSIGN_OR_RETURN(const std::vector<NameAttrList> gradients, define_gradients(ways));
    return make(gradients);
  }

 private:
  // The gradient of input `input`: a tensor, or slices of one.
  struct Kind {
    int input;
    bool is_slices;
  };
  // What a gradient function takes, from outside to the tensor of its branch that it stands for.
  struct Way {
    Endpoint outside, inside;
    bool is_optional;
  };
  using Ways = std::vector<Way>;

  void find_dys() {
    for (int i = 0; i < num_results_; ++i) {
      Endpoint dy = is_trainable(node_.output_type(i)) ? g_.dy(i) : Endpoint();
      // Of an optional that was handed on for another gradient.
      if (dy && dy.node->type() == "ZerosLike" && dy.dtype() == DType::kVariant && dy.node->input(0) == node_.output(i)) dy = {};
      dys_.push_back(dy);
    }
  }

  Status differentiate() {
    std::vector<Endpoint> arguments(node_.inputs().begin() + 1, node_.inputs().end());
    std::vector<Shape> shapes;
    std::vector<int> xs;
    for (size_t i = 0; i < arguments.size(); ++i) {
      shapes.push_back(arguments[i].shape());
      if (is_trainable(arguments[i].dtype())) xs.push_back(static_cast<int>(i));
    }
    for (const NameAttrList& function : functions_) {
      ASSIGN_OR_RETURN(BodyGradient branch, BodyGradient::begin(node_.graph(), function, arguments, shapes));
      if (static_cast<int>(branch.results().size()) != num_results_) {
        return invalid_argument("Function {} gives {} results, where '{}' has {} outputs", function.name, branch.results().size(),
                                node_.name(), num_results_);
      }
      RETURN_IF_ERROR(branch.differentiate(dys_, xs, UnconnectedGradients::kNone));
      branches_.push_back(std::move(branch));
    }
    for (const int x : xs) {
      bool any = false, any_slices = false;
      for (BodyGradient& branch : branches_) {
        any = any || branch.dxs()[x];
        any_slices = any_slices || branch.dxs()[x].is_slices();
      }
      if (any) kinds_.push_back({x, any_slices});
    }
    for (size_t b = 0; !kinds_.empty() && b < branches_.size(); ++b) RETURN_IF_ERROR(add_results(branches_[b]));
    return OkStatus();
  }

  // All branches give the same gradients in the same way.
  Status add_results(BodyGradient& branch) {
    Graph& graph = branch.graph();
    std::vector<Endpoint> results;
    const auto give = [&](Endpoint e) -> Status {
      ASSIGN_OR_RETURN(const Endpoint result, emit(graph, "Identity", {e}));
      results.push_back(result);
      return OkStatus();
    };
    for (const Kind& kind : kinds_) {
      Gradient dx = branch.dxs()[kind.input];
      if (!dx) {
        ASSIGN_OR_RETURN(dx, zeros_like_argument(graph, branch.arguments()[kind.input]->output(0)));
      }
      if (kind.is_slices && !dx.is_slices()) {
        ASSIGN_OR_RETURN(dx, as_slices(graph, dx.values));
      }
      RETURN_IF_ERROR(give(dx.values));
      if (!kind.is_slices) continue;
      if (!dx.dense_shape) return unimplemented("The gradient of '{}' has slices of unknown shape", node_.name());
      for (Endpoint part : {dx.indices, dx.dense_shape}) {
        if (part.dtype() != DType::kInt64) {
          ASSIGN_OR_RETURN(part, emit(graph, "Cast", {part}, {{"DstT", DType::kInt64}}));
        }
        RETURN_IF_ERROR(give(part));
      }
    }
    branch.set_gradient_results(std::move(results));
    return OkStatus();
  }

  StatusOr<Ways> find_ways(BodyGradient& branch) {
    Ways ways;
    const size_t number = &branch - branches_.data();
    new_optionals_.resize(branches_.size());
    for (const Endpoint& e : branch.taken()) {
      if (const int argument = branch.argument_index(e); argument >= 0) {
        ways.push_back({node_.input(1 + argument), e, false});
      } else if (e.node->type() == "Const") {
        RETURN_IF_ERROR(branch.copy_constant(e).status());
      } else if (const int result = branch.result_index(e); result >= 0) {
        ways.push_back({node_.output(result), e, false});
      } else if (base_type(e.dtype()) == DType::kResource) {
        const int handle = branch.argument_of_handle(e);
        if (handle < 0) {
          return invalid_argument("Taking gradient of a cond which creates a resource in its branch is not supported: {}", e.node->name());
        }
        ways.push_back({node_.input(1 + handle), e, false});
      } else {
        ASSIGN_OR_RETURN(const int output, optional_of(branch, number, e));
        ways.push_back({Endpoint{&node_, output}, e, true});
      }
    }
    return ways;
  }

  // The output at which the branch hands on a tensor.
  StatusOr<int> optional_of(BodyGradient& branch, size_t number, Endpoint e) {
    for (const graph::Consumer& consumer : e.node->consumers()) {
      if (consumer.output != e.index || consumer.input < 0 || consumer.node->type() != "OptionalFromValue") continue;
      const int result = branch.result_index(consumer.node->output(0));
      if (result >= 0 && consumer.node->num_inputs() == 1) return result;
    }
    ASSIGN_OR_RETURN(Node* const optional, branch.add_ahead("OptionalFromValue", {graph::OpInput(std::vector<Endpoint>{e})}, {}));
    new_optionals_[number].push_back(optional->output(0));
    return num_results_ + static_cast<int>(new_optionals_[number].size()) - 1;
  }

  // Makes the op one of branches with more results.
  Status hand_intermediates_on() {
    size_t count = 0;
    for (const auto& optionals : new_optionals_) count = std::max(count, optionals.size());
    if (count == 0) return OkStatus();
    for (size_t b = 0; b < branches_.size(); ++b) {
      while (new_optionals_[b].size() < count) {
        ASSIGN_OR_RETURN(Node* const none, branches_[b].add_ahead("OptionalNone", {}, {}));
        new_optionals_[b].push_back(none->output(0));
      }
      const std::string name = unused_function_name(node_.graph(), functions_[b].name, "_rewritten");
      ASSIGN_OR_RETURN(functions_[b].name, branches_[b].define_ahead(name, new_optionals_[b], &node_.graph()));
      functions_[b].attrs = std::make_shared<graph::AttrMap>();
    }
    std::vector<Shape> shapes;
    for (int i = 0; i < num_results_; ++i) shapes.push_back(node_.output_shape(i));
    shapes.resize(num_results_ + count, Shape{});
    graph::NodeSpec spec{.name = node_.name(), .op = &node_.op(), .attrs = node_.attrs()};
    spec.inputs.assign(node_.inputs().begin(), node_.inputs().end());
    spec.control_inputs.assign(node_.control_inputs().begin(), node_.control_inputs().end());
    spec.output_types.assign(node_.output_types().begin(), node_.output_types().end());
    spec.output_types.resize(num_results_ + count, DType::kVariant);
    spec.attrs.set("Tout", spec.output_types);
    spec.attrs.set("output_shapes", shapes);
    set_functions(functions_, &spec.attrs);
    node_.graph().rewrite_node(&node_, std::move(spec));
    for (size_t i = 0; i < shapes.size(); ++i) node_.set_output_shape(static_cast<int>(i), shapes[i]);
    return OkStatus();
  }

  void set_functions(const std::vector<NameAttrList>& functions, graph::AttrMap* attrs) const {
    if (node_.type() == "Case") {
      attrs->set("branches", functions);
    } else {
      attrs->set("then_branch", functions[0]);
      attrs->set("else_branch", functions[1]);
    }
  }

  StatusOr<std::vector<NameAttrList>> define_gradients(const std::vector<Ways>& ways) {
    std::vector<Endpoint> shared;  // what several branches may take
    for (const Ways& of_branch : ways) {
      for (const Way& way : of_branch) {
        if (std::ranges::find(shared, way.outside) == shared.end()) shared.push_back(way.outside);
      }
    }
    for (const Endpoint& dy : dys_) {
      if (dy) outside_.push_back(dy);
    }
    outside_.insert(outside_.end(), shared.begin(), shared.end());
    std::vector<NameAttrList> gradients;
    for (size_t b = 0; b < branches_.size(); ++b) {
      BodyGradient& branch = branches_[b];
      std::vector<Endpoint> arguments;
      for (int i = 0; i < num_results_; ++i) {
        if (dys_[i]) arguments.push_back(branch.dy_behind(i));
      }
      for (const Endpoint& outside : shared) {
        ASSIGN_OR_RETURN(const Endpoint argument, emit_argument(branch.behind(), outside, outside.shape()));
        arguments.push_back(argument);
        for (const Way& way : ways[b]) {
          if (way.outside != outside) continue;
          Endpoint value = argument;
          if (way.is_optional) {
            ASSIGN_OR_RETURN(value, emit(branch.behind(), "OptionalGetValue", {argument},
                                         {{"output_types", std::vector<DType>{base_type(way.inside.dtype())}},
                                          {"output_shapes", std::vector<Shape>{way.inside.shape()}}}));
          }
          branch.set_stand_in(way.inside, value);
        }
      }
      const std::string name = unused_function_name(node_.graph(), written_[b].name, "_grad");
      ASSIGN_OR_RETURN(const std::string defined, branch.define_behind(name, std::move(arguments), {}, {}, &node_.graph()));
      gradients.push_back({defined, std::make_shared<graph::AttrMap>()});
    }
    return gradients;
  }

  Status make(const std::vector<NameAttrList>& gradients) {
    std::vector<DType> in, out;
    std::vector<Shape> shapes;
    for (const Endpoint& e : outside_) in.push_back(base_type(e.dtype()));
    for (size_t i = 0; i < branches_[0].gradient_results().size(); ++i) {
      Shape common = branches_[0].gradient_results()[i].shape();
      for (const BodyGradient& branch : branches_) {
        const Shape& other = branch.gradient_results()[i].shape();
        if (common.rank() < 0 || common.rank() != other.rank()) common = Shape::unknown();
        for (int d = 0; d < common.rank(); ++d) {
          if (common.dim(d) != other.dim(d)) common.set_dim(d, Shape::kUnknown);
        }
      }
      shapes.push_back(std::move(common));
      out.push_back(base_type(branches_[0].gradient_results()[i].dtype()));
    }
    const bool is_stateful = std::ranges::any_of(branches_, [](const BodyGradient& branch) { return branch.is_stateful_behind(); });
    graph::AttrMap attrs{{"Tin", std::move(in)}, {"Tout", std::move(out)}, {"output_shapes", std::move(shapes)},
                         {"_lower_using_switch_merge", true}};
    set_functions(gradients, &attrs);
    const char* const type = node_.type() == "Case" ? "Case" : is_stateful ? "If" : "StatelessIf";
    Node* const made = g_.ops(type, {node_.input(0), outside_}, std::move(attrs));
    if (made == nullptr) return g_.status();
    std::vector<Endpoint> values;
    for (int i = 0; i < made->num_outputs(); ++i) values.push_back(g_.op("Identity", {made->output(i)}));
    size_t next = 0;
    for (const Kind& kind : kinds_) {
      op::Gradient& dx = g_.dx(1 + kind.input);
      if (kind.is_slices) dx = op::Gradient(values[next], values[next + 1], values[next + 2]);
      else dx = op::Gradient(values[next]);
      next += kind.is_slices ? 3 : 1;
    }
    return g_.status();
  }

  op::GradContext& g_;
  Node& node_;
  std::vector<NameAttrList> functions_;
  const std::vector<NameAttrList> written_ = functions_;  // before they were made to hand intermediates on
  const int num_results_;
  std::vector<Endpoint> dys_;
  std::vector<BodyGradient> branches_;
  std::vector<Kind> kinds_;
  std::vector<std::vector<Endpoint>> new_optionals_;  // of each branch
  std::vector<Endpoint> outside_;                     // what the gradient functions take
};

Status branch_gradient(op::GradContext& g) {
  std::vector<NameAttrList> functions;
  const auto add = [&](const char* attr) -> Status {
    ASSIGN_OR_RETURN(NameAttrList function, g.node().attr<NameAttrList>(attr));
    functions.push_back(std::move(function));
    return OkStatus();
  };
  if (g.node().type() == "Case") {
    ASSIGN_OR_RETURN(functions, g.node().attr<std::vector<NameAttrList>>("branches"));
  } else {
    RETURN_IF_ERROR(add("then_branch"));
    RETURN_IF_ERROR(add("else_branch"));
  }
  return BranchGradient(g, std::move(functions)).run();
}

[[maybe_unused]] const bool registered = [] {
  for (const char* type : {"If", "StatelessIf", "Case"}) (void)op::GradientRegistry::global().add(type, branch_gradient).ok();
  return true;
}();

}  // namespace
}  // namespace reflow::autodiff
