#include <filesystem>
#include <fstream>
#include <mutex>

#include "reflow/base/clock.h"
#include "reflow/base/env.h"
#include "reflow/base/logging.h"
#include "reflow/graph/dot.h"
#include "reflow/graph/graph_def.h"
#include "reflow/passes/pass.h"
#include "reflow/passes/passes.h"

namespace reflow::passes {

const std::vector<Pass>& pipeline() {
  static const std::vector<Pass> kPasses = {
      {"identity_removal", "Leaves out ops that only hand their input on.", remove_identities},
      {"idle_waits", "Leaves out control edges that order nothing which anybody sees.", drop_idle_waits},
      {"constant_folding", "Computes once what depends on constants and static shapes alone.", fold_constants},
      {"arithmetic", "Leaves out arithmetic that changes no bit, as x * 1.", simplify_arithmetic},
      {"common_subexpressions", "Computes once what several nodes compute from the same inputs.",
       merge_common_subexpressions},
      {"dead_nodes", "Leaves out stateless nodes whose value nobody reads.", remove_dead_nodes},
      {"unread_stacks", "Keeps nothing of a loop's iterations that its gradient doesn't read.", drop_unread_stacks},
      {"loop_invariants", "Computes outside of a loop what is the same in all of its iterations.", move_loop_invariants},
      {"product_sums", "Makes one product of a sum of products of matrices.", sum_products},
      {"slice_sums", "Adds up gradients of slices of one tensor in one pass over these.", sum_slices},
      {"matmul_fusion", "Adds biases and applies Relu to products of matrices while they are in cache.", fuse_matmul},
      {"shared_panels", "Copies a matrix that several products use once into the order in which these read it.",
       share_panels},
      {"loss_scaling", "Multiplies gradients of cross entropies by constants, and sums them up, while they are computed.",
       scale_losses},
      {"batch_norm_folding", "Puts batch normalisation with given statistics into the filters of convolutions.",
       fold_batch_norms},
      {"conv_fusion", "Adds biases and applies Relu to convolutions while they are in cache.", fuse_convolutions},
      {"pool_fusion", "Pools the results of convolutions while they are in cache.", fuse_pooling},
      {"float_masks", "Makes numbers of comparisons without booleans between.", make_float_masks},
      {"fusion", "Computes chains of element-wise ops, and updates of variables, in one pass over memory.",
       fuse_elementwise},
      {"scaled_updates", "Multiplies gradients by numbers, as clipping does, while optimizers' ops apply them.", scale_in_updates},
  };
  return kPasses;
}

namespace {

const Pass kVariableOrder = {"variable_order", "Gives accesses to variables an order where the graph leaves it open.",
                             order_variable_accesses};

constexpr int kDebugTimes = 1, kDebugVerify = 2;

#ifdef NDEBUG
constexpr bool kAlwaysVerify = false;
#else
constexpr bool kAlwaysVerify = true;
#endif

// Files "NUMBER_PASS.pbtxt" and ".dot", the numbers running on over all graphs of the process.
void dump(const graph::Graph& graph, std::string_view pass, const std::string& directory) {
  static std::mutex mutex;
  static int next_number = 0;
  int number;
  {
    std::lock_guard lock(mutex);
    number = next_number++;
  }
  std::error_code failed;
  std::filesystem::create_directories(directory, failed);
  const std::string stem = fmt::format("{}/{:04d}_{}", directory, number, pass);
  std::ofstream text(stem + ".pbtxt"), dot(stem + ".dot");
  text << graph::graph_def_text(graph);
  dot << graph::dot_text(graph);
  text.close();
  dot.close();
  if (!text || !dot) log_warning("Cannot write the graph to {}.pbtxt and .dot", stem);
}

Status run_one(const Pass& pass, PassContext& context, const std::string& dump_directory) {
  const int64_t start_ns = monotonic_ns();
  const int before = context.graph->num_nodes();
  if (const Status status = pass.run(context); !status.ok()) {
    return append_message(status, fmt::format("\n\t in pass {}", pass.name));
  }
  log_debug(kDebugTimes, "Pass {}: {} us, {} nodes to {}", pass.name, (monotonic_ns() - start_ns) / 1000, before,
            context.graph->num_nodes());
  if (kAlwaysVerify || debug_level() >= kDebugVerify) {
    if (const Status status = verify(*context.graph); !status.ok()) {
      return append_message(status, fmt::format("\n\t after pass {}", pass.name));
    }
  }
  if (!dump_directory.empty()) dump(*context.graph, pass.name, dump_directory);
  return OkStatus();
}

}  // namespace

Status run_pipeline(PassContext& context, const std::set<std::string>& disabled) {
  const std::string dump_directory = graph_dump_directory();
  if (!dump_directory.empty()) dump(*context.graph, "before", dump_directory);
  // Not a matter of speed: what a program means must not depend on which passes run.
  if (!disabled.contains(std::string(kVariableOrder.name))) RETURN_IF_ERROR(run_one(kVariableOrder, context, dump_directory));
  if (disabled.contains("all")) return OkStatus();
  for (const Pass& pass : pipeline()) {
    if (!disabled.contains(std::string(pass.name))) RETURN_IF_ERROR(run_one(pass, context, dump_directory));
  }
  return OkStatus();
}

}  // namespace reflow::passes
