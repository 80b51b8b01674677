#include "tests/kit/op_case.h"

#include <cmath>
#include <stdexcept>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "reflow/autodiff/gradients.h"
#include "reflow/graph/node_builder.h"
#include "reflow/op/gradient.h"
#include "reflow/op/kernel_registry.h"
#include "tests/kit/golden_tensor.h"
#include "tests/kit/graph_values.h"
#include "tests/kit/shape_string.h"

namespace reflow::testing {
namespace {

using graph::Endpoint;
using graph::Graph;
using graph::Node;
using graph::OpInput;

std::vector<Tensor> flat(const std::vector<CaseArgument>& arguments) {
  std::vector<Tensor> tensors;
  for (const CaseArgument& a : arguments) tensors.insert(tensors.end(), a.tensors.begin(), a.tensors.end());
  return tensors;
}

// The case's op on `endpoints`, grouped as its arguments are.
StatusOr<Node*> make_node(const OpCase& c, const std::vector<CaseArgument>& arguments, Graph& graph,
                          const std::vector<Endpoint>& endpoints) {
  std::vector<OpInput> inputs;
  size_t next = 0;
  for (const CaseArgument& a : arguments) {
    std::vector<Endpoint> list(endpoints.begin() + next, endpoints.begin() + next + a.tensors.size());
    next += a.tensors.size();
    if (a.is_list) inputs.emplace_back(std::move(list));
    else inputs.emplace_back(list[0]);
  }
  return graph::create_op(graph, c.op, std::move(inputs), c.attrs, {.name = "op"});
}

StatusOr<Endpoint> make_constant(Graph& graph, Tensor value) {
  const DType type = value.dtype();
  ASSIGN_OR_RETURN(Node * node, graph::create_op(graph, "Const", {}, {{"value", std::move(value)}, {"dtype", type}}));
  return node->output(0);
}

StatusOr<Node*> make_node_on_placeholders(const OpCase& c, const std::vector<CaseArgument>& arguments, Graph& graph,
                                          bool known_shapes, std::vector<Endpoint>* placeholders) {
  for (const Tensor& t : flat(arguments)) {
    ASSIGN_OR_RETURN(Endpoint e, make_placeholder(graph, t.dtype(), known_shapes ? t.shape() : Shape::unknown()));
    placeholders->push_back(e);
  }
  return make_node(c, arguments, graph, *placeholders);
}

std::string text_of(const Status& status) { return std::string(message_of(status)); }

Tensor as_double(const Tensor& t) {
  Tensor result(DType::kFloat64, t.shape());
  for (int64_t i = 0; i < t.num_elements(); ++i) result.data<double>()[i] = t.data<float>()[i];
  return result;
}

std::vector<CaseArgument> with_doubles(std::vector<CaseArgument> arguments) {
  for (CaseArgument& a : arguments) {
    for (Tensor& t : a.tensors) t = t.dtype() == DType::kFloat32 ? as_double(t) : t.copy();
  }
  return arguments;
}

// Weights in [0.5, 1.5], always the same.
Tensor weights(const Shape& shape, int seed) {
  Tensor w(DType::kFloat64, shape);
  for (int64_t i = 0; i < w.num_elements(); ++i) w.data<double>()[i] = 1 + 0.5 * std::sin(1.7 * i + seed);
  return w;
}

// The gradient of one case, analytic and numeric, on doubles.
class GradientCheck {
 public:
  explicit GradientCheck(const OpCase& c) : case_(c), arguments_(with_doubles(c.inputs)), inputs_(flat(arguments_)) {}

