#pragma once

#include <string>
#include <vector>

#include "reflow/op/op.h"

namespace reflow::ops {

// An equation of Einsum, "...ij,...jk->...ik": subscripts of one or two inputs and of the output. A label is a character;
// an ellipsis stands for dimensions that are broadcast.
struct EinsumEquation {
  struct Subscripts {
    std::string labels;  // without the ellipsis
    int ellipsis = -1;   // before which of the labels it stands; -1: there is none
    bool has_ellipsis() const { return ellipsis >= 0; }
  };
  std::vector<Subscripts> inputs;
  Subscripts output;

  // InvalidArgument in TensorFlow's words.
  static StatusOr<EinsumEquation> parse(const std::string& text);
};

// Labels of dimensions that an ellipsis stands for: the last of them is kEllipsis, the one before it kEllipsis + 1.
inline constexpr int kEllipsis = 256;

// The labels of all dimensions of a tensor of `rank`, of which an ellipsis takes those that no label has.
std::vector<int> dimension_labels(const EinsumEquation::Subscripts& subscripts, int ellipsis_rank);

// The shape of the result, or what is known of it.
Status einsum_shape(op::ShapeContext& c);

}  // namespace reflow::ops
