#include "tests/kit/op_case.h"

#include <algorithm>
#include <cmath>
#include <memory>
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

// The type of doubles for floats and complex numbers of these; else `t`.
DType widened(DType t) {
  return t == DType::kFloat32 ? DType::kFloat64 : t == DType::kComplex64 ? DType::kComplex128 : t;
}

// Numbers and the parts of complex ones, one after the other. REQUIRES: a type that gradients are checked in.
bool is_double(DType t) { return t == DType::kFloat64 || t == DType::kComplex128; }
int64_t num_parts(const Tensor& t) { return t.num_elements() * (is_complex(t.dtype()) ? 2 : 1); }
double part(const Tensor& t, int64_t i) {
  return is_double(t.dtype()) ? static_cast<const double*>(t.raw_data())[i] : static_cast<const float*>(t.raw_data())[i];
}
void set_part(Tensor& t, int64_t i, double value) {
  if (is_double(t.dtype())) static_cast<double*>(t.raw_data())[i] = value;
  else static_cast<float*>(t.raw_data())[i] = static_cast<float>(value);
}

// `arguments` of new memory, floats as doubles if `wide`.
std::vector<CaseArgument> copies(std::vector<CaseArgument> arguments, bool wide) {
  for (CaseArgument& a : arguments) {
    for (Tensor& t : a.tensors) {
      const DType type = wide ? widened(t.dtype()) : t.dtype();
      if (type == t.dtype()) {
        t = t.copy();
        continue;
      }
      Tensor doubles(type, t.shape());
      for (int64_t i = 0; i < num_parts(t); ++i) set_part(doubles, i, part(t, i));
      t = std::move(doubles);
    }
  }
  return arguments;
}

// Weights in [0.5, 1.5], always the same.
Tensor weights(DType type, const Shape& shape, int seed) {
  Tensor w(type, shape);
  for (int64_t i = 0; i < num_parts(w); ++i) set_part(w, i, 1 + 0.5 * std::sin(1.7 * i + seed));
  return w;
}

// The gradient of one case, analytic and numeric: on doubles, or, where the op has no kernel for these, on floats, in which
// slopes are known to two digits only. What is differentiated is a real number, the weighted sum of the outputs' parts.
class GradientCheck {
 public:
  explicit GradientCheck(const OpCase& c) : case_(c) {}

