// The gradient of While: a loop that runs as often, over the gradients of the variables. What it needs of an iteration of the
// forward loop that one pushes to a list, from which the iterations backwards take it.

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "reflow/autodiff/body_gradient.h"
#include "reflow/autodiff/walk.h"
#include "reflow/graph/graph_to_function.h"
#include "reflow/op/gradient.h"

namespace reflow::autodiff {
namespace {

using graph::NameAttrList;

Endpoint behind_identities(Endpoint e) {
  while (e.node->type() == "Identity") e = e.node->input(0);
  return e;
}

// Leaves the control dependencies of the calling thread, while it lives.
class NoControlInputs {
 public:
  explicit NoControlInputs(Graph& graph) : graph_(graph), saved_(std::exchange(graph.scope().control_dependencies, {})) {}
  ~NoControlInputs() { graph_.scope().control_dependencies = std::move(saved_); }
  NoControlInputs(const NoControlInputs&) = delete;

 private:
  Graph& graph_;
  std::vector<graph::GraphScope::ControlDependencies> saved_;
};

class FunctionalLoopGradient {
 public:
  FunctionalLoopGradient(op::GradContext& g, NameAttrList cond, NameAttrList body)
      : g_(g), node_(g.node()), cond_(std::move(cond)), body_name_(std::move(body)), num_vars_(node_.num_outputs()) {}

  Status run() {
    if (num_vars_ < 2 || !is_counter(0) || !is_counter(1)) {
      return not_found("No gradient defined for operation '{}' (op type: {})", node_.name(), node_.type());
    }
    RETURN_IF_ERROR(differentiate());
    if (vars_.empty()) return OkStatus();
    for (const Endpoint& e : body_.taken()) RETURN_IF_ERROR(find_way(e));
    RETURN_IF_ERROR(push_intermediates());
    // From now on what comes out of it has been asked for.
    node_.set_attr("_num_original_outputs", int64_t{node_.num_outputs()});
    return make();
  }

 private:
  // What each iteration backwards takes: a value that is the same in all, or the last one of a list.
  struct Way {
    Endpoint outside, inside;
    bool is_list;
  };

  // The loops of while_loop begin with a counter and the maximum of iterations.
  bool is_counter(int i) const { return node_.output_type(i) == DType::kInt32 && node_.input(i).shape().rank() <= 0; }

  Status differentiate() {
    const std::vector<Endpoint> inputs(node_.inputs().begin(), node_.inputs().end());
    std::vector<Shape> shapes;
    for (int i = 0; i < num_vars_; ++i) shapes.push_back(node_.output_shape(i));
    ASSIGN_OR_RETURN(body_, BodyGradient::begin(node_.graph(), body_name_, inputs, shapes));
    if (static_cast<int>(body_.results().size()) != num_vars_) {
      return invalid_argument("Function {} gives {} results, where '{}' has {} outputs", body_name_.name, body_.results().size(),
                              node_.name(), num_vars_);
    }
    const auto original = node_.attr<int64_t>("_num_original_outputs");
    std::vector<Endpoint> dys(num_vars_);
    for (int i = 0; i < num_vars_; ++i) {
      const bool counts = !original.ok() || i < *original;
      if (!counts || !is_trainable(node_.output_type(i)) || !is_differentiable_list(i)) continue;
      dys[i] = g_.dy(i);
      if (!dys[i]) continue;
      vars_.push_back(i);
      dys_.push_back(dys[i]);
    }
    RETURN_IF_ERROR(body_.differentiate(dys, vars_, UnconnectedGradients::kZero));
    if (vars_.empty()) return OkStatus();
    std::vector<Endpoint> results;
    for (const int i : vars_) {
      ASSIGN_OR_RETURN(const Endpoint dx, emit_dense(body_.graph(), body_.dxs()[i]));
      ASSIGN_OR_RETURN(const Endpoint result, emit(body_.graph(), "Identity", {dx}));
      results.push_back(result);
    }
    body_.set_gradient_results(std::move(results));
    return OkStatus();
  }

