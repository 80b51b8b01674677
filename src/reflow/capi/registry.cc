// What the library has: ops, how they are presented, kernels; and what it can't load.

#include <fmt/format.h>
#include <google/protobuf/io/tokenizer.h>
#include <google/protobuf/text_format.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <map>
#include <memory>

#include "reflow/capi/objects.h"
#include "reflow/graph/graph_def.h"
#include "reflow/op/kernel_registry.h"
#include "tensorflow/core/framework/api_def.pb.h"
#include "tensorflow/core/framework/kernel_def.pb.h"
#include "tensorflow/core/framework/op_def.pb.h"

using namespace reflow;
using namespace reflow::capi;

struct TF_ApiDefMap {
  std::map<std::string, tensorflow::ApiDef, std::less<>> defs;
  bool read = false;  // from then on nothing can be put
};

struct TF_Library {};

TF_Library* TF_LoadLibrary(const char* library_filename, TF_Status* status) {
  report(status, [&]() -> Status {
    if (access(library_filename, F_OK) != 0) {
      return not_found("{}: cannot open shared object file: {}", library_filename, std::strerror(errno));
    }
    return unimplemented("{} can't be loaded: libraries of ops are made for TensorFlow's C++ interface, which Reflow doesn't have",
                         library_filename);
  });
  return nullptr;
}
TF_Buffer TF_GetOpList(TF_Library*) { return {nullptr, 0, nullptr}; }
void TF_DeleteLibraryHandle(TF_Library* library) { delete library; }

TF_Buffer* TF_GetAllOpList() {
  tensorflow::OpList list;
  for (const graph::OpDef* op : graph::OpRegistry::global().all()) graph::op_def_to_proto(*op, list.add_op());
  TF_Buffer* const buffer = TF_NewBuffer();
  write_message(list, buffer).IgnoreError();
  return buffer;
}

namespace {

// What the parser of text finds wrong first.
struct FirstError : google::protobuf::io::ErrorCollector {
  void AddError(int line, int column, const std::string& message) override {
    if (text.empty()) text = fmt::format("{}:{}: {}", line + 1, column + 1, message);
  }
  std::string text;
};

// How an op is presented where nothing else is said: by its own names.
tensorflow::ApiDef api_def_of(const tensorflow::OpDef& op) {
  tensorflow::ApiDef api;
  api.set_graph_op_name(op.name());
  api.set_visibility(tensorflow::ApiDef::VISIBLE);
  api.add_endpoint()->set_name(op.name());
  const auto add_arg = [](const tensorflow::OpDef::ArgDef& arg, tensorflow::ApiDef::Arg* to) {
    to->set_name(arg.name());
    to->set_rename_to(arg.name());
    to->set_description(arg.description());
  };
  for (const auto& arg : op.input_arg()) {
    add_arg(arg, api.add_in_arg());
    api.add_arg_order(arg.name());
  }
  for (const auto& arg : op.output_arg()) add_arg(arg, api.add_out_arg());
  for (const auto& attr : op.attr()) {
    tensorflow::ApiDef::Attr& to = *api.add_attr();
    to.set_name(attr.name());
    to.set_rename_to(attr.name());
    if (attr.has_default_value()) *to.mutable_default_value() = attr.default_value();
    to.set_description(attr.description());
  }
  api.set_summary(op.summary());
  api.set_description(op.description());
  return api;
}

// Puts what `override` says of the argument or attribute of a name in its place. InvalidArgument: there is none.
template <typename List>
Status override_named(const char* what, const std::string& op, const List& overrides, List* list) {
  for (const auto& given : overrides) {
    const auto it = std::find_if(list->begin(), list->end(), [&](const auto& known) { return known.name() == given.name(); });
    if (it == list->end()) return failed_precondition("{} {} not found in op {}", what, given.name(), op);
    if (!given.rename_to().empty()) it->set_rename_to(given.rename_to());
    if (!given.description().empty()) it->set_description(given.description());
    if constexpr (requires { given.default_value(); }) {
      if (given.has_default_value()) *it->mutable_default_value() = given.default_value();
    }
  }
  return OkStatus();
}

Status merge(const tensorflow::ApiDef& override, tensorflow::ApiDef* api) {
  const std::string& op = api->graph_op_name();
  if (override.visibility() != tensorflow::ApiDef::DEFAULT_VISIBILITY) api->set_visibility(override.visibility());
  if (override.endpoint_size() > 0) *api->mutable_endpoint() = override.endpoint();
  RETURN_IF_ERROR(override_named("Input argument", op, override.in_arg(), api->mutable_in_arg()));
  RETURN_IF_ERROR(override_named("Output argument", op, override.out_arg(), api->mutable_out_arg()));
  RETURN_IF_ERROR(override_named("Attribute", op, override.attr(), api->mutable_attr()));
  if (override.arg_order_size() > 0) {
    std::vector<std::string> known(api->arg_order().begin(), api->arg_order().end());
    std::vector<std::string> wanted(override.arg_order().begin(), override.arg_order().end());
    std::ranges::sort(known);
    std::ranges::sort(wanted);
    if (known != wanted) return failed_precondition("Invalid arg_order for op {}: it doesn't have these arguments", op);
    *api->mutable_arg_order() = override.arg_order();
  }
  if (!override.summary().empty()) api->set_summary(override.summary());
  if (!override.description().empty()) api->set_description(override.description());
  const auto join = [](const std::string& a, const std::string& b) { return a.empty() || b.empty() ? a + b : a + "\n" + b; };
  api->set_description(join(join(override.description_prefix(), api->description()), override.description_suffix()));
  if (!override.deprecation_message().empty()) api->set_deprecation_message(override.deprecation_message());
  return OkStatus();
}

void add_kernel(const op::KernelDef& kernel, tensorflow::KernelList* list) {
  tensorflow::KernelDef& def = *list->add_kernel();
  def.set_op(kernel.op);
  def.set_device_type(kernel.device);
  def.set_label(kernel.label);
  for (const auto& [name, types] : kernel.constraints) {
    auto& constraint = *def.add_constraint();
    constraint.set_name(name);
    for (const DType type : types) {
      constraint.mutable_allowed_values()->mutable_list()->add_type(static_cast<tensorflow::DataType>(type));
    }
  }
}

TF_Buffer* write_list(const tensorflow::KernelList& list, TF_Status* status) {
  TF_Buffer* const buffer = TF_NewBuffer();
  report(status, [&] { return write_message(list, buffer); });
  return buffer;
}

}  // namespace

