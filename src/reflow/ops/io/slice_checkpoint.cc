// Checkpoints V1: one table for each file, in which tensors lie in slices.

#include <string>

#include "reflow/formats/slice_file_reader.h"
#include "reflow/formats/slice_file_writer.h"
#include "reflow/op/op.h"
#include "reflow/ops/io/checkpoint_inputs.h"
#include "reflow/ops/io/restore_slices.h"

namespace reflow::ops {

using namespace ::reflow::op;

StatusOr<Tensor> restore_from_slices(const formats::SliceFileReader& reader, const std::string& name, DType dtype,
                                     const std::string& shape_and_slice) {
  const auto found = reader.tensors().find(name);
  if (found == reader.tensors().end()) return reader.read(name);  // which says so
  const formats::SliceFileReader::SavedTensor& saved = found->second;
  if (saved.dtype != dtype) {
    return invalid_argument("Expected to restore a tensor of type {}, got a tensor of type {} instead: tensor_name = {}",
                            dtype_spec_name(dtype), dtype_spec_name(saved.dtype), name);
  }
  if (shape_and_slice.empty()) return reader.read(name);
  ASSIGN_OR_RETURN(const formats::ShapeAndSlice spec, formats::parse_shape_and_slice(shape_and_slice));
  if (spec.shape != saved.shape) {
    return invalid_argument("Shape in shape_and_slice spec does not match the shape in the save file: {}, save file shape: {}",
                            spec.shape.str(), saved.shape.str());
  }
  return reader.read(name, spec.slice);
}

namespace {

class SaveSlices : public Kernel {
 public:
  explicit SaveSlices(KernelInit& init) : num_fixed_(init.node().type() == "Save" ? 2 : 3) {}
  Status compute(KernelContext& c) override {
    if (c.input(0).num_elements() != 1) {
      return invalid_argument("Input 0 (filename) must be a string scalar; got a tensor of {}elements",
                              c.input(0).num_elements());
    }
    const auto names = c.input(1).flat<std::string>();
    const auto n = static_cast<int>(names.size());
    if (num_fixed_ == 3 && c.input(2).num_elements() != n) {
      return invalid_argument("Expected {} elements for the tensor shapes and slices but got {}", n, c.input(2).num_elements());
    }
    if (c.num_inputs() != n + num_fixed_) {
      return invalid_argument("Expected totally {} inputs as input #1 (which is a string tensor of saved names) contains {} "
                              "names, but received {} inputs", n + num_fixed_, n, c.num_inputs());
    }
    ASSIGN_OR_RETURN(const auto writer, formats::SliceFileWriter::create(c.input(0).item<std::string>()));
    for (int i = 0; i < n; ++i) {
      const std::string text = num_fixed_ == 3 ? c.input(2).data<std::string>()[i] : "";
      RETURN_IF_ERROR(add(*writer, names[static_cast<size_t>(i)], text, c.input(num_fixed_ + i)));
    }
    return writer->finish();
  }

 private:
  static Status add(formats::SliceFileWriter& writer, const std::string& name, const std::string& text, const Tensor& tensor) {
    if (text.empty()) {
      return writer.add(name, tensor.shape(), formats::TensorSlice::whole(tensor.rank()), tensor);
    }
    ASSIGN_OR_RETURN(const formats::ShapeAndSlice spec, formats::parse_shape_and_slice(text));
    if (spec.slice_shape != tensor.shape()) {
      return invalid_argument("Slice in shape_and_slice specification does not match the shape of the tensor to  save: {}, "
                              "tensor: {}", text, tensor.shape().str());
    }
    return writer.add(name, spec.shape, spec.slice, tensor);
  }

