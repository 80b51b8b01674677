#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "reflow/base/status.h"
#include "reflow/graph/control_flow.h"

namespace reflow::graph {

// `context` and those within it as a serialised CondContextDef or WhileContextDef, names without `export_scope`; none when
// the context isn't below that.
std::optional<std::string> serialize_context(const ControlFlowContext& context, std::string_view export_scope = "");

// The contexts of a serialised CondContextDef or WhileContextDef, made for nodes that are in the graph already, below
// `import_scope`; the graph owns them. They are within the calling thread's current context.
// InvalidArgument: the bytes are no such message, or name what isn't there.
StatusOr<ControlFlowContext*> parse_cond_context(Graph& graph, std::string_view bytes, std::string_view import_scope = "");
StatusOr<ControlFlowContext*> parse_while_context(Graph& graph, std::string_view bytes, std::string_view import_scope = "");

}  // namespace reflow::graph
