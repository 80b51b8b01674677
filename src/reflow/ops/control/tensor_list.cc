// Lists of tensors, which are values: TensorListReserve, TensorListPushBack, TensorListGetItem and others that deal with
// one element. tensor_list_blocks.cc has those that take lists apart and together.

#include "tensor_list.h"

#include <cstring>
#include <string>
#include <utility>

#include "reflow/op/gradient_ops.h"
#include "reflow/op/indices.h"
#include "reflow/op/variant_ops.h"

namespace reflow::ops {

StatusOr<const TensorList*> list_at(KernelContext& c, int i, DType dtype) {
  const Tensor& input = c.input(i);
  const TensorList* list = input.num_elements() == 1 ? input.item<Variant>().get<TensorList>() : nullptr;
  if (list == nullptr) return invalid_argument("Input handle is not a list. Saw: '{}'", input.debug_string());
  if (dtype != DType::kInvalid && list->dtype != dtype) {
    return invalid_argument("Invalid data types; op elements {} but list elements {}", dtype_spec_name(dtype), dtype_spec_name(list->dtype));
  }
  return list;
}

Tensor list_handle(TensorList list) { return Tensor::scalar(Variant::of("tensorflow::TensorList", std::move(list))); }

StatusOr<Shape> element_shape_at(KernelContext& c, int i) {
  const Tensor& value = c.input(i);
  if (value.rank() == 0) {
    if (IndexReader(value)[0] == -1) return Shape::unknown();
    return invalid_argument("The only valid scalar shape tensor is the fully unknown shape specified as -1.");
  }
  Shape shape;
  RETURN_IF_ERROR(shape_from_tensor(value, &shape));
  return shape;
}

StatusOr<Shape> merged_shapes(const Shape& a, const Shape& b) {
  if (!a.known_rank()) return b;
  if (!b.known_rank()) return a;
  if (!a.compatible_with(b)) return invalid_argument("Incompatible shapes during merge: {} vs. {}", a.str(), b.str());
  Shape merged = a;
  for (int d = 0; d < a.rank(); ++d) {
    if (a.dim(d) < 0) merged.set_dim(d, b.dim(d));
  }
  return merged;
}

Status element_shape_input(ShapeContext& c, int i, Shape* shape) {
  *shape = Shape::unknown();
  if (const Tensor* value = c.value(i)) return value->rank() == 0 ? OkStatus() : shape_from_tensor(*value, shape);
  if (c.input(i).rank() == 1) return c.value_as_shape(i, shape);
  return OkStatus();
}

Status merge_shapes_of_elements(const TensorList& list, Shape* shape) {
  return list.elements.for_each_used([&](int64_t, const Tensor& element) -> Status {
    if (!element.valid()) return OkStatus();
    ASSIGN_OR_RETURN(*shape, merged_shapes(*shape, element.shape()));
    return OkStatus();
  });
}

StatusOr<Tensor> element_or_zeros(const TensorList& list, int64_t index, const Shape& shape) {
  const Tensor& element = list.elements[index];
  if (element.valid()) return element;
  ASSIGN_OR_RETURN(Shape known, merged_shapes(list.element_shape, shape));
  if (!known.fully_defined()) RETURN_IF_ERROR(merge_shapes_of_elements(list, &known));
  if (!known.fully_defined()) {
    return invalid_argument("Trying to read an uninitialized element but element_shape is not fully defined: {}", known.str());
  }
  ASSIGN_OR_RETURN(Tensor zeros, allocate_tensor(list.dtype, known));
  if (is_plain(list.dtype) && zeros.size_bytes() > 0) std::memset(zeros.raw_data(), 0, zeros.size_bytes());
  return zeros;
}

namespace {

constexpr std::string_view kTypeName = "tensorflow::TensorList";

StatusOr<Variant> zeros_of(const Variant& x) {
  TensorList zeros = *x.get<TensorList>();
  RETURN_IF_ERROR(zeros.elements.for_each_used([](int64_t, Tensor& element) -> Status {
    if (!element.valid()) return OkStatus();
    ASSIGN_OR_RETURN(element, zeros_like(element));
    return OkStatus();
  }));
  return Variant::of(std::string(kTypeName), std::move(zeros));
}

StatusOr<Variant> sum_of(const Variant& x, const Variant& y) {
  const TensorList &a = *x.get<TensorList>(), &b = *y.get<TensorList>();
  if (a.dtype != b.dtype) {
    return invalid_argument("Trying to add two lists of tensors of different dtypes. One is {} and the other is {}",
                            dtype_spec_name(a.dtype), dtype_spec_name(b.dtype));
  }
  TensorList total = a;
  if (!a.element_shape.compatible_with(b.element_shape)) {
    return invalid_argument("Trying to add two lists of tensors with incompatible element shapes. One is {} and the other is {}",
                            a.element_shape.str(), b.element_shape.str());
  }
  ASSIGN_OR_RETURN(total.element_shape, merged_shapes(a.element_shape, b.element_shape));
  if (a.size() != b.size()) {
    return invalid_argument("Trying to add two lists of tensors with different lengths. One is {} and the other is {}", a.size(),
                            b.size());
  }
  RETURN_IF_ERROR(b.elements.for_each_used([&](int64_t i, const Tensor& element) -> Status {
    if (!element.valid()) return OkStatus();
    if (!a.elements[i].valid()) {
      total.elements[i] = element;
      return OkStatus();
    }
    ASSIGN_OR_RETURN(total.elements[i], sum(a.elements[i], element));
    return OkStatus();
  }));
  return Variant::of(std::string(kTypeName), std::move(total));
}

const VariantRegistrar kLists(kTypeName, {zeros_of, sum_of});

}  // namespace

Status handle_outputs(ShapeContext& c) {
  for (int i = 0; i < c.num_outputs(); ++i) c.set_output(i, Shape{});
  return OkStatus();
}

Endpoint shape_of_elements(GradContext& g, Endpoint list) {
  return g.op("TensorListElementShape", {list}, {{"shape_type", DType::kInt32}});
}

namespace {

StatusOr<int32_t> scalar_at(KernelContext& c, int i, const char* name) {
  if (c.input(i).num_elements() == 1) return c.input(i).item<int32_t>();
  return invalid_argument("{} expected to be a scalar  but got shape: {}", name, c.input(i).shape().str());
}

class MakeList : public Kernel {
 public:
  explicit MakeList(KernelInit& c) : dtype_(c.attr<DType>("element_dtype")), reserves_(c.node().type() == "TensorListReserve") {}
  Status compute(KernelContext& c) override {
    TensorList list;
    list.dtype = dtype_;
    ASSIGN_OR_RETURN(list.element_shape, element_shape_at(c, 0));
    ASSIGN_OR_RETURN(const int64_t size, scalar_at(c, 1, reserves_ ? "num_elements" : "max_num_elements"));
    if (!reserves_) {
      list.max_size = size;
    } else if (size < 0) {
      return invalid_argument("The num_elements to reserve must be a non negative number, but got {}", size);
    } else {
      list.elements.resize(size);
    }
    c.set_output(0, list_handle(std::move(list)));
    return OkStatus();
  }

