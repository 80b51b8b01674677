#include "reflow/tools/saved_model_show.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <vector>

#include "reflow/client/errors.h"
#include "reflow/saved_model/saved_model.h"
#include "reflow/tools/json_text.h"

namespace reflow::tools {
namespace {

using saved_model::MetaGraphInfo;
using saved_model::SignatureDef;
using saved_model::TensorInfo;

std::set<std::string> split(std::string_view text) {
  std::set<std::string> parts;
  while (true) {
    const size_t comma = std::min(text.find(','), text.size());
    parts.emplace(text.substr(0, comma));
    if (comma == text.size()) return parts;
    text.remove_prefix(comma + 1);
  }
}

std::string shape_text(const Shape& shape) {
  if (!shape.known_rank()) return "unknown_rank";
  std::vector<int64_t> dims;
  for (int i = 0; i < shape.rank(); ++i) dims.push_back(shape.dim(i));
  return fmt::format("({})", fmt::join(dims, ", "));
}

std::string tensors_text(const std::map<std::string, TensorInfo>& infos, std::string_view kind, const std::string& indent) {
  std::string text = fmt::format("{}The given SavedModel SignatureDef contains the following {}(s):\n", indent, kind);
  for (const auto& [name, info] : infos) {
    text += fmt::format("{0}  {1}s['{2}'] tensor_info:\n{0}      dtype: {3}\n{0}      shape: {4}\n{0}      name: {5}\n", indent, kind, name,
                        info.dtype == DType::kInvalid ? "DT_INVALID" : dtype_enum_name(info.dtype), shape_text(info.shape), info.name);
  }
  return text;
}

std::string signature_text(const SignatureDef& signature, const std::string& indent) {
  return tensors_text(signature.inputs, "input", indent) + tensors_text(signature.outputs, "output", indent) +
         fmt::format("{}Method name is: {}\n", indent, signature.method_name);
}

std::string tensors_json(const std::map<std::string, TensorInfo>& infos) {
  std::vector<std::string> items;
  for (const auto& [name, info] : infos) {
    std::vector<std::string> dims;
    for (int i = 0; info.shape.known_rank() && i < info.shape.rank(); ++i) {
      dims.push_back(info.shape.dim(i) < 0 ? "null" : std::to_string(info.shape.dim(i)));
    }
    const std::string type = info.dtype == DType::kInvalid ? "DT_INVALID" : dtype_enum_name(info.dtype);
    items.push_back(fmt::format("{}: {{\"dtype\": \"{}\", \"shape\": {}, \"name\": {}}}", json_string(name), type,
                                info.shape.known_rank() ? fmt::format("[{}]", fmt::join(dims, ", ")) : "null",
                                json_string(info.values_name.empty() ? info.name : info.values_name)));
  }
  return fmt::format("{{{}}}", fmt::join(items, ", "));
}

std::string meta_graph_json(const MetaGraphInfo& info) {
  std::vector<std::string> tags, assets, signatures;
  for (const std::string& tag : info.tags) tags.push_back(json_string(tag));
  for (const std::string& asset : info.assets) assets.push_back(json_string(asset));
  for (const auto& [name, signature] : info.signature_def) {
    signatures.push_back(fmt::format("{}: {{\"inputs\": {}, \"outputs\": {}, \"method_name\": {}}}", json_string(name),
                                     tensors_json(signature.inputs), tensors_json(signature.outputs), json_string(signature.method_name)));
  }
  return fmt::format(
      "{{\"tags\": [{}], \"tensorflow_version\": {}, \"nodes\": {}, \"functions\": {}, \"assets\": [{}], \"signature_def\": {{{}}}}}",
      fmt::join(tags, ", "), json_string(info.tensorflow_version), info.num_nodes, info.num_functions, fmt::join(assets, ", "),
      fmt::join(signatures, ", "));
}

std::string all_text(const std::vector<MetaGraphInfo>& meta_graphs) {
  std::string text;
  for (const MetaGraphInfo& info : meta_graphs) {
    text += fmt::format("\nMetaGraphDef with tag-set: '{}' contains the following SignatureDefs:\n", fmt::join(info.tags, ", "));
    for (const auto& [name, signature] : info.signature_def) text += fmt::format("\nsignature_def['{}']:\n", name) + signature_text(signature, "  ");
  }
  return text;
}

StatusOr<std::string> show(const std::string& dir, const ShowSavedModelOptions& options) {
  std::vector<MetaGraphInfo> meta_graphs = saved_model::read_meta_graphs(dir);
  std::ranges::sort(meta_graphs, {}, &MetaGraphInfo::tags);
  if (!options.tag_set.empty()) {
    const std::set<std::string> wanted = split(options.tag_set);
    std::erase_if(meta_graphs, [&](const MetaGraphInfo& info) { return std::set<std::string>(info.tags.begin(), info.tags.end()) != wanted; });
    if (meta_graphs.empty()) {
      return invalid_argument("MetaGraphDef associated with tag-set {} could not be found in SavedModel", options.tag_set);
    }
  }
  if (options.json) {
    std::vector<std::string> items;
    for (const MetaGraphInfo& info : meta_graphs) items.push_back(meta_graph_json(info));
    return fmt::format("[{}]\n", fmt::join(items, ",\n "));
  }
  if (options.all) return all_text(meta_graphs);
  if (options.tag_set.empty()) {
    std::string text = "The given SavedModel contains the following tag-sets:\n";
    for (MetaGraphInfo& info : meta_graphs) {
      std::ranges::sort(info.tags);
      text += fmt::format("{}\n", fmt::join(info.tags, ", "));
    }
    return text;
  }
  const auto& signatures = meta_graphs.front().signature_def;
  if (options.signature_def.empty()) {
    std::string text = "The given SavedModel MetaGraphDef contains SignatureDefs with the following keys:\n";
    for (const auto& [name, signature] : signatures) text += fmt::format("SignatureDef key: \"{}\"\n", name);
    return text;
  }
  const auto it = signatures.find(options.signature_def);
  if (it == signatures.end()) return invalid_argument("The SavedModel has no signature \"{}\"", options.signature_def);
  return signature_text(it->second, "");
}

}  // namespace

StatusOr<std::string> show_saved_model(const std::string& dir, const ShowSavedModelOptions& options) {
  try {
    return show(dir, options);
  } catch (const std::exception& error) {
    return invalid_argument("{}", error.what());
  }
}

}  // namespace reflow::tools
