#include "reflow/graph/control_flow_proto.h"

#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>
#include <tensorflow/core/protobuf/control_flow.pb.h>

#include <charconv>
#include <memory>
#include <mutex>

#include "reflow/graph/while_context.h"

namespace reflow::graph {
namespace {

using tensorflow::CondContextDef;
using tensorflow::ControlFlowContextDef;
using tensorflow::ValuesDef;
using tensorflow::WhileContextDef;

// ---- to messages

class Writer {
 public:
  explicit Writer(std::string_view export_scope) : prefix_(export_scope) {
    if (!prefix_.empty() && !prefix_.ends_with('/')) prefix_ += '/';
  }

  std::string name(const std::string& full) const {
    return full.starts_with(prefix_) ? full.substr(prefix_.size()) : full;
  }

  void write(const CondContext& context, CondContextDef* def) const {
    def->set_context_name(name(context.name()));
    def->set_pred_name(name(context.pred().name()));
    def->set_pivot_name(name(context.pivot()->output(0).name()));
    def->set_branch(context.branch());
    write_values(context, def->mutable_values_def());
    for (const ControlFlowContext* nested : context.nested()) write(*nested, def->add_nested_contexts());
  }

  void write(const WhileContext& context, WhileContextDef* def) const {
    const WhileContext::Options& options = context.options();
    def->set_context_name(name(context.name()));
    def->set_parallel_iterations(options.parallel_iterations);
    if (options.maximum_iterations) def->set_maximum_iterations_name(name(options.maximum_iterations.name()));
    def->set_back_prop(options.back_prop);
    def->set_swap_memory(options.swap_memory);
    // A loop whose building has failed has none.
    if (context.pivot_for_pred) def->set_pivot_for_pred_name(name(context.pivot_for_pred.name()));
    if (context.pivot_for_body) def->set_pivot_for_body_name(name(context.pivot_for_body.name()));
    if (context.condition) def->set_pivot_name(name(context.condition.name()));
    for (const Endpoint& exit : context.loop_exits) def->add_loop_exit_names(name(exit.name()));
    for (const Endpoint& enter : context.loop_enters) def->add_loop_enter_names(name(enter.name()));
    write_values(context, def->mutable_values_def());
    for (const ControlFlowContext* nested : context.nested()) write(*nested, def->add_nested_contexts());
  }

  void write(const ControlFlowContext& context, ControlFlowContextDef* def) const {
    if (context.is_while()) write(static_cast<const WhileContext&>(context), def->mutable_while_ctxt());
    else write(static_cast<const CondContext&>(context), def->mutable_cond_ctxt());
  }

 private:
  void write_values(const ControlFlowContext& context, ValuesDef* def) const {
    for (const std::string& value : context.values()) def->add_values(name(value));
    for (const auto& [outside, inside] : context.external_values()) {
      (*def->mutable_external_values())[name(outside)] = name(inside.name());
    }
  }
  std::string prefix_;
};

// ---- from messages

class Reader {
 public:
  Reader(Graph& graph, std::string_view import_scope) : graph_(graph), prefix_(import_scope) {
    if (!prefix_.empty() && !prefix_.ends_with('/')) prefix_ += '/';
  }

  StatusOr<ControlFlowContext*> read(const CondContextDef& def) {
    graph_.unique_name("cond_text");
    ASSIGN_OR_RETURN(const Endpoint pred, find(def.pred_name()));
    ASSIGN_OR_RETURN(const Endpoint pivot, find(def.pivot_name()));
    if (def.branch() != 0 && def.branch() != 1) {
      return invalid_argument("Branch {} of '{}' is neither 0 nor 1", def.branch(), def.context_name());
    }
    auto owned = std::make_unique<CondContext>(prefix_ + def.context_name(), graph_.scope().context, pred, pivot.node,
                                               def.branch());
    CondContext* const context = owned.get();
    graph_.own_context(std::move(owned));
    RETURN_IF_ERROR(read_values(def.values_def(), context));
    RETURN_IF_ERROR(read_nested(def.nested_contexts(), context));
    return context;
  }

  StatusOr<ControlFlowContext*> read(const WhileContextDef& def) {
    WhileContext::Options options{{}, def.parallel_iterations(), def.back_prop(), def.swap_memory()};
    if (options.parallel_iterations < 1) {
      return invalid_argument("`parallel_iterations` must be a positive integer: {}", options.parallel_iterations);
    }
    if (!def.maximum_iterations_name().empty()) {
      ASSIGN_OR_RETURN(options.maximum_iterations, find(def.maximum_iterations_name()));
    }
    auto owned = std::make_unique<WhileContext>(prefix_ + def.context_name(), graph_.scope().context, options);
    WhileContext* const context = owned.get();
    graph_.own_context(std::move(owned));
    ASSIGN_OR_RETURN(context->pivot_for_pred, find(def.pivot_for_pred_name()));
    ASSIGN_OR_RETURN(context->pivot_for_body, find(def.pivot_for_body_name()));
    ASSIGN_OR_RETURN(context->condition, find(def.pivot_name()));
    for (const std::string& name : def.loop_exit_names()) {
      ASSIGN_OR_RETURN(const Endpoint exit, find(name));
      context->loop_exits.push_back(exit);
    }
    for (const std::string& name : def.loop_enter_names()) {
      ASSIGN_OR_RETURN(const Endpoint enter, find(name));
      context->loop_enters.push_back(enter);
    }
    RETURN_IF_ERROR(read_values(def.values_def(), context));
    if (!prefix_.empty()) rename_frames(def.values_def(), context);
    RETURN_IF_ERROR(read_nested(def.nested_contexts(), context));
    return context;
  }

