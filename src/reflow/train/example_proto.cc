#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>

#include "reflow/client/errors.h"
#include "reflow/train/example.h"
#include "tensorflow/core/example/example.pb.h"

namespace reflow::train {
namespace {

// Maps are written in the order of their keys.
std::string serialized(const google::protobuf::MessageLite& message) {
  std::string bytes;
  {
    google::protobuf::io::StringOutputStream stream(&bytes);
    google::protobuf::io::CodedOutputStream coded(&stream);
    coded.SetSerializationDeterministic(true);
    message.SerializeToCodedStream(&coded);
  }
  return bytes;
}

void write(const Feature& feature, tensorflow::Feature* message) {
  if (feature.bytes_list) {
    auto* list = message->mutable_bytes_list();
    for (const std::string& value : feature.bytes_list->value) list->add_value(value);
  } else if (feature.float_list) {
    message->mutable_float_list()->mutable_value()->Assign(feature.float_list->value.begin(), feature.float_list->value.end());
  } else if (feature.int64_list) {
    message->mutable_int64_list()->mutable_value()->Assign(feature.int64_list->value.begin(), feature.int64_list->value.end());
  }
}

void write(const Features& features, tensorflow::Features* message) {
  for (const auto& [key, feature] : features.feature) write(feature, &(*message->mutable_feature())[key]);
}

Feature read(const tensorflow::Feature& message) {
  Feature feature;
  if (message.has_bytes_list()) {
    const auto& list = message.bytes_list().value();
    feature.bytes_list = BytesList{{list.begin(), list.end()}};
  } else if (message.has_float_list()) {
    const auto& list = message.float_list().value();
    feature.float_list = FloatList{{list.begin(), list.end()}};
  } else if (message.has_int64_list()) {
    const auto& list = message.int64_list().value();
    feature.int64_list = Int64List{{list.begin(), list.end()}};
  }
  return feature;
}

Features read(const tensorflow::Features& message) {
  Features features;
  for (const auto& [key, feature] : message.feature()) features.feature.emplace(key, read(feature));
  return features;
}

}  // namespace

std::string Example::SerializeToString() const {
  tensorflow::Example message;
  write(features, message.mutable_features());
  return serialized(message);
}

Example Example::FromString(std::string_view bytes) {
  tensorflow::Example message;
  if (!message.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) throw ValueError("Error parsing message");
  return {read(message.features())};
}

std::string SequenceExample::SerializeToString() const {
  tensorflow::SequenceExample message;
  write(context, message.mutable_context());
  for (const auto& [key, list] : feature_lists.feature_list) {
    tensorflow::FeatureList* steps = &(*message.mutable_feature_lists()->mutable_feature_list())[key];
    for (const Feature& feature : list.feature) write(feature, steps->add_feature());
  }
  return serialized(message);
}

SequenceExample SequenceExample::FromString(std::string_view bytes) {
  tensorflow::SequenceExample message;
  if (!message.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) throw ValueError("Error parsing message");
  SequenceExample example{read(message.context()), {}};
  for (const auto& [key, list] : message.feature_lists().feature_list()) {
    FeatureList& steps = example.feature_lists.feature_list[key];
    for (const auto& feature : list.feature()) steps.feature.push_back(read(feature));
  }
  return example;
}

}  // namespace reflow::train
