#pragma once

// MetaGraphDefs (docs/formats/metagraph.md): graphs with their collections and the ops that save and restore.

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "reflow/client/graph.h"
#include "reflow/client/variable.h"
#include "reflow/train/saver.h"

namespace tensorflow {
class MetaGraphDef;
}

namespace reflow::train {

struct ExportMetaGraphOptions {
  std::string filename;  // where it is written; "": nowhere
  bool as_text = false;
  std::optional<SaverDef> saver_def;
  std::optional<std::vector<std::string>> collection_list;  // default: all collections
  std::vector<std::string> tags;
  bool clear_devices = false;
  bool strip_default_attrs = false;  // leaves out attributes with default values, so that older readers can read it
};
// The default graph as a serialized MetaGraphDef: nodes with their shapes, definitions of their ops, collections. Items of
// collections are written where they are variables, tensors, operations, strings, numbers or contexts of control flow;
// other collections are left out with a warning.
std::string export_meta_graph(const ExportMetaGraphOptions& options = {});

struct ImportMetaGraphOptions {
  bool clear_devices = false;
  std::string import_scope;                  // below which everything is put; "": none
  std::map<std::string, Output> input_map;   // "name:0" -> what takes its place
};
struct ImportedMetaGraph {
  std::optional<SaverDef> saver_def;          // names of ops in the default graph
  std::map<std::string, Variable> variables;  // by the names that they have in the file
};
// Adds the nodes and collections of a file, binary or text, to the default graph. Queue runners and items that programs
// registered themselves stay the bytes of their messages.
// NotFoundError: there is no such file. ValueError: it is no MetaGraphDef, or names what isn't there.
ImportedMetaGraph import_meta_graph(const std::string& filename, const ImportMetaGraphOptions& options = {});
ImportedMetaGraph import_meta_graph(const tensorflow::MetaGraphDef& meta_graph, const ImportMetaGraphOptions& options = {});

// The message that export_meta_graph serializes.
void make_meta_graph(const ExportMetaGraphOptions& options, tensorflow::MetaGraphDef* meta_graph);

}  // namespace reflow::train
