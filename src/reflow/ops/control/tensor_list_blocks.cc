// Lists of tensors taken apart and put together: stacked, joined, split, gathered and scattered.

#include <algorithm>
#include <string>

#include "reflow/op/elements.h"
#include "reflow/op/gradient_ops.h"
#include "tensor_list.h"

namespace reflow::ops {

StatusOr<Shape> common_shape(const TensorList& list, const Shape& shape, std::string_view verb) {
  ASSIGN_OR_RETURN(Shape known, merged_shapes(list.element_shape, shape));
  if (!known.fully_defined() && list.elements.empty()) {
    return invalid_argument("Tried to {} elements of an empty list with non-fully-defined element_shape: {}", verb, known.str());
  }
  RETURN_IF_ERROR(merge_shapes_of_elements(list, &known));
  if (known.fully_defined()) return known;
  return invalid_argument("Tried to {} list which only contains uninitialized tensors and has a non-fully-defined element_shape: {}", verb,
                          known.str());
}

Tensor row_of(const Tensor& rows, int64_t begin, int64_t end, Shape shape) {
  return rows.rows(begin, end).reshaped(std::move(shape)).copy();
}

Endpoint shape_of_rows(GradContext& g, Endpoint rows) {
  GradContext::Scope scope(g.graph(), "Slice");
  const Endpoint shape = g.shape(rows), begin = g.constant_ints({1}, DType::kInt32, "begin");
  const Endpoint size = g.constant_ints({-1}, DType::kInt32, "size");
  return g.op("Slice", {shape, begin, size}, {}, scope.name());
}

namespace {

// Copies elements, which have one shape, behind each other; zeros where one isn't set.
void copy_rows(const SparseArray<Tensor>& elements, Tensor& to) {
  if (to.num_elements() == 0) return;
  const CopyElementsFn copy = copy_elements_fn(to.dtype());
  char* at = static_cast<char*>(to.raw_data());
  const int64_t size = to.num_elements() / elements.size();
  for (int64_t i = 0; i < elements.size(); ++i) {
    const Tensor& element = elements[i];
    if (element.valid()) {
      copy(at, element.raw_data(), size);
    } else if (is_plain(to.dtype())) {
      std::fill_n(at, size * dtype_size(to.dtype()), 0);
    }
    at += size * dtype_size(to.dtype());
  }
}

StatusOr<Tensor> stacked(const SparseArray<Tensor>& elements, DType type, Shape shape) {
  shape.insert_dim(0, elements.size());
  ASSIGN_OR_RETURN(Tensor result, allocate_tensor(type, shape));
  copy_rows(elements, result);
  return result;
}

Status check_rows_fit(const Tensor& rows, const Shape& element_shape) {
  if (rows.rank() < 1) return invalid_argument("Tensor must be at least a vector, but saw shape: {}", rows.shape().str());
  const Shape row = rows.shape().sub_shape(1, rows.rank());
  if (element_shape.compatible_with(row)) return OkStatus();
  return invalid_argument("Specified a list with shape {} from a tensor with shape {}", element_shape.str(), row.str());
}

class ListKernel : public Kernel {
 public:
  explicit ListKernel(KernelInit& c) : dtype_(c.attr<DType>("element_dtype")) {}

 protected:
  DType dtype_;
};

class Stack : public ListKernel {
 public:
  explicit Stack(KernelInit& c) : ListKernel(c), wanted_(c.attr<int64_t>("num_elements")) {}
  Status compute(KernelContext& c) override {
    ASSIGN_OR_RETURN(const TensorList* list, list_at(c, 0, dtype_));
    if (wanted_ != -1 && wanted_ != list->size()) {
      return invalid_argument("Operation expected a list with {} elements but got a list with {} elements.", wanted_, list->size());
    }
    ASSIGN_OR_RETURN(const Shape given, element_shape_at(c, 1));
    ASSIGN_OR_RETURN(const Shape shape, common_shape(*list, given, "stack"));
    ASSIGN_OR_RETURN(Tensor result, stacked(list->elements, dtype_, shape));
    c.set_output(0, std::move(result));
    return OkStatus();
  }