  // Not: a list of numbers that have no gradients, which an iteration backwards takes from.
  bool is_differentiable_list(int i) const {
    const Endpoint result = behind_identities(body_.results()[i]);
    if (result.node->type() != "TensorListPopBack" || result.index != 0) return true;
    const auto type = result.node->attr<DType>("element_dtype");
    return !type.ok() || is_trainable(*type);
  }

  bool is_invariant(int i) const { return behind_identities(body_.results()[i]).node == body_.arguments()[i]; }

  Status find_way(Endpoint taken) {
    const Endpoint e = behind_identities(taken);
    if (const int argument = body_.argument_index(e); argument >= 0 && is_invariant(argument)) {
      ways_.push_back({node_.input(argument), taken, false});
      return OkStatus();
    }
    if (e.node->type() == "Const") {
      ASSIGN_OR_RETURN(const Endpoint copy, body_.copy_constant(e));
      body_.set_stand_in(taken, copy);
      return OkStatus();
    }
    if (base_type(e.dtype()) == DType::kResource) {
      const int handle = body_.argument_of_handle(e);
      if (handle < 0 || !is_invariant(handle)) {
        return invalid_argument("Taking gradient of a while loop which creates a resource in its body is not supported: {}",
                                e.node->name());
      }
      ways_.push_back({node_.input(handle), taken, false});
      return OkStatus();
    }
    ASSIGN_OR_RETURN(const int output, list_of(e));
    ways_.push_back({Endpoint{&node_, output}, taken, true});
    return OkStatus();
  }

  // The output that has the list of all values of a tensor of the body.
  StatusOr<int> list_of(Endpoint e) {
    for (const graph::Consumer& consumer : e.node->consumers()) {
      if (consumer.output != e.index || consumer.input != 1 || consumer.node->type() != "TensorListPushBack") continue;
      const int argument = body_.argument_index(consumer.node->input(0));
      if (argument < 0 || argument >= num_vars_) continue;
      if (behind_identities(body_.results()[argument]) == consumer.node->output(0)) return argument;
    }
    if (const auto known = std::ranges::find(pushed_, e); known != pushed_.end()) return num_vars_ + static_cast<int>(known - pushed_.begin());
    pushed_.push_back(e);
    return num_vars_ + static_cast<int>(pushed_.size()) - 1;
  }

  StatusOr<Endpoint> empty_list(Endpoint e) {
    Graph& graph = node_.graph();
    const NoControlInputs none(graph);
    NameScope scope(graph, e.node->name() + "_" + std::to_string(e.index) + "/accumulator");
    ASSIGN_OR_RETURN(const Endpoint shape_of_elements, emit_element_shape(graph, e.shape()));
    return emit(graph, "EmptyTensorList", {shape_of_elements, node_.input(1)},
                {{"element_dtype", base_type(e.dtype())}, {"shape_type", DType::kInt32}}, scope.op_name());
  }