 private:
  DType dtype_;
  bool reserves_;
};

// The list of input 0, to be changed into output 0: itself where that takes its place and nobody else has it, else a copy.
TensorList& changed_list(KernelContext& c) {
  const TensorList* list = c.input(0).item<Variant>().get<TensorList>();
  Tensor& output = c.output(0);
  if (!output.shares_buffer(c.input(0)) || list->weak_from_this().use_count() > 1) {
    Variant copy = Variant::of(std::string(kTypeName), *list);
    *output.data<Variant>() = std::move(copy);
    list = output.item<Variant>().get<TensorList>();
  }
  return const_cast<TensorList&>(*list);
}

class PushBack : public Kernel {
 public:
  explicit PushBack(KernelInit& c) : dtype_(c.attr<DType>("element_dtype")) {}
  Status compute(KernelContext& c) override {
    ASSIGN_OR_RETURN(const TensorList* list, list_at(c, 0, dtype_));
    const Tensor& value = c.input(1);
    if (!list->element_shape.compatible_with(value.shape())) {
      return invalid_argument("Tried to append a tensor with incompatible shape to a list. Op element shape: {} list shape: {}",
                              value.shape().str(), list->element_shape.str());
    }
    if (list->max_size >= 0 && list->size() >= list->max_size) {
      return invalid_argument("Tried to push item into a full list list size: {} max_num_elements: {}", list->size(), list->max_size);
    }
    changed_list(c).elements.push_back(value.retained());
    return OkStatus();
  }

 private:
  DType dtype_;
};

class PopBack : public Kernel {
 public:
  explicit PopBack(KernelInit& c) : dtype_(c.attr<DType>("element_dtype")) {}
  Status compute(KernelContext& c) override {
    ASSIGN_OR_RETURN(const TensorList* list, list_at(c, 0, dtype_));
    ASSIGN_OR_RETURN(const Shape shape, element_shape_at(c, 1));
    if (list->elements.empty()) return invalid_argument("Trying to pop from an empty list.");
    ASSIGN_OR_RETURN(Tensor last, element_or_zeros(*list, list->size() - 1, shape));
    changed_list(c).elements.pop_back();
    c.set_output(1, std::move(last));
    return OkStatus();
  }

