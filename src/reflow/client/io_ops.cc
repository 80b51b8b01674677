#include "reflow/client/io_ops.h"

#include "reflow/client/apply_op.h"

namespace reflow {

using client::apply_op;
using client::make_op;

Output read_file(const TensorLike& filename, const NameOptions& options) {
  return apply_op("ReadFile", options.name, {filename});
}

Operation write_file(const TensorLike& filename, const TensorLike& contents, const NameOptions& options) {
  return Operation(make_op("WriteFile", options.name, {filename, contents}));
}

Output matching_files(const TensorLike& pattern, const NameOptions& options) {
  return apply_op("MatchingFiles", options.name, {pattern});
}

Output decode_compressed(const TensorLike& bytes, const DecodeCompressedOptions& options) {
  return apply_op("DecodeCompressed", options.name, {bytes}, {{"compression_type", options.compression_type}});
}

Output decode_json_example(const TensorLike& json_examples, const NameOptions& options) {
  return apply_op("DecodeJSONExample", options.name, {json_examples});
}

Output parse_tensor(const TensorLike& serialized, DType out_type, const NameOptions& options) {
  return apply_op("ParseTensor", options.name, {serialized}, {{"out_type", out_type}});
}

Output serialize_tensor(const TensorLike& tensor, const NameOptions& options) {
  return apply_op("SerializeTensor", options.name, {tensor});
}

Output encode_base64(const TensorLike& input, const EncodeBase64Options& options) {
  return apply_op("EncodeBase64", options.name, {input}, {{"pad", options.pad}});
}

Output decode_base64(const TensorLike& input, const NameOptions& options) {
  return apply_op("DecodeBase64", options.name, {input});
}

}  // namespace reflow

namespace reflow::io {

DecodedProto decode_proto(const TensorLike& bytes, const std::string& message_type,
                          const std::vector<std::string>& field_names, const std::vector<DType>& output_types,
                          const DecodeProtoOptions& options) {
  graph::Node* node = client::make_op("DecodeProtoV2", options.name, {bytes},
                                      {{"message_type", message_type},
                                       {"field_names", field_names},
                                       {"output_types", output_types},
                                       {"descriptor_source", options.descriptor_source},
                                       {"message_format", options.message_format},
                                       {"sanitize", options.sanitize}});
  std::vector<Output> outputs = client::all_outputs(node);
  return {outputs[0], std::vector<Output>(outputs.begin() + 1, outputs.end())};
}

Output encode_proto(const TensorLike& sizes, const TensorList& values, const std::vector<std::string>& field_names,
                    const std::string& message_type, const EncodeProtoOptions& options) {
  return client::apply_op("EncodeProto", options.name, {sizes, TensorLike(values)},
                          {{"field_names", field_names},
                           {"message_type", message_type},
                           {"descriptor_source", options.descriptor_source}});
}

}  // namespace reflow::io
