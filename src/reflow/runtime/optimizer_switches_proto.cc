#include "reflow/runtime/optimizer_switches_proto.h"

#include <initializer_list>

#include "tensorflow/core/protobuf/config.pb.h"

namespace reflow::runtime {

std::set<std::string> passes_disabled_by(const tensorflow::GraphOptions& options) {
  using tensorflow::RewriterConfig;
  if (options.optimizer_options().opt_level() == tensorflow::OptimizerOptions::L0) return {"all"};
  const RewriterConfig& rewrite = options.rewrite_options();
  if (rewrite.disable_meta_optimizer()) return {"all"};
  std::set<std::string> disabled;
  const auto turned_off = [&](RewriterConfig::Toggle toggle, std::initializer_list<const char*> passes) {
    if (toggle == RewriterConfig::OFF) disabled.insert(passes.begin(), passes.end());
  };
  turned_off(rewrite.constant_folding(), {"constant_folding"});
  turned_off(rewrite.arithmetic_optimization(), {"arithmetic", "common_subexpressions", "product_sums"});
  turned_off(rewrite.dependency_optimization(), {"identity_removal", "dead_nodes"});
  turned_off(rewrite.loop_optimization(), {"unread_stacks", "loop_invariants"});
  turned_off(rewrite.remapping(), {"matmul_fusion", "loss_scaling", "batch_norm_folding", "conv_fusion", "pool_fusion", "fusion",
                                   "scaled_updates"});
  return disabled;
}

}  // namespace reflow::runtime