 private:
  // The output called "prefix/node:i"; no index is output 0.
  Endpoint look_up(const std::string& name) const {
    std::string node_name = prefix_ + name;
    int index = 0;
    if (const size_t colon = node_name.rfind(':'); colon != std::string::npos) {
      const char* end = node_name.data() + node_name.size();
      const auto [rest, error] = std::from_chars(node_name.data() + colon + 1, end, index);
      if (error != std::errc() || rest != end || index < 0) return {};
      node_name.resize(colon);
    }
    Node* node = graph_.find(node_name);
    return node && index < node->num_outputs() ? Endpoint{node, index} : Endpoint{};
  }

  StatusOr<Endpoint> find(const std::string& name) const {
    if (const Endpoint found = look_up(name)) return found;
    return invalid_argument("The name '{}' refers to a Tensor which does not exist.", prefix_ + name);
  }

  // Nodes that give values seen in the context are in it, but for those that come from outside.
  Status read_values(const ValuesDef& def, ControlFlowContext* context) {
    for (const auto& [outside, inside] : def.external_values()) {
      ASSIGN_OR_RETURN(const Endpoint value, find(inside));
      if (const Endpoint key = look_up(outside)) context->set_external_value(key, value);
    }
    for (const std::string& name : def.values()) {
      const bool is_external = def.external_values().contains(name);
      const Endpoint value = look_up(name);
      if (!value && !is_external) return find(name).status();
      if (!value) continue;
      context->mark_seen(value);
      if (!is_external) value.node->set_context(context);
    }
    return OkStatus();
  }

  // Frames are found by name, and the loop is called otherwise here.
  void rename_frames(const ValuesDef& def, const WhileContext* context) {
    for (const std::string& name : def.values()) {
      const Endpoint value = look_up(name);
      if (value && is_enter(*value.node)) value.node->set_attr("frame_name", context->name());
    }
  }

  template <typename Defs>
  Status read_nested(const Defs& defs, ControlFlowContext* outer) {
    const EnteredContext entered(graph_, outer);
    for (const ControlFlowContextDef& def : defs) {
      if (def.has_cond_ctxt()) {
        RETURN_IF_ERROR(read(def.cond_ctxt()).status());
      } else if (def.has_while_ctxt()) {
        RETURN_IF_ERROR(read(def.while_ctxt()).status());
      } else {
        return invalid_argument("Unknown ControlFlowContextDef within '{}'", outer->name());
      }
    }
    return OkStatus();
  }

  Graph& graph_;
  std::string prefix_;
};

template <typename Def>
StatusOr<ControlFlowContext*> parse(Graph& graph, std::string_view bytes, std::string_view import_scope) {
  Def def;
  if (!def.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) {
    return invalid_argument("The bytes are no {}", Def::descriptor()->full_name());
  }
  const std::lock_guard lock(graph.mutex());
  return Reader(graph, import_scope).read(def);
}

}  // namespace

std::optional<std::string> serialize_context(const ControlFlowContext& context, std::string_view export_scope) {
  if (!context.name().starts_with(export_scope)) return std::nullopt;
  const Writer writer(export_scope);
  std::string bytes;
  const auto write = [&](auto& def, const auto& typed) {
    writer.write(typed, &def);
    google::protobuf::io::StringOutputStream stream(&bytes);
    google::protobuf::io::CodedOutputStream coded(&stream);
    coded.SetSerializationDeterministic(true);  // the same contexts, the same bytes
    def.SerializeToCodedStream(&coded);
  };
  if (context.is_while()) {
    WhileContextDef def;
    write(def, static_cast<const WhileContext&>(context));
  } else {
    CondContextDef def;
    write(def, static_cast<const CondContext&>(context));
  }
  return bytes;
}

StatusOr<ControlFlowContext*> parse_cond_context(Graph& graph, std::string_view bytes, std::string_view import_scope) {
  return parse<CondContextDef>(graph, bytes, import_scope);
}

StatusOr<ControlFlowContext*> parse_while_context(Graph& graph, std::string_view bytes, std::string_view import_scope) {
  return parse<WhileContextDef>(graph, bytes, import_scope);
}

}  // namespace reflow::graph