 private:
  DType dtype_;
};

class GetItem : public Kernel {
 public:
  explicit GetItem(KernelInit& c) : dtype_(c.attr<DType>("element_dtype")) {}
  Status compute(KernelContext& c) override {
    ASSIGN_OR_RETURN(const TensorList* list, list_at(c, 0, dtype_));
    ASSIGN_OR_RETURN(const int32_t index, scalar_at(c, 1, "index"));
    if (index < 0 || index >= list->size()) {
      return invalid_argument("Trying to access element {} in a list with {} elements.", index, list->size());
    }
    ASSIGN_OR_RETURN(const Shape shape, element_shape_at(c, 2));
    ASSIGN_OR_RETURN(Tensor element, element_or_zeros(*list, index, shape));
    c.set_output(0, std::move(element));
    return OkStatus();
  }

 private:
  DType dtype_;
};

class SetItem : public Kernel {
 public:
  explicit SetItem(KernelInit& c) : dtype_(c.attr<DType>("element_dtype")) {}
  Status compute(KernelContext& c) override {
    ASSIGN_OR_RETURN(const TensorList* list, list_at(c, 0, dtype_));
    ASSIGN_OR_RETURN(const int32_t index, scalar_at(c, 1, "index"));
    const Tensor& value = c.input(2);
    if (!list->element_shape.compatible_with(value.shape())) {
      return invalid_argument("Tried to set a tensor with incompatible shape at a list index. Item element shape: {} list shape: {}",
                              value.shape().str(), list->element_shape.str());
    }
    if (index < 0 || index >= list->size()) {
      return invalid_argument("Trying to modify element {} in a list with {} elements.", index, list->size());
    }
    changed_list(c).elements[index] = value.retained();
    return OkStatus();
  }

 private:
  DType dtype_;
};

class Resize : public Kernel {
 public:
  explicit Resize(KernelInit&) {}
  Status compute(KernelContext& c) override {
    ASSIGN_OR_RETURN(const TensorList* list, list_at(c, 0, DType::kInvalid));
    ASSIGN_OR_RETURN(const int32_t size, scalar_at(c, 1, "size"));
    if (size < 0) return invalid_argument("TensorListSlice expects size to be non-negative. Got: {}", size);
    TensorList resized = *list;
    resized.elements.resize(size);
    c.set_output(0, list_handle(std::move(resized)));
    return OkStatus();
  }
};

class Length : public Kernel {
 public:
  explicit Length(KernelInit&) {}
  Status compute(KernelContext& c) override {
    ASSIGN_OR_RETURN(const TensorList* list, list_at(c, 0, DType::kInvalid));
    c.set_output(0, Tensor::scalar(static_cast<int32_t>(list->size())));
    return OkStatus();
  }
};

class ElementShape : public Kernel {
 public:
  explicit ElementShape(KernelInit& c) : type_(c.attr<DType>("shape_type")) {}
  Status compute(KernelContext& c) override {
    ASSIGN_OR_RETURN(const TensorList* list, list_at(c, 0, DType::kInvalid));
    const Shape& shape = list->element_shape;
    Tensor value(type_, shape.known_rank() ? Shape{shape.rank()} : Shape{});
    if (!shape.known_rank()) put_int(value, 0, -1);
    for (int d = 0; d < shape.rank(); ++d) put_int(value, d, shape.dim(d));
    c.set_output(0, std::move(value));
    return OkStatus();
  }