TF_ApiDefMap* TF_NewApiDefMap(TF_Buffer* op_list_buffer, TF_Status* status) {
  auto map = std::make_unique<TF_ApiDefMap>();
  const bool ok = report(status, [&]() -> Status {
    tensorflow::OpList list;
    if (!parse(op_list_buffer->data, op_list_buffer->length, &list)) return invalid_argument("Unparseable OpList");
    for (const tensorflow::OpDef& op : list.op()) map->defs[op.name()] = api_def_of(op);
    return OkStatus();
  });
  return ok ? map.release() : nullptr;
}

void TF_DeleteApiDefMap(TF_ApiDefMap* map) { delete map; }

void TF_ApiDefMapPut(TF_ApiDefMap* map, const char* text, size_t text_len, TF_Status* status) {
  report(status, [&]() -> Status {
    if (map->read) return failed_precondition("TF_ApiDefMapPut cannot be called after TF_ApiDefMapGet has been called.");
    tensorflow::ApiDefs overrides;
    FirstError error;
    google::protobuf::TextFormat::Parser parser;
    parser.RecordErrorsTo(&error);
    if (!parser.ParseFromString(std::string(text, text_len), &overrides)) return invalid_argument("Unparseable ApiDefs: {}", error.text);
    for (const tensorflow::ApiDef& override : overrides.op()) {
      const auto it = map->defs.find(override.graph_op_name());
      if (it != map->defs.end()) RETURN_IF_ERROR(merge(override, &it->second));
    }
    return OkStatus();
  });
}

TF_Buffer* TF_ApiDefMapGet(TF_ApiDefMap* map, const char* name, size_t name_len, TF_Status* status) {
  map->read = true;
  TF_Buffer* buffer = nullptr;
  report(status, [&]() -> Status {
    const auto it = map->defs.find(std::string_view(name, name_len));
    if (it == map->defs.end()) return OkStatus();
    buffer = TF_NewBuffer();
    return write_message(it->second, buffer);
  });
  return buffer;
}

TF_Buffer* TF_GetAllRegisteredKernels(TF_Status* status) {
  tensorflow::KernelList list;
  for (const graph::OpDef* op : graph::OpRegistry::global().all()) {
    for (const op::KernelDef* kernel : op::KernelRegistry::global().kernels_of(op->name)) add_kernel(*kernel, &list);
  }
  return write_list(list, status);
}

TF_Buffer* TF_GetRegisteredKernelsForOp(const char* name, TF_Status* status) {
  tensorflow::KernelList list;
  for (const op::KernelDef* kernel : op::KernelRegistry::global().kernels_of(name)) add_kernel(*kernel, &list);
  return write_list(list, status);
}
