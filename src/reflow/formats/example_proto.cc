#include "reflow/formats/example_proto.h"

#include <google/protobuf/text_format.h>
#include <google/protobuf/util/json_util.h>
#include <google/protobuf/util/type_resolver.h>
#include <google/protobuf/util/type_resolver_util.h>

#include "tensorflow/core/example/example.pb.h"

namespace reflow::formats {

StatusOr<std::string> example_from_json(std::string_view json) {
  // The bytes stand as the JSON does: features in its order, numbers not packed.
  static google::protobuf::util::TypeResolver* const types = google::protobuf::util::NewTypeResolverForDescriptorPool(
      "type.googleapis.com", google::protobuf::DescriptorPool::generated_pool());
  (void)tensorflow::Example::descriptor();  // which is put into the pool
  std::string bytes;
  const auto status = google::protobuf::util::JsonToBinaryString(types, "type.googleapis.com/tensorflow.Example",
                                                                 std::string(json), &bytes);
  if (!status.ok()) {
    return invalid_argument("Error while parsing JSON: {}", std::string(status.message().data(), status.message().size()));
  }
  return bytes;
}

std::string feature_text(std::string_view bytes) {
  tensorflow::Feature feature;
  return feature.ParseFromArray(bytes.data(), static_cast<int>(bytes.size())) ? feature.DebugString() : "";
}

StatusOr<std::string> example_text(std::string_view bytes, bool one_line) {
  tensorflow::Example example;
  if (!example.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) {
    return invalid_argument("The {} bytes are no Example", bytes.size());
  }
  google::protobuf::TextFormat::Printer printer;
  printer.SetSingleLineMode(one_line);
  std::string text;
  if (!printer.PrintToString(example, &text)) return internal_error("The Example can't be printed");
  return text;
}

}  // namespace reflow::formats
