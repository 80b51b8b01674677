// TensorArrays: making them and their gradients, reading and writing one element, size, close.

#include <atomic>
#include <string>

#include "reflow/ops/control/tensor_array.h"
#include "reflow/ops/control/tensor_array_shape.h"

namespace reflow::ops {
namespace {

using namespace ::reflow::op;

class MakeTensorArray : public Kernel {
 public:
  explicit MakeTensorArray(KernelInit& c) {
    options_.name = c.attr<std::string>("tensor_array_name");
    if (options_.name.empty()) options_.name = c.node().name();
    options_.dtype = c.attr<DType>("dtype");
    options_.element_shape = c.attr<Shape>("element_shape");
    options_.identical_element_shapes = c.attr_or("identical_element_shapes", false);
    options_.dynamic_size = c.attr<bool>("dynamic_size");
    options_.clear_after_read = c.attr<bool>("clear_after_read");
  }

  Status compute(KernelContext& c) override {
    const Tensor& size = c.input(0);
    if (size.rank() != 0) {
      return invalid_argument("TensorArray size must be scalar, but had shape: {}", size.shape().str());
    }
    const int32_t n = size.item<int32_t>();
    if (n < 0) return invalid_argument("Size should be >= 0.");
    static std::atomic<int64_t> counter{0};
    TensorArray::Options options = options_;
    options.name += fmt::format("_{}", counter.fetch_add(1, std::memory_order_relaxed));
    if (c.num_outputs() > 1) c.set_output(1, Tensor::scalar(0.0f));
    return give_array(c, std::make_shared<TensorArray>(std::move(options), n));
  }

 private:
  TensorArray::Options options_;
};

class TensorArrayGrad : public Kernel {
 public:
  explicit TensorArrayGrad(KernelInit& c) : source_(c.attr<std::string>("source")) {}

  Status compute(KernelContext& c) override {
    ASSIGN_OR_RETURN(TensorArray * array, tensor_array_of(c));
    Shape prepended;
    if (c.num_inputs() > 2) {
      for (const int32_t dim : c.input(2).flat<int32_t>()) {
        if (dim < 0) return invalid_argument("Dimension {} must be >= 0", dim);
        if (prepended.rank() >= 8) return invalid_argument("Too many dimensions to prepend");
        prepended.add_dim(dim);
      }
    }
    ASSIGN_OR_RETURN(std::shared_ptr<TensorArray> gradient, array->gradient(source_, prepended));
    if (c.num_outputs() > 1) c.forward(1, 1);
    return give_array(c, std::move(gradient));
  }

 private:
  std::string source_;
};

StatusOr<int32_t> index_of(const Tensor& index) {
  if (index.rank() != 0) return invalid_argument("TensorArray index must be scalar, but had shape: {}", index.shape().str());
  return index.item<int32_t>();
}

class TensorArrayWrite : public Kernel {
 public:
  explicit TensorArrayWrite(KernelInit&) {}
  Status compute(KernelContext& c) override {
    ASSIGN_OR_RETURN(TensorArray * array, tensor_array_of(c));
    ASSIGN_OR_RETURN(const int32_t index, index_of(c.input(1)));
    RETURN_IF_ERROR(check_written_type(*array, c.input(2).dtype()));
    RETURN_IF_ERROR(array->write(index, c.input(2).retained()));
    c.forward(3, 0);
    return OkStatus();
  }
};

class TensorArrayRead : public Kernel {
 public:
  explicit TensorArrayRead(KernelInit& c) : dtype_(c.attr<DType>("dtype")) {}
  Status compute(KernelContext& c) override {
    ASSIGN_OR_RETURN(TensorArray * array, tensor_array_of(c));
    ASSIGN_OR_RETURN(const int32_t index, index_of(c.input(1)));
    RETURN_IF_ERROR(check_read_type(*array, dtype_));
    ASSIGN_OR_RETURN(Tensor value, array->read(index));
    c.set_output(0, std::move(value));
    return OkStatus();
  }

