#include "reflow/tools/saved_model_run.h"

#include <fmt/format.h>

#include <cmath>
#include <functional>
#include <map>
#include <set>

#include "reflow/client/graph.h"
#include "reflow/client/numpy_text.h"
#include "reflow/client/session.h"
#include "reflow/io/file.h"
#include "reflow/saved_model/saved_model.h"
#include "reflow/tools/json_text.h"
#include "reflow/tools/literal_value.h"
#include "reflow/tools/npy_file.h"
#include "tensorflow/core/example/example.pb.h"

namespace reflow::tools {
namespace {

using saved_model::SignatureDef;
using saved_model::TensorInfo;

Status add_feature(const std::string& name, const LiteralValue& value, tensorflow::Features* features) {
  tensorflow::Feature& feature = (*features->mutable_feature())[name];
  const auto* list = std::get_if<LiteralValue::List>(&value.value);
  if (list == nullptr) return invalid_argument("The feature '{}' is no list", name);
  for (const LiteralValue& item : *list) {
    if (const auto* text = std::get_if<std::string>(&item.value)) feature.mutable_bytes_list()->add_value(*text);
    else if (const auto* integer = std::get_if<int64_t>(&item.value)) feature.mutable_int64_list()->add_value(*integer);
    else if (const auto* real = std::get_if<double>(&item.value)) feature.mutable_float_list()->add_value(static_cast<float>(*real));
    else return invalid_argument("The feature '{}' has an element that is neither number nor string", name);
  }
  return OkStatus();
}

// A list of dicts, as serialized Examples.
StatusOr<Tensor> examples_of(const LiteralValue& literal) {
  const auto* list = std::get_if<LiteralValue::List>(&literal.value);
  if (list == nullptr) return invalid_argument("Examples are a list of dicts");
  Tensor tensor(DType::kString, {static_cast<int64_t>(list->size())});
  for (size_t i = 0; i < list->size(); ++i) {
    const auto* dict = std::get_if<LiteralValue::Dict>(&(*list)[i].value);
    if (dict == nullptr) return invalid_argument("Example {} is no dict", i);
    tensorflow::Example example;
    for (const auto& [name, value] : *dict) RETURN_IF_ERROR(add_feature(name, value, example.mutable_features()));
    tensor.data<std::string>()[i] = example.SerializeAsString();
  }
  return tensor;
}

class Inputs {
 public:
  explicit Inputs(const SignatureDef& signature) : signature_(signature) {}

  using Reader = std::function<StatusOr<Tensor>(const std::string& text, const TensorInfo& info)>;
  Status add(const std::vector<std::string>& arguments, const Reader& read) {
    for (const std::string& argument : arguments) {
      const size_t equals = argument.find('=');
      if (equals == std::string::npos) return invalid_argument("'{}' is not KEY=VALUE", argument);
      const std::string key = argument.substr(0, equals);
      const auto it = signature_.inputs.find(key);
      if (it == signature_.inputs.end()) {
        std::vector<std::string> keys;
        for (const auto& [name, info] : signature_.inputs) keys.push_back(name);
        return invalid_argument("\"{}\" is not a valid input key. Please choose from {}.", key, fmt::join(keys, ", "));
      }
      StatusOr<Tensor> value = read(argument.substr(equals + 1), it->second);
      if (!value.ok()) return make_status(value.status().code(), fmt::format("Input {}: {}", key, message_of(value.status())));
      values_[key] = *std::move(value);
    }
    return OkStatus();
  }

  StatusOr<FeedDict> feeds(const Graph& graph) const {
    FeedDict feeds;
    for (const auto& [name, info] : signature_.inputs) {
      const auto it = values_.find(name);
      if (it == values_.end()) return invalid_argument("The input {} is missing: give it by --inputs or --input_exprs", name);
      if (info.name.empty()) return unimplemented("The input {} is a sparse tensor", name);
      feeds.add(graph.get_tensor_by_name(info.name), it->second);
    }
    return feeds;
  }

