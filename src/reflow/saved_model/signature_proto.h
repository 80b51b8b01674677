#pragma once

// Signatures to and from their messages. Not for users.

#include "reflow/saved_model/saved_model.h"

namespace tensorflow {
class MetaGraphDef;
class SavedModel;
class SignatureDef;
}  // namespace tensorflow

namespace reflow::saved_model {

// ValueError: the shape of a tensor is none.
SignatureDef signature_from_proto(const tensorflow::SignatureDef& proto);
void signature_to_proto(const SignatureDef& signature, tensorflow::SignatureDef* proto);
MetaGraphInfo info_of(const tensorflow::MetaGraphDef& meta_graph);
// From saved_model.pb or saved_model.pbtxt; errors as of read_meta_graphs.
void read_saved_model(const std::string& export_dir, tensorflow::SavedModel* proto);

}  // namespace reflow::saved_model