 private:
  DType type_;
};

Status pop_back_shape(ShapeContext& c) {
  Shape element;
  RETURN_IF_ERROR(element_shape_input(c, 1, &element));
  c.set_output(0, Shape{});
  c.set_output(1, c.concrete() ? Shape::unknown() : std::move(element));  // the element is put there as it is
  return OkStatus();
}

Status get_item_shape(ShapeContext& c) {
  Shape element;
  RETURN_IF_ERROR(element_shape_input(c, 2, &element));
  c.set_output(0, std::move(element));
  return OkStatus();
}

AttrMap element_type(GradContext& g) { return {{"element_dtype", g.attr<DType>("element_dtype")}}; }

REFLOW_OP("EmptyTensorList")
    .input("element_shape: shape_type")
    .input("max_num_elements: int32")
    .output("handle: variant")
    .attr("element_dtype: type")
    .attr("shape_type: {int32, int64}")
    .doc("An empty list for tensors of the shape; `max_num_elements` bounds it unless it is negative.")
    .shape(handle_outputs)
    .kernel<MakeList>(kCpu)
    .sets_outputs();

REFLOW_OP("TensorListReserve")
    .input("element_shape: shape_type")
    .input("num_elements: int32")
    .output("handle: variant")
    .attr("element_dtype: type")
    .attr("shape_type: {int32, int64}")
    .doc("A list of `num_elements` elements that are not set yet.")
    .shape(handle_outputs)
    .kernel<MakeList>(kCpu)
    .sets_outputs();

REFLOW_OP("TensorListPushBack")
    .input("input_handle: variant")
    .input("tensor: element_dtype")
    .output("output_handle: variant")
    .attr("element_dtype: type")
    .doc("The list with `tensor` at its end.")
    .shape(handle_outputs)
    .kernel<PushBack>(kCpu)
    .in_place(0, 0)
    .gradient([](GradContext& g) {
      const Endpoint shape = g.shape(g.x(1));
      Node* popped = g.ops("TensorListPopBack", {g.dy(0), shape}, element_type(g));
      if (popped == nullptr) return;
      g.dx(0) = popped->output(0);
      g.dx(1) = popped->output(1);
    });

REFLOW_OP("TensorListPopBack")
    .input("input_handle: variant")
    .input("element_shape: int32")
    .output("output_handle: variant")
    .output("tensor: element_dtype")
    .attr("element_dtype: type")
    .doc("The list without its last element, and that element.")
    .shape(pop_back_shape)
    .kernel<PopBack>(kCpu)
    .in_place(0, 0)
    .gradient([](GradContext& g) {
      Endpoint list = g.dy(0), element = g.dy(1);
      if (!list) {
        list = g.op("EmptyTensorList", {shape_of_elements(g, g.y(0)), constant_int(g, -1, "max_num_elements")}, element_type(g));
      }
      if (!element) element = g.zeros_like(g.y(1));
      g.dx(0) = g.op("TensorListPushBack", {list, element}, element_type(g));
    });

REFLOW_OP("TensorListLength")
    .input("input_handle: variant")
    .output("length: int32")
    .doc("How many elements the list has.")
    .shape(scalar_shape)
    .kernel<Length>(kCpu)
    .sets_outputs()
    .not_differentiable();

REFLOW_OP("TensorListElementShape")
    .input("input_handle: variant")
    .output("element_shape: shape_type")
    .attr("shape_type: {int32, int64}")
    .doc("What is known of the shape of the list's elements; -1 where nothing is.")
    .shape(unknown_shape)
    .kernel<ElementShape>(kCpu)
    .sets_outputs()
    .not_differentiable();

REFLOW_OP("TensorListGetItem")
    .input("input_handle: variant")
    .input("index: int32")
    .input("element_shape: int32")
    .output("item: element_dtype")
    .attr("element_dtype: type")
    .doc("The element `index` of the list; zeros where it isn't set.")
    .shape(get_item_shape)
    .kernel<GetItem>(kCpu)
    .sets_outputs()
    .gradient([](GradContext& g) {
      const Endpoint size = g.op("TensorListLength", {g.x(0)});
      const Endpoint reserved = g.op("TensorListReserve", {shape_of_elements(g, g.x(0)), size}, element_type(g));
      g.dx(0) = g.op("TensorListSetItem", {reserved, g.x(1), g.dy(0)}, element_type(g));
    });

REFLOW_OP("TensorListSetItem")
    .input("input_handle: variant")
    .input("index: int32")
    .input("item: element_dtype")
    .output("output_handle: variant")
    .attr("element_dtype: type")
    .doc("The list with `item` as its element `index`.")
    .shape(handle_outputs)
    .kernel<SetItem>(kCpu)
    .in_place(0, 0)
    .gradient([](GradContext& g) {
      g.dx(0) = g.op("TensorListSetItem", {g.dy(0), g.x(1), g.zeros_like(g.x(2))}, element_type(g));
      const Endpoint shape = g.shape(g.x(2));
      g.dx(2) = g.op("TensorListGetItem", {g.dy(0), g.x(1), shape}, element_type(g));
    });

REFLOW_OP("TensorListResize")
    .input("input_handle: variant")
    .input("size: int32")
    .output("output_handle: variant")
    .stateful()
    .doc("The list with `size` elements: cut off, or with others at its end that are not set.")
    .shape(handle_outputs)
    .kernel<Resize>(kCpu)
    .sets_outputs()
    .gradient([](GradContext& g) {
      const Endpoint size = g.op("TensorListLength", {g.x(0)});
      g.dx(0) = g.op("TensorListResize", {g.dy(0), size});
    });

}  // namespace
}  // namespace reflow::ops
