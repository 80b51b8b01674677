#include "reflow/formats/slice_file_reader.h"

#include <glob.h>
#include <google/protobuf/io/coded_stream.h>
#include <tensorflow/core/util/saved_tensor_slice.pb.h>

#include <algorithm>
#include <cstring>

#include "reflow/formats/slice_proto.h"
#include "reflow/io/file.h"
#include "reflow/tensor/checked_size.h"
#include "reflow/tensor/tensor_proto.h"

namespace reflow::formats {
namespace {

std::vector<std::string> matching_files(const std::string& pattern) {
  glob_t found{};
  std::vector<std::string> paths;
  if (::glob(pattern.c_str(), 0, nullptr, &found) == 0) paths.assign(found.gl_pathv, found.gl_pathv + found.gl_pathc);
  ::globfree(&found);
  if (paths.empty() && io::file_exists(pattern)) paths.push_back(pattern);  // a name with brackets of its own
  return paths;
}

bool parse(tensorflow::SavedTensorSlices& message, std::string_view bytes) {
  return bytes.size() <= INT32_MAX && message.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()));
}

// "Data loss: not an sstable": how TensorFlow writes a status into a message.
std::string text_of(const Status& status) {
  const bool data_loss = status.code() == StatusCode::kDataLoss;
  std::string text = data_loss ? "Data loss" : std::string(absl::StatusCodeToString(status.code()));
  text.append(": ").append(message_of(status));
  if (data_loss) {
    text += ": perhaps your file is in a different file format and you need to use a different restore operator?";
  }
  return text;
}

// The number of values that a message of the type has.
int64_t num_values(const tensorflow::TensorProto& proto, DType type) {
  switch (type) {
    case DType::kFloat32: return proto.float_val_size();
    case DType::kFloat64: return proto.double_val_size();
    case DType::kComplex64: return proto.scomplex_val_size() / 2;
    case DType::kComplex128: return proto.dcomplex_val_size() / 2;
    case DType::kInt64: return proto.int64_val_size();
    case DType::kBool: return proto.bool_val_size();
    case DType::kHalf: case DType::kBfloat16: return proto.half_val_size();
    case DType::kString: return proto.string_val_size();
    case DType::kUint32: return proto.uint32_val_size();
    case DType::kUint64: return proto.uint64_val_size();
    default: return proto.int_val_size();
  }
}

}  // namespace

StatusOr<std::unique_ptr<SliceFileReader>> SliceFileReader::open(std::string_view pattern) {
  ASSIGN_OR_RETURN(std::string local, io::local_path(pattern));
  std::unique_ptr<SliceFileReader> reader(new SliceFileReader(std::move(local)));
  const std::vector<std::string> paths = matching_files(reader->pattern_);
  if (paths.empty()) {
    return not_found("Unsuccessful TensorSliceReader constructor: Failed to find any matching files for {}", pattern);
  }
  for (const std::string& path : paths) RETURN_IF_ERROR(reader->load(path));
  return reader;
}

Status SliceFileReader::load(const std::string& path) {
  StatusOr<std::shared_ptr<const io::Table>> table = io::Table::open(path);
  if (!table.ok()) return data_loss("Unable to open table file {}: {}", path, text_of(table.status()));
  io::TableCursor cursor(*table);
  const Status found = cursor.seek("");
  tensorflow::SavedTensorSlices message;
  if (!found.ok() || !cursor.valid() || !cursor.key().empty() || !parse(message, cursor.value())) {
    return data_loss("Failed to find the saved tensor slices at the beginning of the checkpoint file: {}", path);
  }
  for (const auto& saved : message.meta().tensor()) {
    ASSIGN_OR_RETURN(const Shape shape, shape_from_proto(saved.shape()));
    const int number = saved.type();
    if (!shape.fully_defined() || number <= 0 || number > static_cast<int>(DType::kUint64)) {
      return data_loss("Invalid tensor {} in {}: type {}, shape {}", saved.name(), path, number, shape.str());
    }
    const auto [it, inserted] = tensors_.try_emplace(saved.name());
    SavedTensor& tensor = it->second;
    if (inserted) {
      tensor.shape = shape;
      tensor.dtype = static_cast<DType>(number);
    } else if (tensor.shape != shape || tensor.dtype != static_cast<DType>(number)) {
      return internal_error("Incompatible tensor shapes detected for tensor {}: existing = {}, new = {}", saved.name(),
                            tensor.shape.str(), shape.str());
    }
    for (const auto& proto : saved.slice()) {
      ASSIGN_OR_RETURN(TensorSlice slice, slice_from_proto(proto));
      if (!slice.shape_within(shape).ok()) {
        return data_loss("Invalid slice of tensor {} in {}: {} of {}", saved.name(), path, slice.str(), shape.str());
      }
      tensor.slices.emplace_back(std::move(slice), tables_.size());
    }
  }
  paths_.push_back(path);
  tables_.push_back(*std::move(table));
  return OkStatus();
}