 private:
  int64_t wanted_;
};

class FromTensor : public ListKernel {
 public:
  using ListKernel::ListKernel;
  Status compute(KernelContext& c) override {
    const Tensor& rows = c.input(0);
    TensorList list;
    list.dtype = dtype_;
    ASSIGN_OR_RETURN(list.element_shape, element_shape_at(c, 1));
    RETURN_IF_ERROR(check_rows_fit(rows, list.element_shape));
    const Shape row = rows.shape().sub_shape(1, rows.rank());
    for (int64_t i = 0; i < rows.dim(0); ++i) list.elements.push_back(row_of(rows, i, i + 1, row));
    c.set_output(0, list_handle(std::move(list)));
    return OkStatus();
  }
};

class Gather : public ListKernel {
 public:
  using ListKernel::ListKernel;
  Status compute(KernelContext& c) override {
    ASSIGN_OR_RETURN(const TensorList* list, list_at(c, 0, dtype_));
    ASSIGN_OR_RETURN(const Shape given, element_shape_at(c, 2));
    const std::span<const int32_t> indices = c.input(1).flat<int32_t>();
    TensorList chosen;
    chosen.element_shape = list->element_shape;
    for (const int32_t index : indices) {
      if (index < 0 || index >= list->size()) {
        return invalid_argument("Index {} out o range; list only has {} elements.", index, list->size());
      }
      chosen.elements.push_back(list->elements[index]);
    }
    ASSIGN_OR_RETURN(const Shape shape, common_shape(chosen, given, "gather"));
    ASSIGN_OR_RETURN(Tensor result, stacked(chosen.elements, dtype_, shape));
    c.set_output(0, std::move(result));
    return OkStatus();
  }
};

// A new list for TensorListScatter and its second version, a changed one for TensorListScatterIntoExistingList.
class Scatter : public ListKernel {
 public:
  explicit Scatter(KernelInit& c) : ListKernel(c), into_existing_(c.node().type() == "TensorListScatterIntoExistingList") {}
  Status compute(KernelContext& c) override {
    const Tensor &rows = c.input(into_existing_ ? 1 : 0), &indices = c.input(into_existing_ ? 2 : 1);
    TensorList list;
    list.dtype = dtype_;
    int64_t size = -1;
    if (into_existing_) {
      ASSIGN_OR_RETURN(const TensorList* given, list_at(c, 0, dtype_));
      list = *given;
    } else {
      ASSIGN_OR_RETURN(list.element_shape, element_shape_at(c, 2));
      if (c.num_inputs() == 4) {
        if (c.input(3).num_elements() != 1) return invalid_argument("num_elements must be a scalar");
        size = c.input(3).item<int32_t>();
        if (size < -1) return invalid_argument("TensorListScatter expects num_elements >= -1, found: {}", size);
      }
    }
    RETURN_IF_ERROR(check_rows_fit(rows, list.element_shape));
    if (indices.rank() != 1 || indices.dim(0) != rows.dim(0)) {
      return invalid_argument("Invalid number of rows in input tensor. Expected {} rows but got {} rows.", indices.num_elements(), rows.dim(0));
    }
    int64_t highest = list.size() - 1;
    for (const int32_t index : indices.flat<int32_t>()) {
      if (index < 0) return invalid_argument("Indices in TensorListScatter must all be non-negative.");
      if (size >= 0 && index >= size) {
        return invalid_argument("TensorListScatter: Trying to scatter at index {} in list with size {}", index, size);
      }
      highest = std::max<int64_t>(highest, index);
    }
    list.elements.resize(size >= 0 ? size : highest + 1);
    const Shape row = rows.shape().sub_shape(1, rows.rank());
    for (int64_t i = 0; i < rows.dim(0); ++i) list.elements[indices.data<int32_t>()[i]] = row_of(rows, i, i + 1, row);
    c.set_output(0, list_handle(std::move(list)));
    return OkStatus();
  }

