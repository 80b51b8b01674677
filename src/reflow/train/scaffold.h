#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "reflow/client/session.h"
#include "reflow/train/saver.h"

namespace reflow::train {

class Scaffold;

struct ScaffoldOptions {
  std::optional<Operation> init_op;
  FeedDict init_feed_dict;                                        // for a run of init_op
  std::function<void(const Scaffold&, const Session&)> init_fn;   // called after init_op
  std::optional<Output> ready_op;                                 // names of variables that aren't initialised
  std::optional<Output> ready_for_local_init_op;                  // the same, of those that local_init_op needs
  std::optional<Operation> local_init_op;
  std::optional<Output> summary_op;
  std::shared_ptr<Saver> saver;
  const Scaffold* copy_from_scaffold = nullptr;                   // where what isn't given here is taken from
};

// The operations that a training session needs beside the training itself: those that initialise a model, tell whether it
// is ready, summarise and save it. What is not given, `finalize` takes from the graph's collections or makes. A handle:
// copies are the same.
class Scaffold {
 public:
  explicit Scaffold(const ScaffoldOptions& options = {});

  // Makes what is missing, and the default graph unchangeable. RuntimeError: "More than one item in the collection ...".
  const Scaffold& finalize() const;

  const std::optional<Operation>& init_op() const { return options_->init_op; }
  const FeedDict& init_feed_dict() const { return options_->init_feed_dict; }
  // Not callable: there is none.
  std::function<void(const Session&)> init_fn() const;
  const std::optional<Output>& ready_op() const { return options_->ready_op; }
  const std::optional<Output>& ready_for_local_init_op() const { return options_->ready_for_local_init_op; }
  const std::optional<Operation>& local_init_op() const { return options_->local_init_op; }
  // Unset: there are no summaries.
  const std::optional<Output>& summary_op() const { return options_->summary_op; }
  const std::shared_ptr<Saver>& saver() const { return options_->saver; }

  // The operation that initialises local variables, tables and local resources.
  static Operation default_local_init_op();

 private:
  std::shared_ptr<ScaffoldOptions> options_;
};

}  // namespace reflow::train
