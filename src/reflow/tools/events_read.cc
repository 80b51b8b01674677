#include "reflow/tools/events_read.h"

#include <cstring>
#include <filesystem>
#include <memory>

#include "reflow/io/file.h"
#include "reflow/io/matching_files.h"
#include "reflow/io/record_reader.h"

namespace reflow::tools {
namespace {

template <typename T>
double first_number(const std::string& content) {
  T value;
  std::memcpy(&value, content.data(), sizeof value);
  return static_cast<double>(value);
}

}  // namespace

StatusOr<std::vector<std::string>> event_files(const std::string& path) {
  if (!std::filesystem::is_directory(path)) return std::vector<std::string>{path};
  ASSIGN_OR_RETURN(std::vector<std::string> files, io::matching_files(path + "/*tfevents*"));
  if (files.empty()) return not_found("{} has no event files (*tfevents*)", path);
  return files;
}

Status each_event(const std::string& path, const std::function<Status(const tensorflow::Event&)>& use) {
  ASSIGN_OR_RETURN(const std::unique_ptr<io::RecordReader> reader, io::RecordReader::open(path));
  for (;;) {
    const uint64_t offset = reader->offset();
    std::string_view record;
    const Status status = reader->next(&record);
    if (status.code() == StatusCode::kOutOfRange) return OkStatus();
    if (!status.ok()) {
      if (message_of(status).starts_with("truncated")) return OkStatus();
      return append_message(status, " of " + path);
    }
    tensorflow::Event event;
    if (!event.ParseFromArray(record.data(), static_cast<int>(record.size()))) {
      return data_loss("the record at {} of {} is no event", offset, path);
    }
    RETURN_IF_ERROR(use(event));
  }
}

bool scalar_of(const tensorflow::Summary::Value& value, double* number) {
  if (value.value_case() == tensorflow::Summary::Value::kSimpleValue) {
    *number = value.simple_value();
    return true;
  }
  if (value.value_case() != tensorflow::Summary::Value::kTensor) return false;
  const tensorflow::TensorProto& tensor = value.tensor();
  if (tensor.tensor_shape().dim_size() != 0) return false;
  if (tensor.dtype() == tensorflow::DT_FLOAT) {
    if (tensor.float_val_size() == 1) *number = tensor.float_val(0);
    else if (tensor.tensor_content().size() == sizeof(float)) *number = first_number<float>(tensor.tensor_content());
    else return false;
    return true;
  }
  if (tensor.dtype() == tensorflow::DT_DOUBLE) {
    if (tensor.double_val_size() == 1) *number = tensor.double_val(0);
    else if (tensor.tensor_content().size() == sizeof(double)) *number = first_number<double>(tensor.tensor_content());
    else return false;
    return true;
  }
  return false;
}

std::string kind_of(const tensorflow::Summary::Value& value) {
  double number;
  if (scalar_of(value, &number)) return "scalar";
  switch (value.value_case()) {
    case tensorflow::Summary::Value::kHisto: return "histogram";
    case tensorflow::Summary::Value::kImage: return "image";
    case tensorflow::Summary::Value::kAudio: return "audio";
    case tensorflow::Summary::Value::kTensor:
      return value.tensor().dtype() == tensorflow::DT_STRING ? "text" : "tensor";
    default: return "value";
  }
}

}  // namespace reflow::tools
