#include "reflow/saved_model/signature_proto.h"

#include <tensorflow/core/protobuf/saved_model.pb.h>

#include "reflow/client/status_errors.h"
#include "reflow/graph/read_proto.h"
#include "reflow/io/file.h"
#include "reflow/tensor/tensor_proto.h"

namespace reflow::saved_model {
namespace {

constexpr const char* kBinaryFile = "/saved_model.pb";
constexpr const char* kTextFile = "/saved_model.pbtxt";

TensorInfo tensor_from_proto(const tensorflow::TensorInfo& proto) {
  TensorInfo info;
  info.name = proto.name();
  info.dtype = static_cast<DType>(proto.dtype());
  info.shape = check_building(shape_from_proto(proto.tensor_shape()));
  if (proto.has_coo_sparse()) {
    info.values_name = proto.coo_sparse().values_tensor_name();
    info.indices_name = proto.coo_sparse().indices_tensor_name();
    info.dense_shape_name = proto.coo_sparse().dense_shape_tensor_name();
  }
  return info;
}

void tensor_to_proto(const TensorInfo& info, tensorflow::TensorInfo* proto) {
  proto->set_dtype(static_cast<tensorflow::DataType>(info.dtype));
  shape_to_proto(info.shape, proto->mutable_tensor_shape());
  if (info.values_name.empty()) {
    proto->set_name(info.name);
    return;
  }
  proto->mutable_coo_sparse()->set_values_tensor_name(info.values_name);
  proto->mutable_coo_sparse()->set_indices_tensor_name(info.indices_name);
  proto->mutable_coo_sparse()->set_dense_shape_tensor_name(info.dense_shape_name);
}

}  // namespace

SignatureDef signature_from_proto(const tensorflow::SignatureDef& proto) {
  SignatureDef signature;
  for (const auto& [name, info] : proto.inputs()) signature.inputs[name] = tensor_from_proto(info);
  for (const auto& [name, info] : proto.outputs()) signature.outputs[name] = tensor_from_proto(info);
  signature.method_name = proto.method_name();
  return signature;
}

void signature_to_proto(const SignatureDef& signature, tensorflow::SignatureDef* proto) {
  for (const auto& [name, info] : signature.inputs) tensor_to_proto(info, &(*proto->mutable_inputs())[name]);
  for (const auto& [name, info] : signature.outputs) tensor_to_proto(info, &(*proto->mutable_outputs())[name]);
  proto->set_method_name(signature.method_name);
}

MetaGraphInfo info_of(const tensorflow::MetaGraphDef& meta_graph) {
  MetaGraphInfo info;
  info.tags.assign(meta_graph.meta_info_def().tags().begin(), meta_graph.meta_info_def().tags().end());
  for (const auto& [name, signature] : meta_graph.signature_def()) info.signature_def[name] = signature_from_proto(signature);
  info.tensorflow_version = meta_graph.meta_info_def().tensorflow_version();
  for (const tensorflow::AssetFileDef& asset : meta_graph.asset_file_def()) info.assets.push_back(asset.filename());
  info.num_nodes = meta_graph.graph_def().node_size();
  info.num_functions = meta_graph.graph_def().library().function_size();
  return info;
}

void read_saved_model(const std::string& export_dir, tensorflow::SavedModel* proto) {
  for (const char* file : {kBinaryFile, kTextFile}) {
    if (!io::file_exists(export_dir + file)) continue;
    errors::throw_if_error(graph::read_proto(export_dir + file, proto));
    return;
  }
  errors::throw_if_error(not_found("SavedModel file does not exist at: {}/{{saved_model.pbtxt|saved_model.pb}}", export_dir));
}

bool contains_saved_model(const std::string& export_dir) {
  return io::file_exists(export_dir + kBinaryFile) || io::file_exists(export_dir + kTextFile);
}

std::vector<MetaGraphInfo> read_meta_graphs(const std::string& export_dir) {
  tensorflow::SavedModel proto;
  read_saved_model(export_dir, &proto);
  std::vector<MetaGraphInfo> infos;
  for (const tensorflow::MetaGraphDef& meta_graph : proto.meta_graphs()) infos.push_back(info_of(meta_graph));
  return infos;
}

}  // namespace reflow::saved_model
