#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "reflow/graph/attr_value.h"
#include "reflow/tensor/tensor.h"

namespace reflow::testing {

// One argument of an op: a tensor, or the tensors of a list argument.
struct CaseArgument {
  CaseArgument(Tensor t) : tensors{std::move(t)} {}
  CaseArgument(std::vector<Tensor> list) : tensors(std::move(list)), is_list(true) {}
  std::vector<Tensor> tensors;
  bool is_list = false;
};

// What an op has to do, in one declaration: values, shapes, the gradient and an error. `const OpCaseTest softplus{{...}};`
// at namespace scope of a test makes tests of it, OpCase.Softplus..., and puts it on the list that benchmarks take.
//
//   const OpCaseTest softplus{{
//       .op = "Softplus",
//       .inputs = {Tensor::vector<float>({-1, 0, 2})},
//       .outputs = {Tensor::vector<float>({0.3132617f, 0.6931472f, 2.126928f})},
//       .shapes = {"[2,?] -> in0", "? -> ?"},
//   }};
struct OpCase {
  std::string op;
  std::string name = "";  // behind the op's in the tests' names, where an op has several cases
  graph::AttrMap attrs = {};
  std::vector<CaseArgument> inputs = {};

  // Golden values of `inputs`, from TensorFlow or by hand; an invalid tensor stands for an output that isn't compared.
  std::vector<Tensor> outputs = {};

  // Static shapes, inputs -> outputs, separated by ";". Inputs: "?" (unknown rank), "[2,?]", "=3" and "=[1,2]" (an int32
  // constant). Outputs: "?", "[2,?]", dimensions as "d0_1" (dimension 1 of input 0), "in0" (the shape of input 0); or
  // "error: " and the message up to " for 'op'". List arguments count as so many inputs.
  std::vector<std::string> shapes = {};

  // The gradient is checked against central differences in double, with float inputs made double (where there is no such
  // kernel in float, to two digits): of the weighted sum of the outputs in `gradient_outputs` (empty: all floating and
  // complex ones) to all such inputs. Nothing to do for ops without a registered gradient.
  bool has_gradient_check = true;
  std::vector<int> gradient_outputs = {};
  std::vector<int> gradient_inputs = {};  // only these inputs, by number; empty: all
  double gradient_tolerance = 1e-6;

  // The op fails on these inputs when it is run, with this message.
  std::vector<CaseArgument> bad_inputs = {};
  std::string error = "";
};

// Registers the tests of a case: Values, Shapes, Gradient, Error, of which each exists when the case has what it needs.
class OpCaseTest {
 public:
  explicit OpCaseTest(OpCase op_case);
};

// All cases of the program.
const std::vector<const OpCase*>& op_cases();

// The four checks: "" or what is wrong.
std::string check_values(const OpCase& c);
std::string check_shapes(const OpCase& c);
std::string check_gradient(const OpCase& c);
std::string check_error(const OpCase& c);
// check_gradient, and how many slopes it has compared.
std::string check_slopes(const OpCase& c, int64_t* num_slopes);

}  // namespace reflow::testing