  // Makes the op a loop with a list of each tensor that is needed.
  Status push_intermediates() {
    if (pushed_.empty()) return OkStatus();
    Graph& graph = node_.graph();
    const std::vector<Endpoint> inputs(node_.inputs().begin(), node_.inputs().end());
    std::vector<Shape> shapes;
    for (int i = 0; i < num_vars_; ++i) shapes.push_back(node_.output_shape(i));
    ASSIGN_OR_RETURN(BodyGradient cond, BodyGradient::begin(graph, cond_, inputs, shapes));
    cond.set_gradient_results({});
    graph::NodeSpec spec{.name = node_.name(), .op = &node_.op(), .attrs = node_.attrs()};
    spec.inputs = inputs;
    std::vector<Endpoint> results;
    for (const Endpoint& e : pushed_) {
      ASSIGN_OR_RETURN(const Endpoint list, empty_list(e));
      spec.inputs.push_back(list);
      ASSIGN_OR_RETURN(const Endpoint argument, body_.add_argument(DType::kVariant, Shape{}, "accumulator"));
      RETURN_IF_ERROR(cond.add_argument(DType::kVariant, Shape{}, "accumulator").status());
      ASSIGN_OR_RETURN(Node* const longer, body_.add_ahead("TensorListPushBack", {argument, e},
                                                           {{"element_dtype", base_type(e.dtype())}}));
      results.push_back(longer->output(0));
    }
    ASSIGN_OR_RETURN(const std::string body, body_.define_ahead(unused_function_name(graph, body_name_.name, "_rewritten"), results, &graph));
    ASSIGN_OR_RETURN(const std::string test, cond.define_ahead(unused_function_name(graph, cond_.name, "_rewritten"), {}, &graph));
    shapes.resize(num_vars_ + pushed_.size(), Shape{});
    spec.control_inputs.assign(node_.control_inputs().begin(), node_.control_inputs().end());
    spec.output_types.assign(node_.output_types().begin(), node_.output_types().end());
    spec.output_types.resize(shapes.size(), DType::kVariant);
    spec.attrs.set("T", spec.output_types);
    spec.attrs.set("output_shapes", shapes);
    spec.attrs.set("body", NameAttrList{body, std::make_shared<graph::AttrMap>()});
    spec.attrs.set("cond", NameAttrList{test, std::make_shared<graph::AttrMap>()});
    graph.rewrite_node(&node_, std::move(spec));
    for (size_t i = 0; i < shapes.size(); ++i) node_.set_output_shape(static_cast<int>(i), shapes[i]);
    return OkStatus();
  }

  Status make() {
    std::vector<Endpoint> vars{g_.constant_tensor(Tensor::scalar(int32_t{0}), "grad_counter"), node_.input(1), node_.output(0)};
    vars.insert(vars.end(), dys_.begin(), dys_.end());
    const size_t num_gradients = vars_.size(), first_taken = vars.size();
    std::vector<const Way*> firsts;
    for (const Way& way : ways_) {
      if (std::ranges::find(vars.begin() + first_taken, vars.end(), way.outside) != vars.end()) continue;
      vars.push_back(way.outside);
      firsts.push_back(&way);
    }
    ASSIGN_OR_RETURN(const std::string body, define_body(vars, firsts));
    ASSIGN_OR_RETURN(const std::string cond, define_cond(vars));
    std::vector<DType> types;
    std::vector<Shape> shapes;
    for (size_t i = 0; i < vars.size(); ++i) {
      types.push_back(base_type(vars[i].dtype()));
      const bool is_gradient = i >= 3 && i < first_taken;
      shapes.push_back(is_gradient ? body_.gradient_results()[i - 3].shape() : vars[i].shape());
    }
    const auto parallel = node_.attr<int64_t>("parallel_iterations");
    Node* const made = g_.ops("While", {vars}, {{"T", std::move(types)},
                                               {"cond", NameAttrList{cond, std::make_shared<graph::AttrMap>()}},
                                               {"body", NameAttrList{body, std::make_shared<graph::AttrMap>()}},
                                               {"output_shapes", std::move(shapes)},
                                               {"parallel_iterations", parallel.ok() ? *parallel : int64_t{10}},
                                               {"_lower_using_switch_merge", true}},
                              node_.name() + "_grad");
    if (made == nullptr) return g_.status();
    std::vector<Endpoint> values;
    for (int i = 0; i < made->num_outputs(); ++i) values.push_back(g_.op("Identity", {made->output(i)}));
    for (size_t i = 0; i < num_gradients; ++i) g_.dx(vars_[i]) = op::Gradient(values[3 + i]);
    return g_.status();
  }

