#include "reflow/tools/command_line.h"

#include <CLI/CLI.hpp>
#include <ostream>
#include <string>

#include "reflow/base/status.h"
#include "reflow/tools/checkpoint_commands.h"
#include "reflow/tools/env_command.h"
#include "reflow/tools/event_commands.h"
#include "reflow/tools/graph_command.h"
#include "reflow/tools/model_commands.h"
#include "reflow/tools/ops_command.h"
#include "reflow/tools/profile_command.h"
#include "reflow/tools/record_commands.h"

namespace reflow::tools {
namespace {

struct Arguments {
  std::string op, filter, graph_file;
  bool missing = false;
  ShowGraphOptions show;
};

CLI::App* add_ops(CLI::App& app, Arguments& arguments) {
  CLI::App* ops = app.add_subcommand("ops", "List the ops, or describe one: definition, kernels, gradient");
  CLI::Option* name = ops->add_option("NAME", arguments.op, "The op to describe; without it all ops are listed");
  ops->add_option("--filter", arguments.filter, "List only ops whose name contains TEXT, in any case")
      ->type_name("TEXT")
      ->excludes(name);
  ops->add_flag("--missing", arguments.missing, "List the ops of TensorFlow 1.15 that are not there yet")->excludes(name);
  ops->footer("Example:\n  reflow ops --filter matmul\n  reflow ops MatMul");
  return ops;
}

CLI::App* add_graph_show(CLI::App& graph, Arguments& arguments) {
  CLI::App* show = graph.add_subcommand("show", "Summarise a GraphDef: nodes, ops by count, inputs, variables");
  show->add_option("FILE", arguments.graph_file, "A GraphDef, binary or text, a .meta file or a SavedModel")->required();
  show->add_flag("--nodes", arguments.show.nodes, "List every node with its inputs");
  show->add_option("--dot", arguments.show.dot_file, "Write the graph for Graphviz to OUT")->type_name("OUT");
  show->add_flag("--json", arguments.show.json, "Write JSON");
  show->footer("Example:\n  reflow graph show model.pbtxt --dot model.dot && dot -Tsvg model.dot > model.svg");
  return show;
}

int print(const StatusOr<std::string>& text, std::ostream& out, std::ostream& err) {
  if (!text.ok()) {
    err << "reflow: " << message_of(text.status()) << '\n';
    return 1;
  }
  out << *text << std::flush;
  if (out.fail()) {
    err << "reflow: cannot write the output\n";
    return 1;
  }
  return 0;
}

}  // namespace

int run_command_line(int argc, const char* const* argv, std::ostream& out, std::ostream& err) {
  Arguments arguments;
  CLI::App app("Looks into Reflow and its files.", "reflow");
  app.set_version_flag("--version", version_text());
  app.require_subcommand(1);
  app.footer("Example:\n  reflow ops MatMul\n\n`reflow COMMAND --help` says more about a command.");

  const CLI::App* ops = add_ops(app, arguments);
  CLI::App* graph = app.add_subcommand("graph", "Look into graphs, and rewrite them");
  graph->require_subcommand(1)->footer("Example:\n  reflow graph show model.pb");
  const CLI::App* show = add_graph_show(*graph, arguments);
  ModelCommands models(app, *graph);
  RecordCommands records(app);
  const EventCommands events(app);
  CheckpointCommands checkpoints(app);
  const ProfileCommand profile(app);
  CLI::App* env = app.add_subcommand("env", "List the environment variables that Reflow obeys");
  env->footer("Example:\n  reflow env");
  CLI::App* version = app.add_subcommand("version", "Say which Reflow this is, and which TensorFlow it implements");
  version->footer("Example:\n  reflow version");

  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error, out, err);
  }
  if (*ops && arguments.missing) return print(list_missing_ops(), out, err);
  if (*ops) return print(arguments.op.empty() ? list_ops(arguments.filter) : describe_op(arguments.op), out, err);
  if (*show) return print(show_graph(arguments.graph_file, arguments.show), out, err);
  if (models.chosen()) {
    int exit_status = 0;
    const int printed = print(models.run(&exit_status), out, err);
    return printed != 0 ? printed : exit_status;
  }
  if (records.chosen()) {
    int exit_status = 0;
    const int printed = print(records.run(&exit_status), out, err);
    return printed != 0 ? printed : exit_status;
  }
  if (events.chosen()) return print(events.run(), out, err);
  if (checkpoints.chosen()) {
    int exit_status = 0;
    const int printed = print(checkpoints.run(err, &exit_status), out, err);
    return printed != 0 ? printed : exit_status;
  }
  if (profile.chosen()) return print(profile.run(), out, err);
  if (*env) return print(env_text(), out, err);
  return print(version_text() + "\n", out, err);
}

}  // namespace reflow::tools
