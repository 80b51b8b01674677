#pragma once

// Files as strings; strings encoded, compressed and parsed. client/parsing_ops.h has Examples and CSV.

#include <string>
#include <vector>

#include "reflow/client/tensor_like.h"

namespace reflow {

// The contents of a file.
Output read_file(const TensorLike& filename, const NameOptions& options = {});
// Writes `contents`, a scalar; makes folders that are missing.
Operation write_file(const TensorLike& filename, const TensorLike& contents, const NameOptions& options = {});
// The names of files that match the pattern or one of the patterns, in order.
Output matching_files(const TensorLike& pattern, const NameOptions& options = {});
struct DecodeCompressedOptions {
  std::string compression_type;
  std::string name;
};
// Strings decompressed: "ZLIB", "GZIP", or "" for as they are.
Output decode_compressed(const TensorLike& bytes, const DecodeCompressedOptions& options = {});
// JSON of Examples as serialized messages.
Output decode_json_example(const TensorLike& json_examples, const NameOptions& options = {});
// The tensor of a serialized TensorProto.
Output parse_tensor(const TensorLike& serialized, DType out_type, const NameOptions& options = {});
Output serialize_tensor(const TensorLike& tensor, const NameOptions& options = {});
struct EncodeBase64Options {
  bool pad = false;
  std::string name;
};
// Web-safe base64, with or without '=' at the end.
Output encode_base64(const TensorLike& input, const EncodeBase64Options& options = {});
Output decode_base64(const TensorLike& input, const NameOptions& options = {});

}  // namespace reflow

namespace reflow::io {

struct DecodeProtoOptions {
  std::string descriptor_source = "local://";  // messages of this program; or a file with a FileDescriptorSet
  std::string message_format = "binary";       // or "text"
  bool sanitize = false;                       // decode to messages and back first
  std::string name;
};
struct DecodedProto {
  Output sizes;                // [..., fields]: how many values each message has of each field
  std::vector<Output> values;  // of each field, [..., the largest of its sizes]
};
// Fields of serialized messages, all of type `message_type`.
DecodedProto decode_proto(const TensorLike& bytes, const std::string& message_type,
                          const std::vector<std::string>& field_names, const std::vector<DType>& output_types,
                          const DecodeProtoOptions& options = {});
struct EncodeProtoOptions {
  std::string descriptor_source = "local://";
  std::string name;
};
// Messages of such fields, serialized.
Output encode_proto(const TensorLike& sizes, const TensorList& values, const std::vector<std::string>& field_names,
                    const std::string& message_type, const EncodeProtoOptions& options = {});

}  // namespace reflow::io