  StatusOr<std::string> define_body(const std::vector<Endpoint>& vars, const std::vector<const Way*>& firsts) {
    Graph& behind = body_.behind();
    std::vector<Endpoint> arguments, before, after;
    for (size_t i = 0; i < 3; ++i) {
      ASSIGN_OR_RETURN(const Endpoint argument, emit_argument(behind, vars[i], Shape{}));
      arguments.push_back(argument);
    }
    ASSIGN_OR_RETURN(const Endpoint one, emit_constant(behind, Tensor::scalar(int32_t{1}), "add/y"));
    ASSIGN_OR_RETURN(const Endpoint next, emit(behind, "AddV2", {arguments[0], one}, {}, "add"));
    before = {next, arguments[1], arguments[2]};
    for (const int i : vars_) arguments.push_back(body_.dy_behind(i));
    for (const Way* first : firsts) {
      ASSIGN_OR_RETURN(const Endpoint argument, emit_argument(behind, first->outside, first->outside.shape()));
      arguments.push_back(argument);
      Endpoint value = argument, rest = argument;
      if (first->is_list) {
        const Endpoint inside = behind_identities(first->inside);
        ASSIGN_OR_RETURN(const Endpoint shape, emit_element_shape(behind, inside.shape()));
        ASSIGN_OR_RETURN(Node* const popped, graph::create_op(behind, "TensorListPopBack", {argument, shape},
                                                              {{"element_dtype", base_type(inside.dtype())}}));
        popped->set_output_shape(1, inside.shape());
        rest = popped->output(0);
        value = popped->output(1);
      }
      after.push_back(rest);
      for (const Way& way : ways_) {
        if (way.outside == first->outside) body_.set_stand_in(way.inside, value);
      }
    }
    return body_.define_behind(unused_function_name(node_.graph(), body_name_.name, "_grad"), std::move(arguments),
                               std::move(before), after, &node_.graph());
  }

  static StatusOr<Endpoint> emit_element_shape(Graph& graph, const Shape& shape) {
    Tensor value(DType::kInt32, shape.known_rank() ? Shape{shape.rank()} : Shape{});
    if (!shape.known_rank()) value.data<int32_t>()[0] = -1;
    for (int d = 0; d < shape.rank(); ++d) value.data<int32_t>()[d] = static_cast<int32_t>(shape.dim(d));
    return emit_constant(graph, std::move(value), "element_shape");
  }

  // counter < number of iterations.
  StatusOr<std::string> define_cond(const std::vector<Endpoint>& vars) {
    Graph cond;
    graph::FunctionOutline outline;
    for (const Endpoint& var : vars) {
      ASSIGN_OR_RETURN(const Endpoint argument, emit_argument(cond, var, outline.inputs.size() < 3 ? Shape{} : var.shape()));
      outline.inputs.push_back(argument);
    }
    ASSIGN_OR_RETURN(const Endpoint goes_on, emit(cond, "Less", {outline.inputs[0], outline.inputs[2]}));
    ASSIGN_OR_RETURN(const Endpoint result, emit(cond, "Identity", {goes_on}));
    outline.outputs.push_back(result);
    outline.name = unused_function_name(node_.graph(), cond_.name, "_grad");
    return graph::add_function(cond, outline, &node_.graph());
  }

  op::GradContext& g_;
  Node& node_;
  NameAttrList cond_, body_name_;
  const int num_vars_;
  BodyGradient body_;
  std::vector<int> vars_;        // that have gradients
  std::vector<Endpoint> dys_;    // of these
  std::vector<Way> ways_;
  std::vector<Endpoint> pushed_;  // tensors of the body that become lists
};

Status loop_gradient(op::GradContext& g) {
  ASSIGN_OR_RETURN(NameAttrList cond, g.node().attr<NameAttrList>("cond"));
  ASSIGN_OR_RETURN(NameAttrList body, g.node().attr<NameAttrList>("body"));
  return FunctionalLoopGradient(g, std::move(cond), std::move(body)).run();
}

[[maybe_unused]] const bool registered = [] {
  for (const char* type : {"While", "StatelessWhile"}) (void)op::GradientRegistry::global().add(type, loop_gradient).ok();
  return true;
}();

}  // namespace
}  // namespace reflow::autodiff
