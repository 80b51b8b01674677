#pragma once

#include <functional>
#include <initializer_list>
#include <string>
#include <vector>

#include "reflow/client/output.h"

namespace reflow {

// Rows of a tensor: row i of `values` belongs to row indices[i] of the whole, whose shape is `dense_shape` (may be
// missing). Rows may occur more than once; then their sum is meant.
struct IndexedSlices {
  Output values, indices, dense_shape;
  std::string name() const { return values.name(); }
  DType dtype() const { return values.dtype(); }
  Operation op() const { return values.op(); }
};

// What gradients() gives for one x: a tensor, rows of one, or nothing where no y depends on the x.
class Gradient {
 public:
  Gradient() = default;
  Gradient(const Output& dense) : slices_{dense, {}, {}} {}
  Gradient(const IndexedSlices& slices) : slices_(slices) {}

  bool valid() const { return slices_.values.valid(); }
  explicit operator bool() const { return valid(); }
  bool is_slices() const { return slices_.indices.valid(); }
  // REQUIRES: is_slices().
  const IndexedSlices& slices() const { return slices_; }
  // The tensor, or the values of the rows.
  const Output& values() const { return slices_.values; }
  // The tensor; rows are made one, which adds ops to the graph. ValueError: there is nothing, or rows of no known shape.
  operator Output() const;

 private:
  IndexedSlices slices_;
};

// How several gradients of one tensor are summed.
enum class AggregationMethod { ADD_N = 0, DEFAULT = ADD_N, EXPERIMENTAL_TREE = 1, EXPERIMENTAL_ACCUMULATE_N = 2 };

// The gradient of an x that no y depends on: nothing, or zeros.
enum class UnconnectedGradients { NONE, ZERO };

struct GradientsOptions {
  std::vector<Gradient> grad_ys;  // dL/dy for each y; empty, or an entry without value: ones
  std::string name = "gradients";
  bool colocate_gradients_with_ops = false;
  bool gate_gradients = false;  // release the gradients of an op's inputs together
  AggregationMethod aggregation_method = AggregationMethod::DEFAULT;
  std::vector<Output> stop_gradients;  // taken as constants
  UnconnectedGradients unconnected_gradients = UnconnectedGradients::NONE;
};

// The ys of gradients(): a tensor, or several.
class GradientTargets {
 public:
  GradientTargets(const Output& y) : list_{y} {}
  GradientTargets(std::initializer_list<Output> ys) : list_(ys) {}
  GradientTargets(std::vector<Output> ys) : list_(std::move(ys)) {}
  const std::vector<Output>& list() const { return list_; }

 private:
  std::vector<Output> list_;
};

// An x of gradients(): a tensor, or a variable.
class GradientSource {
 public:
  GradientSource(const Output& x) : output_(x) {}
  GradientSource(const Variable& x);
  const Output& output() const { return output_; }

 private:
  Output output_;
};

class GradientSources {
 public:
  GradientSources(const Output& x) : list_{x} {}
  GradientSources(const Variable& x) : list_{x} {}
  GradientSources(std::initializer_list<GradientSource> xs) : list_(xs) {}
  GradientSources(const std::vector<Output>& xs) : list_(xs.begin(), xs.end()) {}
  GradientSources(const std::vector<Variable>& xs);
  GradientSources(std::vector<GradientSource> xs) : list_(std::move(xs)) {}
  const std::vector<GradientSource>& list() const { return list_; }

 private:
  std::vector<GradientSource> list_;
};

// Adds ops that compute the derivatives of the sum of `ys` with respect to each of `xs`, below the name scope of
// options.name, and gives one gradient for each x.
// LookupError: "No gradient defined for operation 'x' (op type: Y)". TypeError: grad_ys of a wrong type.
std::vector<Gradient> gradients(const GradientTargets& ys, const GradientSources& xs,
                                const GradientsOptions& options = {});

// Computes dL/dx for each input of `op` from dL/dy of each output; a y of a type that has no gradients gives an invalid
// Output.
using GradientFunction = std::function<std::vector<Gradient>(const Operation& op, const std::vector<Output>& grads)>;

// Registers `fn` as the gradient of ops of `op_type`: for all graphs, once for each name.
// KeyError: "Registering two gradient with name '{}'!".
void RegisterGradient(std::string_view op_type, GradientFunction fn);
// Says that ops of `op_type` have no gradient.
void NotDifferentiable(std::string_view op_type);
inline void NoGradient(std::string_view op_type) { NotDifferentiable(op_type); }

}  // namespace reflow