  Status run(std::string* text) {
    ASSIGN_OR_RETURN(node_, make_node_on_placeholders(case_, arguments_, graph_, true, &placeholders_));
    ASSIGN_OR_RETURN(std::vector<Tensor> outputs, op::evaluate(*node_, inputs_));
    std::vector<Endpoint> ys, xs;
    autodiff::GradientOptions options;
    for (int i = 0; i < node_->num_outputs(); ++i) {
      weights_.emplace_back();
      if (node_->output_type(i) != DType::kFloat64 || !is_wanted(i)) continue;
      weights_[i] = weights(outputs[i].shape(), i);
      ASSIGN_OR_RETURN(Endpoint w, make_constant(graph_, weights_[i]));
      ys.push_back(node_->output(i));
      options.grad_ys.push_back(w);
    }
    for (const Endpoint& p : placeholders_) {
      if (p.dtype() == DType::kFloat64) xs.push_back(p);
    }
    ASSIGN_OR_RETURN(std::vector<op::Gradient> gradients, autodiff::gradients(graph_, ys, xs, options));
    std::vector<Endpoint> fetches;
    for (size_t i = 0; i < gradients.size(); ++i) {
      ASSIGN_OR_RETURN(Endpoint whole, dense(gradients[i], xs[i]));
      fetches.push_back(whole);
    }
    Feeds feeds;
    for (size_t i = 0; i < inputs_.size(); ++i) feeds.emplace_back(placeholders_[i], inputs_[i]);
    ASSIGN_OR_RETURN(std::vector<Tensor> analytic, graph_values(fetches, feeds));
    size_t next = 0;
    for (size_t i = 0; i < inputs_.size(); ++i) {
      if (inputs_[i].dtype() != DType::kFloat64) continue;
      ASSIGN_OR_RETURN(Tensor numeric, differences(static_cast<int>(i)));
      Tensor& got = analytic[next++];
      if (!got.valid()) {
        got = Tensor(DType::kFloat64, numeric.shape());
        std::fill_n(got.data<double>(), got.num_elements(), 0.0);
      }
      const double t = case_.gradient_tolerance;
      const std::string what = difference(got, numeric, {t, t});
      if (!what.empty()) *text = fmt::format("gradient to input {} against differences: {}", i, what);
    }
    return OkStatus();
  }

 private:
  // Rows of a gradient where they belong.
  StatusOr<Endpoint> dense(const op::Gradient& g, const Endpoint& x) {
    if (!g.is_slices()) return g.values;
    ASSIGN_OR_RETURN(Endpoint rows, make_constant(graph_, Tensor::scalar(x.shape().dim(0))));
    ASSIGN_OR_RETURN(Node * sum, graph::create_op(graph_, "UnsortedSegmentSum", {g.values, g.indices, rows}, {}));
    return sum->output(0);
  }

  bool is_wanted(int output) const {
    if (case_.gradient_outputs.empty()) return true;
    for (int i : case_.gradient_outputs) {
      if (i == output) return true;
    }
    return false;
  }

  StatusOr<double> weighted_sum() {
    ASSIGN_OR_RETURN(std::vector<Tensor> outputs, op::evaluate(*node_, inputs_));
    double sum = 0;
    for (size_t i = 0; i < outputs.size(); ++i) {
      if (!weights_[i].valid()) continue;
      for (int64_t j = 0; j < outputs[i].num_elements(); ++j) {
        sum += outputs[i].data<double>()[j] * weights_[i].data<double>()[j];
      }
    }
    return sum;
  }

  // What is left of a slope of 0 by rounding.
  static constexpr double kNoise = 1e-9;

  StatusOr<Tensor> differences(int input) {
    Tensor result(DType::kFloat64, inputs_[input].shape());
    for (int64_t j = 0; j < result.num_elements(); ++j) {
      double& x = inputs_[input].data<double>()[j];
      const double at = x, step = 1e-5 * std::max(1.0, std::abs(at));
      x = at + step;
      ASSIGN_OR_RETURN(const double above, weighted_sum());
      x = at - step;
      ASSIGN_OR_RETURN(const double below, weighted_sum());
      x = at;
      const double slope = (above - below) / (2 * step);
      result.data<double>()[j] = std::abs(slope) < kNoise ? 0 : slope;
    }
    return result;
  }