 private:
  DType dtype_;
};

class TensorArraySize : public Kernel {
 public:
  explicit TensorArraySize(KernelInit&) {}
  Status compute(KernelContext& c) override {
    ASSIGN_OR_RETURN(TensorArray * array, tensor_array_of(c));
    ASSIGN_OR_RETURN(const int64_t size, array->size());
    c.set_output(0, Tensor::scalar(static_cast<int32_t>(size)));
    return OkStatus();
  }
};

class TensorArrayClose : public Kernel {
 public:
  explicit TensorArrayClose(KernelInit&) {}
  Status compute(KernelContext& c) override {
    ASSIGN_OR_RETURN(TensorArray * array, tensor_array_of(c));
    array->close();
    return OkStatus();
  }
};

// TensorFlow says that handles have two elements, which those that are strings do have.
void put_handle_shapes(ShapeContext& c) {
  const bool has_one = c.concrete() && c.node().output_type(0) == DType::kResource;
  c.set_output(0, has_one ? Shape{} : Shape{2});
  if (c.num_outputs() > 1) c.set_output(1, Shape{});
}

Status make_shape(ShapeContext& c) {
  Shape size;
  if (!c.concrete()) RETURN_IF_ERROR(c.with_rank(c.input(0), 0, &size));
  put_handle_shapes(c);
  return OkStatus();
}

Status grad_shape(ShapeContext& c) {
  RETURN_IF_ERROR(check_array_handle(c));
  put_handle_shapes(c);
  return OkStatus();
}

Status write_shape(ShapeContext& c) {
  RETURN_IF_ERROR(check_array_handle(c));
  Shape scalar;
  if (!c.concrete()) RETURN_IF_ERROR(c.with_rank(c.input(1), 0, &scalar));
  RETURN_IF_ERROR(c.with_rank(c.input(3), 0, &scalar));
  c.set_output(0, Shape{});
  return OkStatus();
}

Status read_shape(ShapeContext& c) {
  RETURN_IF_ERROR(check_array_handle(c));
  Shape scalar;
  if (!c.concrete()) RETURN_IF_ERROR(c.with_rank(c.input(1), 0, &scalar));
  RETURN_IF_ERROR(c.with_rank(c.input(2), 0, &scalar));
  c.set_output(0, array_element_shape(c, c.attr_or("dtype", DType::kInvalid)));
  return OkStatus();
}

Status size_shape(ShapeContext& c) {
  RETURN_IF_ERROR(check_array_handle(c));
  c.set_output(0, Shape{});
  return OkStatus();
}

Status close_shape(ShapeContext& c) { return check_array_handle(c); }

// The gradient of an element that is read is written to the gradient's element.
Status read_grad(GradContext& g) {
  const Endpoint dy = g.dy(0);
  if (!dy) return g.status();
  const GradArray array = gradient_array(g, g.x(0), g.x(2), dy);
  GradContext::Scope scope(g.graph(), "TensorArrayWrite");
  g.dx(2) = g.op("TensorArrayWriteV3", {array.handle, g.x(1), dy, array.flow});
  return g.status();
}

Status write_grad(GradContext& g) {
  const Endpoint flow = g.dy(0);
  if (!flow) return g.status();
  const GradArray array = gradient_array(g, g.x(0), flow, flow);
  g.dx(2) = g.op("TensorArrayReadV3", {array.handle, g.x(1), array.flow}, {{"dtype", g.attr<DType>("T")}});
  g.dx(3) = flow;
  return g.status();
}

REFLOW_OP("TensorArrayV3")
    .input("size: int32")
    .output("handle: resource")
    .output("flow: float")
    .attr("dtype: type")
    .attr("element_shape: shape = { unknown_rank: true }")
    .attr("dynamic_size: bool = false")
    .attr("clear_after_read: bool = true")
    .attr("identical_element_shapes: bool = false")
    .attr("tensor_array_name: string = ''")
    .stateful()
    .doc("Makes an array of `size` tensors, to be filled and read one by one. `flow` orders the ops that use it: each takes "
         "that of the one before.")
    .shape(make_shape)
    .kernel<MakeTensorArray>(kCpu)
    .sets_outputs()
    .not_differentiable();

REFLOW_OP("TensorArrayGradV3")
    .input("handle: resource")
    .input("flow_in: float")
    .output("grad_handle: resource")
    .output("flow_out: float")
    .attr("source: string")
    .stateful()
    .doc("The TensorArray for the gradients of another's elements, in the gradient computation called `source`. What is "
         "written to one element adds up.")
    .shape(grad_shape)
    .kernel<TensorArrayGrad>(kCpu)
    .sets_outputs()
    .not_differentiable();

REFLOW_OP("TensorArrayGradWithShape")
    .input("handle: resource")
    .input("flow_in: float")
    .input("shape_to_prepend: int32")
    .output("grad_handle: resource")
    .output("flow_out: float")
    .attr("source: string")
    .stateful()
    .doc("As TensorArrayGradV3, with elements that have the dimensions `shape_to_prepend` before those of the other array.")
    .shape(grad_shape)
    .kernel<TensorArrayGrad>(kCpu)
    .sets_outputs()
    .not_differentiable();

// The ops before them, of old graphs.
REFLOW_OP("TensorArrayV2")
    .input("size: int32")
    .output("handle: string")
    .attr("dtype: type")
    .attr("element_shape: shape = { unknown_rank: true }")
    .attr("dynamic_size: bool = false")
    .attr("clear_after_read: bool = true")
    .attr("tensor_array_name: string = ''")
    .stateful()
    .deprecated(26, "Use TensorArrayV3")
    .doc("TensorArrayV3 with a handle of strings.")
    .shape(make_shape)
    .kernel<MakeTensorArray>(kCpu)
    .sets_outputs()
    .not_differentiable();

REFLOW_OP("TensorArray")
    .input("size: int32")
    .output("handle: Ref(string)")
    .attr("dtype: type")
    .attr("dynamic_size: bool = false")
    .attr("clear_after_read: bool = true")
    .attr("tensor_array_name: string = ''")
    .attr("element_shape: shape = { unknown_rank: true }")
    .stateful()
    .deprecated(16, "Use TensorArrayV3")
    .doc("TensorArrayV3 with a handle that is a reference to strings.")
    .shape(unknown_shape)
    .kernel<MakeTensorArray>(kCpu)
    .sets_outputs()
    .not_differentiable();

REFLOW_OP("TensorArrayGradV2")
    .input("handle: string")
    .input("flow_in: float")
    .output("grad_handle: string")
    .attr("source: string")
    .stateful()
    .deprecated(26, "Use TensorArrayGradV3")
    .doc("TensorArrayGradV3 with handles of strings.")
    .shape(grad_shape)
    .kernel<TensorArrayGrad>(kCpu)
    .sets_outputs()
    .not_differentiable();

REFLOW_OP("TensorArrayGrad")
    .input("handle: string")
    .input("flow_in: float")
    .output("grad_handle: Ref(string)")
    .attr("source: string")
    .stateful()
    .deprecated(16, "Use TensorArrayGradV3")
    .doc("TensorArrayGradV3 with a handle that is a reference to strings.")
    .shape(unknown_shape)
    .kernel<TensorArrayGrad>(kCpu)
    .sets_outputs()
    .not_differentiable();

OpBuilder write_op(int version) {
  return array_op("TensorArrayWrite", version, write_shape)
      .input("index: int32")
      .input("value: T")
      .input("flow_in: float")
      .output("flow_out: float")
      .attr("T: type")
      .doc("Makes `value` the element `index`. An element is written once.")
      .kernel<TensorArrayWrite>(kCpu)
      .gradient(write_grad);
}

OpBuilder read_op(int version) {
  return array_op("TensorArrayRead", version, read_shape)
      .input("index: int32")
      .input("flow_in: float")
      .output("value: dtype")
      .attr("dtype: type")
      .doc("The element `index`.")
      .kernel<TensorArrayRead>(kCpu)
      .gradient(read_grad);
}

OpBuilder size_op(int version) {
  return array_op("TensorArraySize", version, size_shape)
      .input("flow_in: float")
      .output("size: int32")
      .doc("The number of elements.")
      .kernel<TensorArraySize>(kCpu)
      .not_differentiable();
}

OpBuilder close_op(int version) {
  return array_op("TensorArrayClose", version, close_shape)
      .doc("Frees the elements; the array can't be used any more.")
      .kernel<TensorArrayClose>(kCpu)
      .not_differentiable();
}

const OpRegistrar kOps[] = {
    write_op(3),
    write_op(2).deprecated(26, "Use TensorArrayWriteV3"),
    write_op(1).deprecated(16, "Use TensorArrayWriteV3"),
    read_op(3),
    read_op(2).deprecated(26, "Use TensorArrayReadV3"),
    read_op(1).deprecated(16, "Use TensorArrayReadV3"),
    size_op(3),
    size_op(2).deprecated(26, "Use TensorArraySizeV3"),
    size_op(1).deprecated(16, "Use TensorArraySizeV3"),
    close_op(3),
    close_op(2).deprecated(26, "Use TensorArrayCloseV3"),
    close_op(1).deprecated(16, "Use TensorArrayCloseV3"),
};

}  // namespace
}  // namespace reflow::ops
