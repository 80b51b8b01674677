#pragma once

#include <memory>
#include <string_view>
#include <vector>

#include "reflow/op/op.h"
#include "reflow/op/sparse_array.h"

namespace reflow::ops {

using namespace ::reflow::op;

// A list of tensors as a value: ops that change one give another. Elements that aren't valid() have not been set, and are
// read as zeros.
struct TensorList : std::enable_shared_from_this<TensorList> {
  DType dtype = DType::kInvalid;
  Shape element_shape = Shape::unknown();  // what is known of all elements
  int64_t max_size = -1;                   // none
  SparseArray<Tensor> elements;
  int64_t size() const { return elements.size(); }
};

// The list that is the only element of input i. InvalidArgument: it is another value, or its elements are not of `dtype`
// (kInvalid: of any).
StatusOr<const TensorList*> list_at(KernelContext& c, int i, DType dtype);
Tensor list_handle(TensorList list);

// Input i as the shape of elements: -1 is one of which nothing is known, -1 in a vector a dimension that isn't.
StatusOr<Shape> element_shape_at(KernelContext& c, int i);
// What both shapes say. InvalidArgument: "Tried to ...".
StatusOr<Shape> merged_shapes(const Shape& a, const Shape& b);
// The same for shape functions; *shape stays unknown where the input's value is.
Status element_shape_input(ShapeContext& c, int i, Shape* shape);

// What all elements that are set say of their shapes, beside what *shape says already.
Status merge_shapes_of_elements(const TensorList& list, Shape* shape);

// Element `index` of the list; zeros of `shape` and of what is known of the others where it isn't set.
StatusOr<Tensor> element_or_zeros(const TensorList& list, int64_t index, const Shape& shape);

// The shape of the elements of `list` as rows of one tensor, which `shape` says something of.
// InvalidArgument: it isn't known, or elements differ.
StatusOr<Shape> common_shape(const TensorList& list, const Shape& shape, std::string_view verb);

// An element of its own, of the memory of which no more is kept alive than it has.
Tensor row_of(const Tensor& rows, int64_t begin, int64_t end, Shape shape);

// Handles have no dimensions; all outputs are handles.
Status handle_outputs(ShapeContext& c);

// What the gradients need.
Endpoint shape_of_elements(GradContext& g, Endpoint list);
Endpoint shape_of_rows(GradContext& g, Endpoint rows);

}  // namespace reflow::ops