 private:
  bool into_existing_;
};

// Elements joined along their first dimensions, and those.
class Concat : public ListKernel {
 public:
  explicit Concat(KernelInit& c) : ListKernel(c), shape_(c.attr_or<Shape>("element_shape", Shape::unknown())) {}
  Status compute(KernelContext& c) override {
    ASSIGN_OR_RETURN(const TensorList* list, list_at(c, 0, dtype_));
    Shape given = shape_;
    if (c.num_inputs() > 1) {
      ASSIGN_OR_RETURN(given, element_shape_at(c, 1));
    }
    ASSIGN_OR_RETURN(Shape known, without_first(given));
    ASSIGN_OR_RETURN(const Shape of_list, without_first(list->element_shape));
    ASSIGN_OR_RETURN(known, merged_shapes(known, of_list));
    const auto length_of = [&](int64_t i) -> StatusOr<int64_t> {
      const Tensor& element = list->elements[i];
      int64_t length;
      if (element.valid()) {
        ASSIGN_OR_RETURN(const Shape rest, without_first(element.shape()));
        ASSIGN_OR_RETURN(known, merged_shapes(known, rest));
        length = element.dim(0);
      } else if (c.num_inputs() > 2 && i < c.input(2).num_elements()) {
        length = c.input(2).data<int64_t>()[i];
      } else if (given.known_rank() && given.rank() > 0 && given.dim(0) >= 0) {
        length = given.dim(0);
      } else {
        return invalid_argument("List contains uninitialized tensor at index {} but leading_dims has only {} elements.", i,
                                c.num_inputs() > 2 ? c.input(2).num_elements() : 0);
      }
      if (length < 0) return invalid_argument("The length of element {} is negative: {}", i, length);
      return length;
    };
    if (list->size() > 0) RETURN_IF_ERROR(length_of(0).status());  // before there is memory for all of them
    ASSIGN_OR_RETURN(Tensor lengths, allocate_tensor(DType::kInt64, Shape{list->size()}));
    int64_t total = 0;
    for (int64_t i = 0; i < list->size(); ++i) {
      ASSIGN_OR_RETURN(lengths.data<int64_t>()[i], length_of(i));
      if (__builtin_add_overflow(total, lengths.data<int64_t>()[i], &total)) return resource_exhausted("The elements are too long to be joined");
    }
    if (!known.fully_defined()) {
      return invalid_argument("All except the first dimension must be fully defined when concating an empty tensor list. element_shape: {}",
                              given.str());
    }
    known.insert_dim(0, total);
    return put(c, *list, std::move(lengths), known);
  }