  // *text: what differs; *num_slopes: how many were compared.
  Status run(std::string* text, int64_t* num_slopes) {
    if (!make_op(/*wide=*/true).ok() || !op::KernelRegistry::global().has_kernel(*node_, op::kCpu) || !has_checked_output()) {
      RETURN_IF_ERROR(make_op(/*wide=*/false));
    }
    ASSIGN_OR_RETURN(std::vector<Tensor> outputs, op::evaluate(*node_, inputs_));
    std::vector<Endpoint> ys, xs;
    autodiff::GradientOptions options;
    for (int i = 0; i < node_->num_outputs(); ++i) {
      weights_.emplace_back();
      if (!is_checked(node_->output_type(i)) || !is_wanted(case_.gradient_outputs, i)) continue;
      weights_[i] = weights(node_->output_type(i), outputs[i].shape(), i);
      ASSIGN_OR_RETURN(Endpoint w, make_constant(*graph_, weights_[i]));
      ys.push_back(node_->output(i));
      options.grad_ys.push_back(w);
    }
    for (size_t i = 0; i < inputs_.size(); ++i) {
      if (is_source(i)) xs.push_back(placeholders_[i]);
    }
    ASSIGN_OR_RETURN(std::vector<op::Gradient> gradients, autodiff::gradients(*graph_, ys, xs, options));
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
      if (!is_source(i)) continue;
      ASSIGN_OR_RETURN(Tensor numeric, differences(static_cast<int>(i)));
      Tensor& got = analytic[next++];
      if (!got.valid()) {
        got = Tensor(numeric.dtype(), numeric.shape());
        for (int64_t j = 0; j < num_parts(got); ++j) set_part(got, j, 0);
      }
      const double t = wide_ ? case_.gradient_tolerance : std::max(case_.gradient_tolerance, 1e-2);
      const std::string what = difference(got, numeric, {t, t});
      if (!what.empty()) *text = fmt::format("gradient to input {} against differences: {}", i, what);
      *num_slopes += ys.empty() ? 0 : num_parts(numeric);
    }
    return OkStatus();
  }

 private:
  Status make_op(bool wide) {
    wide_ = wide;
    arguments_ = copies(case_.inputs, wide);
    inputs_ = flat(arguments_);
    graph_ = std::make_unique<Graph>();
    placeholders_.clear();
    ASSIGN_OR_RETURN(node_, make_node_on_placeholders(case_, arguments_, *graph_, true, &placeholders_));
    return OkStatus();
  }

  bool is_checked(DType t) const {
    return is_double(t) || (!wide_ && (t == DType::kFloat32 || t == DType::kComplex64));
  }

  // Rows of a gradient where they belong.
  StatusOr<Endpoint> dense(const op::Gradient& g, const Endpoint& x) {
    if (!g.is_slices()) return g.values;
    ASSIGN_OR_RETURN(Endpoint rows, make_constant(*graph_, Tensor::scalar(x.shape().dim(0))));
    ASSIGN_OR_RETURN(Node * sum, graph::create_op(*graph_, "UnsortedSegmentSum", {g.values, g.indices, rows}, {}));
    return sum->output(0);
  }

  bool has_checked_output() const {
    for (int i = 0; i < node_->num_outputs(); ++i) {
      if (is_checked(node_->output_type(i)) && is_wanted(case_.gradient_outputs, i)) return true;
    }
    return false;
  }
  static bool is_wanted(const std::vector<int>& wanted, int i) {
    return wanted.empty() || std::find(wanted.begin(), wanted.end(), i) != wanted.end();
  }
  bool is_source(size_t input) const {
    return is_checked(inputs_[input].dtype()) && is_wanted(case_.gradient_inputs, static_cast<int>(input));
  }

  StatusOr<double> weighted_sum() {
    ASSIGN_OR_RETURN(std::vector<Tensor> outputs, op::evaluate(*node_, inputs_));
    double sum = 0;
    for (size_t i = 0; i < outputs.size(); ++i) {
      if (!weights_[i].valid()) continue;
      for (int64_t j = 0; j < num_parts(outputs[i]); ++j) sum += part(outputs[i], j) * part(weights_[i], j);
    }
    return sum;
  }

  // What is left of a slope of 0 by rounding.
  double noise() const { return wide_ ? 1e-9 : 1e-4; }

  StatusOr<Tensor> differences(int input) {
    Tensor& x = inputs_[input];
    Tensor result(x.dtype(), x.shape());
    for (int64_t j = 0; j < num_parts(x); ++j) {
      const double at = part(x, j), step = (wide_ ? 1e-5 : 1e-2) * std::max(1.0, std::abs(at));
      set_part(x, j, at + step);
      ASSIGN_OR_RETURN(const double above, weighted_sum());
      set_part(x, j, at - step);
      ASSIGN_OR_RETURN(const double below, weighted_sum());
      set_part(x, j, at);
      const double slope = (above - below) / (2 * step);
      set_part(result, j, std::abs(slope) < noise() ? 0 : slope);
    }
    return result;
  }

  const OpCase& case_;
  bool wide_ = true;
  std::vector<CaseArgument> arguments_;
  std::vector<Tensor> inputs_, weights_;
  std::unique_ptr<Graph> graph_;
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

std::string check_slopes(const OpCase& c, int64_t* num_slopes) {
  *num_slopes = 0;
  op::GradFn fn;
  if (op::GradientRegistry::global().find(c.op, &fn) != op::GradientRegistry::Kind::kFunction) return "";
  std::string text;
  const Status status = GradientCheck(c).run(&text, num_slopes);
  return status.ok() ? text : text_of(status);
}

std::string check_gradient(const OpCase& c) {
  int64_t num_slopes;
  return check_slopes(c, &num_slopes);
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
