#pragma once

#include <memory>
#include <string_view>
#include <vector>

#include "reflow/op/gradient.h"

namespace reflow::op {

// Leaves it to each op that takes a gradient to make it dense: TensorFlow converts IndexedSlices where a tensor is wanted, as
// that op's argument and once for each op. While an object lives, GradContext::dy of its thread gives a stand-in for a gradient
// that is slices: an endpoint of the type and shape of the whole, in no graph that runs. GradContext::op and ops put the dense
// tensor in its place, with names below the op's.
class LateSlices {
 public:
  LateSlices();
  ~LateSlices();
  LateSlices(const LateSlices&) = delete;

  // Null: slices become dense when they are asked for.
  static LateSlices* current();

  // What stands for `slices` of a tensor of the shape of y.
  Endpoint stand_in(const Gradient& slices, Endpoint y);
  // Null: `e` is a tensor, and stands for nothing.
  const Gradient* find(Endpoint e) const;
  // Slices instead of what stands for them.
  void settle(std::vector<Gradient>& dx) const;

 private:
  struct Entry {
    std::unique_ptr<Graph> graph;  // of the stand-in
    Endpoint stand_in;
    Gradient slices;
  };
  std::vector<Entry> entries_;
  LateSlices* outer_;
};

// dL/dy(i), dense here and now: for functions that don't make their ops by the context.
Endpoint dense_dy(GradContext& g, int i);

// -dL/dy(0): of slices it is slices.
Endpoint minus_dy(GradContext& g);
// dL/dy(0) times a number, as tf.math.scalar_mul makes it: of slices it is slices.
Endpoint scaled_dy(GradContext& g, double factor);

// `x` as argument i of an op of `type` in whose scope this is: dense, where it stands for slices. For constants that are
// later arguments, which are made after it.
Endpoint as_argument(GradContext& g, std::string_view type, int i, Endpoint x);

// The node after which dL/dy(0) is there; null: it has none.
Node* node_of_dy(const GradContext& g);

}  // namespace reflow::op
