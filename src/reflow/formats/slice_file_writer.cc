#include "reflow/formats/slice_file_writer.h"

#include <tensorflow/core/util/saved_tensor_slice.pb.h>

#include "reflow/formats/slice_proto.h"
#include "reflow/io/table.h"
#include "reflow/tensor/tensor_proto.h"

namespace reflow::formats {
namespace {

constexpr int kVersion = 1;
constexpr size_t kMostBytes = (size_t{1} << 31) - 1;  // of a message

// What TensorFlow writes and reads in V1.
bool is_saved(DType type) {
  const bool newer = type == DType::kBfloat16 || type == DType::kUint32 || type == DType::kUint64;
  return (is_plain(type) && !newer) || type == DType::kString;
}

// At most, of one element as a field.
int64_t element_bytes(DType type) {
  switch (base_type(type)) {
    case DType::kFloat32: return 4;
    case DType::kFloat64: case DType::kComplex64: return 8;
    case DType::kComplex128: return 16;
    case DType::kBool: return 1;
    case DType::kHalf: case DType::kUint16: return 3;
    default: return 10;
  }
}

}  // namespace

struct SliceFileWriter::Metadata {
  tensorflow::SavedTensorSlices message;
  std::map<std::string, int, std::less<>> index;  // of tensors in the message, by name
};

SliceFileWriter::SliceFileWriter(std::unique_ptr<io::StagedFile> file)
    : file_(std::move(file)), metadata_(std::make_unique<Metadata>()) {
  metadata_->message.mutable_meta()->mutable_versions()->set_producer(kVersion);
}

SliceFileWriter::~SliceFileWriter() = default;

StatusOr<std::unique_ptr<SliceFileWriter>> SliceFileWriter::create(std::string_view path) {
  ASSIGN_OR_RETURN(std::unique_ptr<io::StagedFile> file, io::StagedFile::create(path));
  return std::unique_ptr<SliceFileWriter>(new SliceFileWriter(std::move(file)));
}

Status SliceFileWriter::add(std::string_view name, const Shape& shape, const TensorSlice& slice, const Tensor& tensor) {
  if (!is_saved(tensor.dtype())) {
    return unimplemented("Saving data type {} not yet supported", dtype_spec_name(tensor.dtype()));
  }
  size_t bound = name.size() + 1024;
  if (tensor.dtype() == DType::kString) {
    for (const std::string& s : tensor.flat<std::string>()) bound += s.size() + 6;
  } else {
    bound += static_cast<size_t>(tensor.num_elements() * element_bytes(tensor.dtype()));
  }
  if (bound > kMostBytes) {
    return invalid_argument("Tensor slice is too large to serialize (conservative estimate: {} bytes)", bound);
  }
  auto& tensors = *metadata_->message.mutable_meta()->mutable_tensor();
  const auto [found, inserted] = metadata_->index.try_emplace(std::string(name), tensors.size());
  if (inserted) {
    auto* added = tensors.Add();
    added->set_name(std::string(name));
    shape_to_proto(shape, added->mutable_shape());
    added->set_type(static_cast<tensorflow::DataType>(tensor.dtype()));
  }
  auto& known = tensors[found->second];
  ASSIGN_OR_RETURN(const Shape known_shape, shape_from_proto(known.shape()));
  if (known_shape != shape) {
    return internal_error("Mismatching shapes: existing tensor = {}, trying to add name {}, shape = {}", known_shape.str(),
                          name, shape.str());
  }
  if (known.type() != static_cast<int>(tensor.dtype())) {
    return internal_error("Mismatching types: existing type = {}, trying to add name {}, type = {}",
                          dtype_spec_name(static_cast<DType>(known.type())), name, dtype_spec_name(tensor.dtype()));
  }
  slice_to_proto(slice, known.add_slice());

  tensorflow::SavedTensorSlices message;
  message.mutable_data()->set_name(std::string(name));
  slice_to_proto(slice, message.mutable_data()->mutable_slice());
  auto* data = message.mutable_data()->mutable_data();
  RETURN_IF_ERROR(tensor_to_proto(tensor, data, TensorForm::kFields));
  data->clear_dtype();  // both are said by the metadata
  data->clear_tensor_shape();
  std::string bytes;
  if (!message.SerializeToString(&bytes)) return internal_error("Trouble serializing the slice of {}", name);
  values_.emplace(slice_key(name, slice), std::move(bytes));
  return OkStatus();
}

Status SliceFileWriter::finish() {
  io::TableWriter table(file_.get());
  std::string metadata;
  if (!metadata_->message.SerializeToString(&metadata)) return internal_error("The metadata of a checkpoint are too large");
  RETURN_IF_ERROR(table.add("", metadata));
  for (const auto& [key, value] : values_) RETURN_IF_ERROR(table.add(key, value));
  RETURN_IF_ERROR(table.finish());
  RETURN_IF_ERROR(file_->close());
  return file_->commit();
}

}  // namespace reflow::formats
