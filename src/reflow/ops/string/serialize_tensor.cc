// Tensors as the bytes of a TensorProto, and back.

#include <string>

#include "reflow/op/op.h"
#include "reflow/tensor/serialized_tensor_proto.h"

namespace reflow::ops {
namespace {

using namespace ::reflow::op;

class SerializeTensor : public Kernel {
 public:
  explicit SerializeTensor(KernelInit&) {}
  Status compute(KernelContext& c) override {
    const Tensor& in = c.input(0);
    const TensorForm form = in.dtype() == DType::kString ? TensorForm::kFields : TensorForm::kContent;
    ASSIGN_OR_RETURN(*c.output(0).data<std::string>(), serialized_tensor(in, form));
    return OkStatus();
  }
};

REFLOW_OP("SerializeTensor")
    .input("tensor: T")
    .output("serialized: string")
    .attr("T: type")
    .doc("The tensor as the bytes of a TensorProto.")
    .shape(scalar_shape)
    .kernel<SerializeTensor>(kCpu)
    .not_differentiable();

class ParseTensor : public Kernel {
 public:
  explicit ParseTensor(KernelInit& c) : type_(c.attr<DType>("out_type")) {}
  Status compute(KernelContext& c) override {
    const Tensor& in = c.input(0);
    if (in.rank() != 0) {
      return invalid_argument("Expected `serialized` to be a scalar, got shape: {}", in.shape().str());
    }
    ASSIGN_OR_RETURN(Tensor parsed, parsed_tensor(in.item<std::string>()));
    if (parsed.dtype() != type_) {
      return invalid_argument("Type mismatch between parsed tensor ({}) and dtype ({})", dtype_spec_name(parsed.dtype()),
                              dtype_spec_name(type_));
    }
    c.set_output(0, std::move(parsed));
    return OkStatus();
  }

 private:
  DType type_;
};

REFLOW_OP("ParseTensor")
    .input("serialized: string")
    .output("output: out_type")
    .attr("out_type: type")
    .doc("The tensor of which `serialized` is the TensorProto; it has to be of `out_type`.")
    .shape(unknown_shape)
    .kernel<ParseTensor>(kCpu)
    .sets_outputs()
    .not_differentiable();

}  // namespace
}  // namespace reflow::ops