  const OpCase& case_;
  std::vector<CaseArgument> arguments_;
  std::vector<Tensor> inputs_, weights_;
  Graph graph_;
  std::vector<Endpoint> placeholders_;
  Node* node_ = nullptr;
};

Status check_shape_line(const OpCase& c, std::string_view text, std::string* result) {
  const ShapeLine line = parse_shape_line(text);
  const std::vector<Tensor> values = flat(c.inputs);
  if (line.inputs.size() != values.size()) {
    *result = fmt::format("'{}' has {} inputs, the case {}", text, line.inputs.size(), values.size());
    return OkStatus();
  }
  Graph graph;
  std::vector<Endpoint> endpoints;
  for (size_t i = 0; i < values.size(); ++i) {
    const ShapeLine::Input& input = line.inputs[i];
    ASSIGN_OR_RETURN(Endpoint e, input.constant.valid() ? make_constant(graph, input.constant)
                                                        : make_placeholder(graph, values[i].dtype(), input.shape));
    endpoints.push_back(e);
  }
  const StatusOr<Node*> node = make_node(c, c.inputs, graph, endpoints);
  if (!line.error.empty()) {
    const std::string message = node.ok() ? "no error" : text_of(node.status());
    if (message.substr(0, message.find(" for 'op'")) != line.error) *result = fmt::format("'{}': {}", text, message);
    return OkStatus();
  }
  RETURN_IF_ERROR(node.status());
  if (line.outputs.size() != static_cast<size_t>((*node)->num_outputs())) {
    *result = fmt::format("'{}': the op has {} outputs", text, (*node)->num_outputs());
    return OkStatus();
  }
  for (size_t i = 0; i < line.outputs.size(); ++i) {
    const Shape& got = (*node)->output_shape(static_cast<int>(i));
    const Shape want = expected_shape(line.outputs[i], line.inputs);
    if (!(got == want)) *result = fmt::format("'{}': output {} is {}, not {}", text, i, got.str(), want.str());
  }
  return OkStatus();
}

std::vector<const OpCase*>& mutable_op_cases() {
  static auto* cases = new std::vector<const OpCase*>;
  return *cases;
}

class CheckTest : public ::testing::Test {
 public:
  CheckTest(const OpCase* c, std::string (*check)(const OpCase&)) : case_(c), check_(check) {}
  void TestBody() override {
    const std::string text = check_(*case_);
    if (!text.empty()) ADD_FAILURE() << case_->op << " " << case_->name << ": " << text;
  }

 private:
  const OpCase* case_;
  std::string (*check_)(const OpCase&);
};

}  // namespace

std::string check_values(const OpCase& c) {
  Graph graph;
  std::vector<Endpoint> placeholders;
  const StatusOr<Node*> node = make_node_on_placeholders(c, c.inputs, graph, true, &placeholders);
  if (!node.ok()) return text_of(node.status());
  const auto outputs = op::evaluate(**node, flat(c.inputs));
  if (!outputs.ok()) return text_of(outputs.status());
  if (outputs->size() != c.outputs.size()) return fmt::format("{} outputs, not {}", outputs->size(), c.outputs.size());
  for (size_t i = 0; i < c.outputs.size(); ++i) {
    if (!c.outputs[i].valid()) continue;
    const std::string text = difference((*outputs)[i], c.outputs[i]);
    if (!text.empty()) return fmt::format("output {}: {}", i, text);
  }
  return "";
}

std::string check_shapes(const OpCase& c) {
  for (const std::string& line : c.shapes) {
    std::string text;
    const Status status = check_shape_line(c, line, &text);
    if (!status.ok()) return fmt::format("'{}': {}", line, message_of(status));
    if (!text.empty()) return text;
  }
  return "";
}

std::string check_gradient(const OpCase& c) {
  op::GradFn fn;
  if (op::GradientRegistry::global().find(c.op, &fn) != op::GradientRegistry::Kind::kFunction) return "";
  std::string text;
  const Status status = GradientCheck(c).run(&text);
  return status.ok() ? text : text_of(status);
}

std::string check_error(const OpCase& c) {
  Graph graph;
  std::vector<Endpoint> placeholders;
  const StatusOr<Node*> node = make_node_on_placeholders(c, c.bad_inputs, graph, false, &placeholders);
  if (!node.ok()) return text_of(node.status());
  const auto outputs = op::evaluate(**node, flat(c.bad_inputs));
  if (outputs.ok()) return "no error; expected: " + c.error;
  return text_of(outputs.status()) == c.error ? "" : fmt::format("{}\n  expected: {}", text_of(outputs.status()), c.error);
}

OpCaseTest::OpCaseTest(OpCase op_case) {
  const auto* c = new OpCase(std::move(op_case));
  mutable_op_cases().push_back(c);
  const auto add = [c](std::string_view what, std::string (*check)(const OpCase&)) {
    const std::string name = fmt::format("{}{}{}", c->op, c->name, what);
    ::testing::RegisterTest("OpCase", name.c_str(), nullptr, nullptr, __FILE__, __LINE__,
                            [c, check]() -> ::testing::Test* { return new CheckTest(c, check); });
  };
  if (!c->outputs.empty()) add("Values", check_values);
  if (!c->shapes.empty()) add("Shapes", check_shapes);
  if (c->has_gradient_check && !c->inputs.empty()) add("Gradient", check_gradient);
  if (!c->error.empty()) add("Error", check_error);
}

const std::vector<const OpCase*>& op_cases() { return mutable_op_cases(); }

}  // namespace reflow::testing