 private:
  const SignatureDef& signature_;
  std::map<std::string, Tensor> values_;
};

// NaN and Infinity as Python's json writes and reads them.
template <typename T>
std::string json_number(T value) {
  if (std::isnan(value)) return "NaN";
  if (std::isinf(value)) return value < 0 ? "-Infinity" : "Infinity";
  return fmt::format("{}", value);
}

std::string json_of(const Tensor& tensor, int dim, int64_t* next) {
  if (dim < tensor.rank()) {
    std::vector<std::string> items;
    for (int64_t i = 0; i < tensor.dim(dim); ++i) items.push_back(json_of(tensor, dim + 1, next));
    return fmt::format("[{}]", fmt::join(items, ", "));
  }
  const int64_t i = (*next)++;
  switch (tensor.dtype()) {
    case DType::kFloat32: return json_number(tensor.data<float>()[i]);
    case DType::kFloat64: return json_number(tensor.data<double>()[i]);
    case DType::kInt32: return fmt::format("{}", tensor.data<int32_t>()[i]);
    case DType::kInt64: return fmt::format("{}", tensor.data<int64_t>()[i]);
    case DType::kUint8: return fmt::format("{}", tensor.data<uint8_t>()[i]);
    case DType::kBool: return tensor.data<bool>()[i] ? "true" : "false";
    case DType::kString: return json_string(tensor.data<std::string>()[i]);
    default: return "null";
  }
}

StatusOr<std::string> results_text(const std::map<std::string, Tensor>& results, const RunSavedModelOptions& options) {
  std::string text;
  std::vector<std::string> items;
  for (const auto& [name, value] : results) {
    int64_t next = 0;
    if (options.json) items.push_back(json_string(name) + ": " + json_of(value, 0, &next));
    else text += fmt::format("Result for output key {}:\n{}\n", name, client::numpy_str(value));
    if (options.outdir.empty()) continue;
    const std::string path = options.outdir + "/" + name + ".npy";
    if (!options.overwrite && io::file_exists(path)) {
      return make_status(StatusCode::kAlreadyExists, fmt::format("Output file {} already exists. Add \"--overwrite\" to overwrite the existing output files.", path));
    }
    RETURN_IF_ERROR(io::create_folders(options.outdir));
    RETURN_IF_ERROR(write_npy(path, value));
    if (!options.json) text += fmt::format("Output {} is saved to {}\n", name, path);
  }
  return options.json ? fmt::format("{{{}}}\n", fmt::join(items, ", ")) : text;
}

StatusOr<std::string> run(const std::string& dir, const RunSavedModelOptions& options) {
  const Graph graph;
  const Session session({.graph = graph});
  std::set<std::string> tags;
  for (size_t begin = 0; begin <= options.tag_set.size();) {
    const size_t comma = std::min(options.tag_set.find(',', begin), options.tag_set.size());
    tags.insert(options.tag_set.substr(begin, comma - begin));
    begin = comma + 1;
  }
  const saved_model::MetaGraphInfo model = saved_model::load(session, tags, dir);
  const auto it = model.signature_def.find(options.signature_def);
  if (it == model.signature_def.end()) return invalid_argument("The SavedModel has no signature \"{}\"", options.signature_def);
  Inputs inputs(it->second);
  RETURN_IF_ERROR(inputs.add(options.inputs, [](const std::string& path, const TensorInfo&) { return read_npy(path); }));
  RETURN_IF_ERROR(inputs.add(options.input_exprs, [](const std::string& text, const TensorInfo& info) -> StatusOr<Tensor> {
    ASSIGN_OR_RETURN(const LiteralValue literal, parse_literal(text));
    return tensor_of_literal(literal, info.dtype);
  }));
  RETURN_IF_ERROR(inputs.add(options.input_examples, [](const std::string& text, const TensorInfo&) -> StatusOr<Tensor> {
    ASSIGN_OR_RETURN(const LiteralValue literal, parse_literal(text));
    return examples_of(literal);
  }));
  ASSIGN_OR_RETURN(const FeedDict feeds, inputs.feeds(graph));
  std::vector<GraphElement> fetches;
  for (const auto& [name, info] : it->second.outputs) {
    if (info.name.empty()) return unimplemented("The output {} is a sparse tensor", name);
    fetches.push_back(graph.as_graph_element(info.name));
  }
  const std::vector<Tensor> values = session.run(fetches, feeds);
  std::map<std::string, Tensor> results;
  size_t i = 0;
  for (const auto& [name, info] : it->second.outputs) results[name] = values[i++];
  return results_text(results, options);
}

}  // namespace

StatusOr<std::string> run_saved_model(const std::string& dir, const RunSavedModelOptions& options) {
  try {
    return run(dir, options);
  } catch (const std::exception& error) {
    return invalid_argument("{}", error.what());
  }
}

}  // namespace reflow::tools
