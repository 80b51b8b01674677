#pragma once

#include <span>

#include "reflow/graph/function_body.h"

namespace reflow::runtime {

// The function that `f` names, as a graph: one of the library, or, for the name SymbolicGradient with an attribute `f`,
// the gradient of that: the library's for it where it has one, else made by automatic differentiation.
StatusOr<graph::FunctionBody> body_of(const graph::Graph& library, const graph::NameAttrList& f,
                                      std::span<const Shape> argument_shapes = {});

}  // namespace reflow::runtime