StatusOr<Tensor> SliceFileReader::read_slice(std::string_view name, const SavedTensor& tensor, const TensorSlice& slice,
                                             size_t file) const {
  io::TableCursor cursor(tables_[file]);
  const std::string key = slice_key(name, slice);
  RETURN_IF_ERROR(cursor.seek(key));
  tensorflow::SavedTensorSlices message;
  if (!cursor.valid() || cursor.key() != key || !parse(message, cursor.value())) {
    return data_loss("Slice {} of {} is missing in {}", slice.str(), name, paths_[file]);
  }
  ASSIGN_OR_RETURN(const Shape shape, slice.shape_within(tensor.shape));
  ASSIGN_OR_RETURN(const int64_t n, checked_num_elements(shape));
  tensorflow::TensorProto& data = *message.mutable_data()->mutable_data();
  if (num_values(data, tensor.dtype) != n) {
    return data_loss("Slice {} of {} has {} values instead of {} in {}", slice.str(), name, num_values(data, tensor.dtype), n,
                     paths_[file]);
  }
  data.set_dtype(static_cast<tensorflow::DataType>(tensor.dtype));
  shape_to_proto(shape, data.mutable_tensor_shape());
  return tensor_from_proto(data);
}

StatusOr<Tensor> SliceFileReader::read(std::string_view name, const std::optional<TensorSlice>& slice) const {
  const auto found = tensors_.find(name);
  if (found == tensors_.end()) {
    return not_found("Tensor name \"{}\" not found in checkpoint files {}", name, pattern_);
  }
  const SavedTensor& tensor = found->second;
  const TensorSlice wanted = slice.value_or(TensorSlice::whole(tensor.shape.rank()));
  ASSIGN_OR_RETURN(const Shape shape, wanted.shape_within(tensor.shape));
  for (const auto& [saved, file] : tensor.slices) {
    if (saved.resolved(tensor.shape) == wanted.resolved(tensor.shape)) return read_slice(name, tensor, saved, file);
  }
  ASSIGN_OR_RETURN(int64_t missing, checked_num_elements(shape));
  // An element takes a byte at least, of which Snappy makes two for 64: nothing is allocated for more.
  uint64_t most_elements = 0;
  for (const auto& table : tables_) most_elements += 32 * table->size_bytes();
  if (static_cast<uint64_t>(missing) > most_elements) return invalid_argument("Error copying slice data");
  for (const auto& [saved, file] : tensor.slices) missing -= count_common(tensor.shape, saved, wanted);
  if (missing > 0) return invalid_argument("Error copying slice data");
  Tensor value;
  for (const auto& [saved, file] : tensor.slices) {
    if (count_common(tensor.shape, saved, wanted) == 0) continue;
    ASSIGN_OR_RETURN(const Tensor part, read_slice(name, tensor, saved, file));
    if (!value.valid()) {
      ASSIGN_OR_RETURN(value, allocate_tensor(tensor.dtype, shape));
      if (is_plain(tensor.dtype)) std::memset(value.raw_data(), 0, static_cast<size_t>(value.size_bytes()));
    }
    copy_common(tensor.shape, saved, part.raw_data(), wanted, value.raw_data(),
                tensor.dtype == DType::kString ? 0 : dtype_size(tensor.dtype));
  }
  return value.valid() ? value : Tensor(tensor.dtype, shape);
}

}  // namespace reflow::formats