  int num_fixed_;  // inputs before the tensors
};

class RestoreSlice : public Kernel {
 public:
  explicit RestoreSlice(KernelInit& init) : dtype_(init.attr<DType>("dt")) {}
  Status compute(KernelContext& c) override {
    if (c.input(0).num_elements() != 1) {
      return invalid_argument("Input 0 (file_pattern) must be a string scalar; got a tensor of {}elements",
                              c.input(0).num_elements());
    }
    if (c.input(1).num_elements() < 1) return invalid_argument("Input 1 (file_pattern) must be a have at least 1 elements");
    ASSIGN_OR_RETURN(const auto reader, formats::SliceFileReader::open(c.input(0).item<std::string>()));
    const std::string slice = c.num_inputs() > 2 && c.input(2).num_elements() > 0 ? c.input(2).item<std::string>() : "";
    ASSIGN_OR_RETURN(Tensor value, restore_from_slices(*reader, c.input(1).item<std::string>(), dtype_, slice));
    c.set_output(0, std::move(value));
    return OkStatus();
  }

 private:
  DType dtype_;
};

Status save_shape(ShapeContext& c) {
  Shape shape;
  RETURN_IF_ERROR(c.with_rank(c.input(0), 0, &shape));
  return c.with_rank(c.input(1), 1, &shape);
}

Status restored_shape(ShapeContext& c) {
  Shape scalar;
  RETURN_IF_ERROR(c.with_rank(c.input(0), 0, &scalar));
  RETURN_IF_ERROR(c.with_rank(c.input(1), 0, &scalar));
  c.set_output(0, Shape::unknown());
  return OkStatus();
}

// With the shape that a constant `shape_and_slice` says.
Status restored_slice_shape(ShapeContext& c) {
  RETURN_IF_ERROR(restored_shape(c));
  Shape scalar;
  RETURN_IF_ERROR(c.with_rank(c.input(2), 0, &scalar));
  const Tensor* text = c.value(2);
  if (!text || text->item<std::string>().empty()) return OkStatus();
  ASSIGN_OR_RETURN(const formats::ShapeAndSlice spec, formats::parse_shape_and_slice(text->item<std::string>()));
  c.set_output(0, spec.slice_shape);
  return OkStatus();
}

REFLOW_OP("Save")
    .input("filename: string")
    .input("tensor_names: string")
    .input("data: T")
    .attr("T: list(type) >= 1")
    .stateful()
    .doc("Saves whole tensors in a checkpoint V1. `tensor_names` is a vector with a name for each.")
    .shape(save_shape)
    .kernel<SaveSlices>(kCpu)
    .sets_outputs();

REFLOW_OP("SaveSlices")
    .input("filename: string")
    .input("tensor_names: string")
    .input("shapes_and_slices: string")
    .input("data: T")
    .attr("T: list(type) >= 1")
    .stateful()
    .doc("Saves tensors in a checkpoint V1. An empty string of `shapes_and_slices` stands for the whole tensor.")
    .shape(checkpoint_names_shape)
    .kernel<SaveSlices>(kCpu)
    .sets_outputs();

REFLOW_OP("Restore")
    .input("file_pattern: string")
    .input("tensor_name: string")
    .output("tensor: dt")
    .attr("dt: type")
    .attr("preferred_shard: int = -1")
    .stateful()
    .doc("Restores a whole tensor from the files of a checkpoint V1. `preferred_shard` says nothing here.")
    .shape(restored_shape)
    .kernel<RestoreSlice>(kCpu)
    .sets_outputs();

REFLOW_OP("RestoreSlice")
    .input("file_pattern: string")
    .input("tensor_name: string")
    .input("shape_and_slice: string")
    .output("tensor: dt")
    .attr("dt: type")
    .attr("preferred_shard: int = -1")
    .stateful()
    .doc("Restores a part of a tensor from the files of a checkpoint V1: `shape_and_slice` \"4 10 0,2:-\" is the first two "
         "rows of a [4,10], an empty string all of it.")
    .shape(restored_slice_shape)
    .kernel<RestoreSlice>(kCpu)
    .sets_outputs();

}  // namespace
}  // namespace reflow::ops