 private:
  static StatusOr<Shape> without_first(const Shape& shape) {
    if (!shape.known_rank()) return shape;
    if (shape.rank() == 0) return invalid_argument("Concat requires elements to be at least vectors, found scalars instead.");
    return shape.sub_shape(1, shape.rank());
  }
  Status put(KernelContext& c, const TensorList& list, Tensor lengths, const Shape& shape) const {
    ASSIGN_OR_RETURN(Tensor joined, allocate_tensor(dtype_, shape));
    const int64_t row = shape.sub_shape(1, shape.rank()).num_elements();
    const CopyElementsFn copy = copy_elements_fn(dtype_);
    char* at = static_cast<char*>(joined.raw_data());
    for (int64_t i = 0; i < list.size() && joined.num_elements() > 0; ++i) {
      const int64_t n = lengths.data<int64_t>()[i] * row;
      if (list.elements[i].valid()) {
        copy(at, list.elements[i].raw_data(), n);
      } else if (is_plain(dtype_)) {
        std::fill_n(at, n * dtype_size(dtype_), 0);
      }
      at += n * dtype_size(dtype_);
    }
    c.set_output(0, std::move(joined));
    c.set_output(1, std::move(lengths));
    return OkStatus();
  }
  Shape shape_;
};

class Split : public ListKernel {
 public:
  using ListKernel::ListKernel;
  Status compute(KernelContext& c) override {
    const Tensor &rows = c.input(0), &lengths = c.input(2);
    TensorList list;
    list.dtype = dtype_;
    ASSIGN_OR_RETURN(list.element_shape, element_shape_at(c, 1));
    if (rows.rank() < 1) return invalid_argument("Tensor must be at least a vector, but saw shape: {}", rows.shape().str());
    if (lengths.rank() != 1) return invalid_argument("Expected lengths to be a vector, received shape: {}", lengths.shape().str());
    int64_t begin = 0;
    for (const int64_t length : lengths.flat<int64_t>()) {
      if (length < 0) return invalid_argument("Invalid value in lengths: {}", length);
      if (length > rows.dim(0) - begin) {
        return invalid_argument("Attempting to slice [{}, {}] from tensor with length {}", begin, begin + length, rows.dim(0));
      }
      Shape shape = rows.shape();
      shape.set_dim(0, length);
      if (!list.element_shape.compatible_with(shape)) {
        return invalid_argument("tensor shape {} is not compatible with element_shape {}", shape.str(), list.element_shape.str());
      }
      list.elements.push_back(row_of(rows, begin, begin + length, shape));
      begin += length;
    }
    if (begin != rows.dim(0)) {
      return invalid_argument("Unused values in tensor. Length of tensor: {} Values used: {}", rows.dim(0), begin);
    }
    c.set_output(0, list_handle(std::move(list)));
    return OkStatus();
  }
};

class ConcatLists : public ListKernel {
 public:
  using ListKernel::ListKernel;
  Status compute(KernelContext& c) override {
    const Tensor &a = c.input(0), &b = c.input(1);
    if (!(a.shape() == b.shape())) {
      return invalid_argument("input_a and input_b must be the same size but got: {} vs. {}", a.shape().str(), b.shape().str());
    }
    Tensor joined(DType::kVariant, a.shape());
    for (int64_t i = 0; i < a.num_elements(); ++i) {
      const TensorList *first = a.data<Variant>()[i].get<TensorList>(), *second = b.data<Variant>()[i].get<TensorList>();
      if (first == nullptr || second == nullptr) return invalid_argument("Element {} is not a list of tensors", i);
      if (first->dtype != dtype_ || second->dtype != dtype_) {
        return invalid_argument("input list dtype != element_dtype of op: {}, {} vs. {}", dtype_spec_name(first->dtype),
                                dtype_spec_name(second->dtype), dtype_spec_name(dtype_));
      }
      TensorList both = *first;
      ASSIGN_OR_RETURN(both.element_shape, merged_shapes(first->element_shape, second->element_shape));
      const int64_t begin = both.size();
      both.elements.resize(begin + second->size());
      RETURN_IF_ERROR(second->elements.for_each_used([&](int64_t at, const Tensor& element) {
        if (element.valid()) both.elements[begin + at] = element;
        return OkStatus();
      }));
      joined.data<Variant>()[i] = Variant::of("tensorflow::TensorList", std::move(both));
    }
    c.set_output(0, std::move(joined));
    return OkStatus();
  }
};

// Row i of a batch goes to the end of list i.
class PushBackBatch : public ListKernel {
 public:
  using ListKernel::ListKernel;
  Status compute(KernelContext& c) override {
    const Tensor &lists = c.input(0), &rows = c.input(1);
    if (rows.rank() < 1 || lists.rank() != 1 || lists.dim(0) != rows.dim(0)) {
      return invalid_argument("Expected tensor.shape[0] == input_handles.size, but saw: {} vs. {}", rows.shape().str(), lists.shape().str());
    }
    Tensor longer(DType::kVariant, lists.shape());
    const Shape row = rows.shape().sub_shape(1, rows.rank());
    for (int64_t i = 0; i < lists.num_elements(); ++i) {
      const TensorList* list = lists.data<Variant>()[i].get<TensorList>();
      if (list == nullptr || list->dtype != dtype_) return invalid_argument("Element {} is not a list of {} tensors", i, dtype_spec_name(dtype_));
      if (!list->element_shape.compatible_with(row)) {
        return invalid_argument("Tried to append a tensor with incompatible shape to a list. Op element shape: {} list shape: {}", row.str(),
                                list->element_shape.str());
      }
      TensorList made = *list;
      made.elements.push_back(row_of(rows, i, i + 1, row));
      longer.data<Variant>()[i] = Variant::of("tensorflow::TensorList", std::move(made));
    }
    c.set_output(0, std::move(longer));
    return OkStatus();
  }
};

// Rows of elements of the shape at input `i`.
Status rows_shape(ShapeContext& c, int i, int64_t rows) {
  Shape element;
  RETURN_IF_ERROR(element_shape_input(c, i, &element));
  if (element.known_rank()) element.insert_dim(0, rows);
  c.set_output(0, std::move(element));
  return OkStatus();
}
Status stack_shape(ShapeContext& c) { return rows_shape(c, 1, c.attr_or<int64_t>("num_elements", -1)); }
Status gather_shape(ShapeContext& c) { return rows_shape(c, 2, c.input(1).rank() == 1 ? c.input(1).dim(0) : Shape::kUnknown); }

AttrMap element_type(GradContext& g) { return {{"element_dtype", g.attr<DType>("element_dtype")}}; }

// The gradient of what puts rows to `indices` of a list.
Endpoint gathered_rows(GradContext& g, Endpoint rows, Endpoint indices) {
  return g.op("TensorListGather", {g.dy(0), indices, shape_of_rows(g, rows)}, element_type(g));
}
Status scatter_gradient(GradContext& g) {
  g.dx(0) = gathered_rows(g, g.x(0), g.x(1));
  return g.status();
}
Status concat_gradient(GradContext& g) {
  g.dx(0) = g.op("TensorListSplit", {g.dy(0), shape_of_elements(g, g.x(0)), g.y(1)}, element_type(g));
  return g.status();
}

REFLOW_OP("TensorListStack")
    .input("input_handle: variant")
    .input("element_shape: int32")
    .output("tensor: element_dtype")
    .attr("element_dtype: type")
    .attr("num_elements: int = -1")
    .doc("The elements of the list as rows of one tensor; `num_elements` is how many there have to be, unless it is -1.")
    .shape(stack_shape)
    .kernel<Stack>(kCpu)
    .sets_outputs()
    .gradient([](GradContext& g) {
      g.dx(0) = g.op("TensorListFromTensor", {g.dy(0), shape_of_rows(g, g.dy(0))}, element_type(g));
    });

REFLOW_OP("TensorListFromTensor")
    .input("tensor: element_dtype")
    .input("element_shape: shape_type")
    .output("output_handle: variant")
    .attr("element_dtype: type")
    .attr("shape_type: {int32, int64}")
    .doc("The rows of a tensor as a list.")
    .shape(handle_outputs)
    .kernel<FromTensor>(kCpu)
    .sets_outputs()
    .gradient([](GradContext& g) {
      const Shape& shape = g.x(0).shape();
      AttrMap attrs = element_type(g);
      attrs.set("num_elements", shape.known_rank() && shape.rank() > 0 ? shape.dim(0) : int64_t{-1});
      g.dx(0) = g.op("TensorListStack", {g.dy(0), shape_of_rows(g, g.x(0))}, std::move(attrs));
    });

REFLOW_OP("TensorListGather")
    .input("input_handle: variant")
    .input("indices: int32")
    .input("element_shape: int32")
    .output("values: element_dtype")
    .attr("element_dtype: type")
    .doc("The elements `indices` of the list as rows of one tensor.")
    .shape(gather_shape)
    .kernel<Gather>(kCpu)
    .sets_outputs()
    .gradient([](GradContext& g) {
      const Endpoint shape = shape_of_rows(g, g.dy(0)), size = g.op("TensorListLength", {g.x(0)});
      const Endpoint reserved = g.op("TensorListReserve", {shape, size}, element_type(g));
      g.dx(0) = g.op("TensorListScatterIntoExistingList", {reserved, g.dy(0), g.x(1)}, element_type(g));
    });

REFLOW_OP("TensorListScatter")
    .input("tensor: element_dtype")
    .input("indices: int32")
    .input("element_shape: shape_type")
    .output("output_handle: variant")
    .attr("element_dtype: type")
    .attr("shape_type: {int32, int64}")
    .doc("A list with the rows of `tensor` as its elements `indices`.")
    .shape(handle_outputs)
    .kernel<Scatter>(kCpu)
    .sets_outputs()
    .gradient(scatter_gradient);

REFLOW_OP("TensorListScatterV2")
    .input("tensor: element_dtype")
    .input("indices: int32")
    .input("element_shape: shape_type")
    .input("num_elements: int32")
    .output("output_handle: variant")
    .attr("element_dtype: type")
    .attr("shape_type: {int32, int64}")
    .doc("TensorListScatter to a list of `num_elements`, unless that is -1.")
    .shape(handle_outputs)
    .kernel<Scatter>(kCpu)
    .sets_outputs()
    .gradient(scatter_gradient);

REFLOW_OP("TensorListScatterIntoExistingList")
    .input("input_handle: variant")
    .input("tensor: element_dtype")
    .input("indices: int32")
    .output("output_handle: variant")
    .attr("element_dtype: type")
    .doc("The list with the rows of `tensor` as its elements `indices`.")
    .shape(handle_outputs)
    .kernel<Scatter>(kCpu)
    .sets_outputs()
    .gradient([](GradContext& g) {
      g.dx(1) = gathered_rows(g, g.x(1), g.x(2));
      g.dx(0) = g.op("TensorListScatterIntoExistingList", {g.dy(0), g.zeros_like(g.x(1)), g.x(2)}, element_type(g));
    });

REFLOW_OP("TensorListConcat")
    .input("input_handle: variant")
    .output("tensor: element_dtype")
    .output("lengths: int64")
    .attr("element_dtype: type")
    .attr("element_shape: shape = { unknown_rank: true }")
    .doc("The elements of the list joined along their first dimensions, and the sizes of those.")
    .shape(unknown_shape)
    .kernel<Concat>(kCpu)
    .sets_outputs()
    .gradient(concat_gradient);

REFLOW_OP("TensorListConcatV2")
    .input("input_handle: variant")
    .input("element_shape: shape_type")
    .input("leading_dims: int64")
    .output("tensor: element_dtype")
    .output("lengths: int64")
    .attr("element_dtype: type")
    .attr("shape_type: {int32, int64}")
    .doc("TensorListConcat; elements that are not set are zeros with `leading_dims` as their first dimensions.")
    .shape(unknown_shape)
    .kernel<Concat>(kCpu)
    .sets_outputs()
    .gradient(concat_gradient);

REFLOW_OP("TensorListSplit")
    .input("tensor: element_dtype")
    .input("element_shape: shape_type")
    .input("lengths: int64")
    .output("output_handle: variant")
    .attr("element_dtype: type")
    .attr("shape_type: {int32, int64}")
    .doc("A list of parts of `tensor`, lengths[i] rows each.")
    .shape(handle_outputs)
    .kernel<Split>(kCpu)
    .sets_outputs()
    .gradient([](GradContext& g) {
      AttrMap attrs = element_type(g);
      GradContext::Scope scope(g.graph(), "TensorListConcatV2");
      const Endpoint unknown = constant_int(g, -1, "element_shape");
      Node* joined = g.ops("TensorListConcatV2", {g.dy(0), unknown, g.x(2)}, std::move(attrs), scope.name());
      if (joined != nullptr) g.dx(0) = joined->output(0);
    });

REFLOW_OP("TensorListConcatLists")
    .input("input_a: variant")
    .input("input_b: variant")
    .output("output: variant")
    .attr("element_dtype: type")
    .doc("The elements of one list and those of another, in one.")
    .shape(unchanged_shape)
    .kernel<ConcatLists>(kCpu)
    .sets_outputs()
    .not_differentiable();

REFLOW_OP("TensorListPushBackBatch")
    .input("input_handles: variant")
    .input("tensor: element_dtype")
    .output("output_handles: variant")
    .attr("element_dtype: type")
    .doc("Lists with the rows of `tensor` at their ends, one each.")
    .shape(unchanged_shape)
    .kernel<PushBackBatch>(kCpu)
    .sets_outputs()
    .not_differentiable();

}  // namespace
}  // namespace reflow::ops
