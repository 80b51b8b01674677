// The wire contract: proto/ and the compiled messages agree with what TensorFlow 1.15 declares (protos.json).

#include <fstream>
#include <stdexcept>
#include <string>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <google/protobuf/descriptor.h>
#include <google/protobuf/descriptor.pb.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "tests/kit/golden_file.h"

namespace reflow::testing {
namespace {

namespace pb = google::protobuf;
using nlohmann::json;

// proto/ as protoc reads it: every file, the ones that are not compiled too.
const pb::DescriptorPool& sources() {
  static const pb::DescriptorPool* const pool = [] {
    auto* filled = new pb::DescriptorPool;
    std::ifstream stream(REFLOW_DESCRIPTOR_SET, std::ios::binary);
    pb::FileDescriptorSet files;
    if (!files.ParseFromIstream(&stream)) throw std::runtime_error("cannot read " REFLOW_DESCRIPTOR_SET);
    for (const pb::FileDescriptorProto& file : files.file())
      if (filled->BuildFile(file) == nullptr) throw std::runtime_error("does not build: " + file.name());
    return filled;
  }();
  return *pool;
}

const json& files() {
  static const json all = read_golden_json("tf-1.15/protos.json");
  return all["files"];
}

// The type of a field in the words of protos.json.
std::string type_of(const pb::FieldDescriptor& field) {
  if (field.is_map()) {
    const pb::Descriptor& entry = *field.message_type();
    return fmt::format("map<{},{}>", type_of(*entry.map_key()), type_of(*entry.map_value()));
  }
  if (field.message_type() != nullptr) return field.message_type()->full_name();
  if (field.enum_type() != nullptr) return field.enum_type()->full_name();
  return field.type_name();
}

// What protos.json says of a field, made from its descriptor.
json described(const pb::FieldDescriptor& field) {
  json j = {{"name", field.name()}, {"number", field.number()}, {"type", type_of(field)}};
  if (field.is_map()) {
    j["kind"] = "map";
    j["value_kind"] = field.message_type()->map_value()->type_name();
  } else if (field.message_type() != nullptr || field.enum_type() != nullptr) {
    j["kind"] = field.type_name();
  }
  if (field.is_repeated()) j["label"] = "repeated";
  if (field.containing_oneof() != nullptr) j["oneof"] = field.containing_oneof()->name();
  if (field.is_packable()) j["packed"] = field.is_packed();
  if (field.options().deprecated()) j["deprecated"] = true;
  return j;
}

json described(const pb::Descriptor& message) {
  json j = {{"fields", json::array()}};
  for (int i = 0; i < message.field_count(); ++i) j["fields"].push_back(described(*message.field(i)));
  for (int i = 0; i < message.reserved_range_count(); ++i)
    j["reserved"].push_back({message.reserved_range(i)->start, message.reserved_range(i)->end - 1});
  for (int i = 0; i < message.reserved_name_count(); ++i) j["reserved_names"].push_back(message.reserved_name(i));
  return j;
}

json described(const pb::EnumDescriptor& type) {
  json values = json::array();
  for (int i = 0; i < type.value_count(); ++i) values.push_back({type.value(i)->name(), type.value(i)->number()});
  return {{"values", values}};
}

// protos.json also notes where [packed = true] is written out, which is no different on the wire.
json without_spelling(json message) {
  for (json& field : message["fields"]) field.erase("packed_written");
  return message;
}

void collect(const pb::Descriptor& message, json& messages, json& enums) {
  if (message.options().map_entry()) return;
  messages[message.full_name()] = described(message);
  for (int i = 0; i < message.nested_type_count(); ++i) collect(*message.nested_type(i), messages, enums);
  for (int i = 0; i < message.enum_type_count(); ++i)
    enums[message.enum_type(i)->full_name()] = described(*message.enum_type(i));
}

void expect_same(const json& want, const json& have, const std::string& file) {
  for (const auto& [name, value] : want.items())
    EXPECT_EQ(value.contains("fields") ? without_spelling(value) : value, have.value(name, json())) << file << " " << name;
  EXPECT_EQ(want.size(), have.size()) << file;
}

void expect_as_declared(const json& want, const pb::FileDescriptor& file) {
  EXPECT_EQ(want["package"], file.package()) << file.name();
  EXPECT_EQ(file.syntax(), pb::FileDescriptor::SYNTAX_PROTO3) << file.name();
  json messages = json::object(), enums = json::object();
  for (int i = 0; i < file.message_type_count(); ++i) collect(*file.message_type(i), messages, enums);
  for (int i = 0; i < file.enum_type_count(); ++i)
    enums[file.enum_type(i)->full_name()] = described(*file.enum_type(i));
  expect_same(want.value("messages", json::object()), messages, file.name());
  expect_same(want.value("enums", json::object()), enums, file.name());
}

TEST(Protos, SourcesAreAsDeclared) {
  for (const auto& [name, want] : files().items()) {
    const pb::FileDescriptor* file = sources().FindFileByName(name);
    ASSERT_NE(file, nullptr) << name;
    expect_as_declared(want, *file);
  }
  EXPECT_EQ(files().size(), 76u);
}

TEST(Protos, ServicesAreAsDeclared) {
  int num_methods = 0;
  for (const auto& [name, want] : files().items()) {
    const pb::FileDescriptor* file = sources().FindFileByName(name);
    ASSERT_NE(file, nullptr) << name;
    const json services = want.value("services", json::object());
    for (const auto& [full_name, methods] : services.items()) {
      const pb::ServiceDescriptor* service = sources().FindServiceByName(full_name);
      ASSERT_NE(service, nullptr) << full_name;
      ASSERT_EQ(static_cast<int>(methods.size()), service->method_count()) << full_name;
      for (int i = 0; i < service->method_count(); ++i, ++num_methods) {
        const pb::MethodDescriptor& method = *service->method(i);
        EXPECT_EQ(methods[i]["method"], method.name());
        EXPECT_EQ(methods[i]["request"], method.input_type()->full_name());
        EXPECT_EQ(methods[i]["response"], method.output_type()->full_name());
        EXPECT_EQ(methods[i]["client_streaming"], method.client_streaming()) << method.full_name();
        EXPECT_EQ(methods[i]["server_streaming"], method.server_streaming()) << method.full_name();
      }
    }
  }
  EXPECT_EQ(num_methods, 41);
}

TEST(Protos, OptionsAreAsDeclared) {
  for (const auto& [name, want] : files().items()) {
    const pb::FileDescriptor* file = sources().FindFileByName(name);
    ASSERT_NE(file, nullptr) << name;
    const pb::FileOptions& have = file->options();
    json options = json::object();
    if (have.has_java_package()) options["java_package"] = have.java_package();
    if (have.has_java_outer_classname()) options["java_outer_classname"] = have.java_outer_classname();
    if (have.has_java_multiple_files()) options["java_multiple_files"] = have.java_multiple_files();
    if (have.has_go_package()) options["go_package"] = have.go_package();
    if (have.has_cc_enable_arenas()) options["cc_enable_arenas"] = have.cc_enable_arenas();
    EXPECT_EQ(want.value("options", json::object()), options) << name;
  }
}

TEST(Protos, CompiledMessagesAreAsDeclared) {
  int num_compiled = 0;
  for (const auto& [name, want] : files().items()) {
    if (const auto* file = pb::DescriptorPool::generated_pool()->FindFileByName(name)) {
      expect_as_declared(want, *file);
      ++num_compiled;
    }
  }
  EXPECT_GE(num_compiled, 60);
  for (const char* name : {"GraphDef", "MetaGraphDef", "SavedModel", "BundleHeaderProto", "Event", "Example",
                           "ConfigProto", "RunStepRequest", "RegisterGraphRequest", "CheckpointState"})
    EXPECT_NE(pb::DescriptorPool::generated_pool()->FindMessageTypeByName(fmt::format("tensorflow.{}", name)), nullptr)
        << name;
}

}  // namespace
}  // namespace reflow::testing
