#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "reflow/base/status.h"
#include "reflow/graph/shape_context.h"
#include "reflow/op/vector_math.h"

namespace reflow::op {

// What a fused op computes: element-wise steps over float tensors that broadcast against each other, run as a whole for
// one part of the elements after the other. Every step defines a value; values are numbered: first the inputs, then the
// references, the constants, and the result of each step. Reading a reference gives what the variable holds at that step.
struct FusedProgram {
  struct Step {
    int op;  // a VecOp; kStore; kSameShape added where the op wants operands of one shape
    int a, b;  // values; b is -1 for ops of one operand. kStore: writes value b into reference a.
  };
  static constexpr int kStore = 0x1000, kSameShape = 0x100;
  static constexpr int kMaxSteps = 256, kMaxInputs = 64, kMaxRefs = 16, kMaxConstants = 600, kMaxResults = 256;

  // The elements [first, first + size) of an input's last dimension, which alone are read; size -1: all of them.
  struct Part {
    int64_t first = 0, size = -1;
  };

  int num_inputs = 0, num_refs = 0;
  std::vector<Part> parts;         // by input; empty: all are read whole
  std::vector<float> constants;
  std::vector<Step> steps;
  std::vector<int> results;        // the values that are outputs
  std::vector<int> joins;          // by output: how many results it is, one behind the other along the last dimension; empty: one
  std::vector<std::string> names;  // by step, of the node that it was: for messages

  int num_outputs() const { return static_cast<int>(joins.empty() ? results.size() : joins.size()); }
  int num_joined(int output) const { return joins.empty() ? 1 : joins[output]; }
  bool is_part(int input) const { return !parts.empty() && parts[input].size >= 0; }
  int num_values() const { return first_step_value() + static_cast<int>(steps.size()); }
  int first_ref() const { return num_inputs; }
  int first_constant() const { return num_inputs + num_refs; }
  int first_step_value() const { return first_constant() + static_cast<int>(constants.size()); }
  VecOp vec_op(int step) const { return static_cast<VecOp>(steps[step].op & 0xff); }
  bool is_store(int step) const { return steps[step].op == kStore; }

  // From and to the attributes "code", "constants", "results", "names", "parts" and "joins" of a fused node.
  // InvalidArgument: it isn't a program (a graph may come from anywhere).
  static StatusOr<FusedProgram> from_attrs(const graph::Node& node, int num_inputs, int num_refs);
  void to_attrs(graph::AttrMap* attrs) const;

  // The shapes of all values. Errors are those of the op that the step was, with its node.
  Status infer_shapes(graph::ShapeContext& c, std::vector<Shape>* values) const;
  // The shapes of the outputs, of which `values` are those of all values.
  Status output_shapes(const std::vector<Shape>& values, std::vector<Shape>* outputs) const;
  // The program that computes result `index` alone, without stores. It has the same inputs, but reads all of them whole.
  FusedProgram slice(int index) const;
};

// `shape` with another size of its last dimension. REQUIRES: rank > 0.
Shape with_last_dim(const Shape& shape, int64_t size);

}  // namespace reflow::op
