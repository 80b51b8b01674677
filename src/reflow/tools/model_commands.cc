#include "reflow/tools/model_commands.h"

#include "reflow/tools/graph_diff_command.h"

namespace reflow::tools {

ModelCommands::ModelCommands(CLI::App& app, CLI::App& graph) {
  add_freeze(graph);
  add_optimize(graph);
  add_diff(graph);
  CLI::App* saved_model = app.add_subcommand("saved_model", "Look into SavedModels, and run them");
  saved_model->require_subcommand(1)->footer("Example:\n  reflow saved_model show model/ --all");
  add_show(*saved_model);
  add_run(*saved_model);
}

void ModelCommands::add_freeze(CLI::App& graph) {
  freeze_ = graph.add_subcommand("freeze", "Write a graph whose variables are constants, from a SavedModel or a checkpoint");
  FreezeGraphOptions& o = freeze_options_;
  freeze_->add_option("--saved_model", o.saved_model, "The folder of a SavedModel")->type_name("DIR");
  freeze_->add_option("--tag_set", o.tag_set, "All tags of its MetaGraph, separated by commas")->type_name("TAGS")->capture_default_str();
  freeze_->add_option("--meta_graph", o.meta_graph, "Instead of a SavedModel: a MetaGraphDef, binary or text")->type_name("FILE");
  freeze_->add_option("--checkpoint", o.checkpoint, "With --meta_graph: the prefix of the checkpoint")->type_name("PREFIX");
  freeze_->add_option("--outputs", o.outputs, "Nodes to be computed, separated by commas")->delimiter(',')->required()->type_name("NODES");
  freeze_->add_option("-o,--out", o.out, "Where the GraphDef is written; as text where it ends in .pbtxt")->required()->type_name("OUT");
  freeze_->footer(
      "Example:\n  reflow graph freeze --meta_graph model.ckpt.meta --checkpoint model.ckpt --outputs softmax -o frozen.pb\n"
      "  reflow graph freeze --saved_model model/ --outputs softmax -o frozen.pb");
}

void ModelCommands::add_optimize(CLI::App& graph) {
  optimize_ = graph.add_subcommand("optimize", "Make a graph smaller and faster, keeping what its outputs compute");
  OptimizeGraphOptions& o = optimize_options_;
  optimize_->add_option("IN", o.in, "A GraphDef (binary or text), a .meta file or a SavedModel");
  optimize_->add_option("OUT", o.out, "Where the GraphDef is written; as text where it ends in .pbtxt");
  optimize_->add_option("--inputs", o.inputs, "Nodes that are fed, separated by commas")->delimiter(',')->type_name("NODES");
  optimize_->add_option("--outputs", o.outputs, "Nodes that are fetched, separated by commas")->delimiter(',')->type_name("NODES");
  optimize_->add_option("--transforms", o.transforms, "What to do, as TensorFlow's transform_graph takes it; without it, what inference allows")
      ->type_name("TEXT");
  optimize_->add_flag("--list", o.list, "List the transforms");
  optimize_->footer(
      "Example:\n  reflow graph optimize frozen.pb small.pb --inputs x --outputs softmax\n"
      "  reflow graph optimize a.pb b.pb --inputs x --outputs y --transforms 'remove_nodes(op=Identity) fold_constants'");
}

void ModelCommands::add_diff(CLI::App& graph) {
  diff_ = graph.add_subcommand("diff", "Say which nodes of two graphs differ; the exit status is 1 where some do");
  diff_->add_option("A", diff_a_, "A GraphDef (binary or text), a .meta file or a SavedModel")->required();
  diff_->add_option("B", diff_b_, "Another")->required();
  diff_->add_flag("--json", diff_json_, "Write JSON");
  diff_->footer("Example:\n  reflow graph diff before.pb after.pb");
}

void ModelCommands::add_show(CLI::App& saved_model) {
  show_ = saved_model.add_subcommand("show", "Say what a SavedModel holds: tags, signatures, inputs and outputs");
  show_->add_option("DIR", dir_, "The folder of a SavedModel")->required();
  show_->add_option("--tag_set", show_options_.tag_set, "All tags of a MetaGraph, separated by commas: its signatures are listed")->type_name("TAGS");
  show_->add_option("--signature_def", show_options_.signature_def, "A signature: its inputs and outputs are listed")->type_name("KEY");
  show_->add_flag("--all", show_options_.all, "Show everything");
  show_->add_flag("--json", show_options_.json, "Write everything as JSON");
  show_->footer("Example:\n  reflow saved_model show model/\n  reflow saved_model show model/ --tag_set serve --signature_def serving_default");
}

void ModelCommands::add_run(CLI::App& saved_model) {
  run_ = saved_model.add_subcommand("run", "Compute the outputs of a signature");
  RunSavedModelOptions& o = run_options_;
  run_->add_option("DIR", dir_, "The folder of a SavedModel")->required();
  run_->add_option("--tag_set", o.tag_set, "All tags of the MetaGraph, separated by commas")->type_name("TAGS")->capture_default_str();
  run_->add_option("--signature_def", o.signature_def, "The signature")->type_name("KEY")->capture_default_str();
  run_->add_option("--inputs", o.inputs, "KEY=FILE.npy: an input from an array that NumPy has saved")->delimiter(';')->type_name("KEY=FILE");
  run_->add_option("--input_exprs", o.input_exprs, "KEY=VALUE: an input, as Python writes it")->delimiter(';')->type_name("KEY=VALUE");
  run_->add_option("--input_examples", o.input_examples, "KEY=[{'feature': [values]}]: serialized Examples")->delimiter(';')->type_name("KEY=LIST");
  run_->add_option("--outdir", o.outdir, "Write outputs there, as KEY.npy")->type_name("OUT");
  run_->add_flag("--overwrite", o.overwrite, "Overwrite files that are there");
  run_->add_flag("--json", o.json, "Write JSON");
  run_->footer(
      "Example:\n  reflow saved_model run model/ --input_exprs 'x=[[1, 2, 3]]'\n"
      "  reflow saved_model run model/ --signature_def lookup --inputs words=words.npy --outdir results/");
}

bool ModelCommands::chosen() const { return *freeze_ || *optimize_ || *diff_ || *show_ || *run_; }

StatusOr<std::string> ModelCommands::run(int* exit_status) const {
  if (*freeze_) return freeze_graph(freeze_options_);
  if (*optimize_) return optimize_graph(optimize_options_);
  if (*show_) return show_saved_model(dir_, show_options_);
  if (*run_) return run_saved_model(dir_, run_options_);
  ASSIGN_OR_RETURN(GraphDifference difference, diff_graphs(diff_a_, diff_b_, diff_json_));
  *exit_status = difference.equal ? 0 : 1;
  return std::move(difference.text);
}

}  // namespace reflow::tools
