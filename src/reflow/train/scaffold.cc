#include "reflow/train/scaffold.h"

#include <fmt/format.h>

#include "reflow/base/logging.h"
#include "reflow/client/array_ops.h"
#include "reflow/client/collections.h"
#include "reflow/client/control_flow_ops.h"
#include "reflow/client/errors.h"
#include "reflow/client/lookup_ops.h"
#include "reflow/client/scopes.h"
#include "reflow/client/variable.h"
#include "reflow/summary/summary.h"

namespace reflow::train {
namespace {

// Resources other than variables and tables register no operations here, so that none is missing.
Output report_uninitialized_resources() {
  const name_scope scope("report_uninitialized_resources");
  const device reporting("/cpu:0");
  return constant(std::vector<std::string>(), {.dtype = DType::kString});
}

Operation initialize_resources() { return no_op("init"); }

// The one item of a collection; if there is none, what `make` gives, which is added to it.
template <typename T, typename F>
std::optional<T> get_or_default(const char* argument, const char* collection, F&& make) {
  const std::vector<T> items = get_collection<T>(collection);
  if (items.size() > 1) {
    throw RuntimeError(fmt::format("More than one item in the collection \"{}\". Please indicate which one to use by "
                                   "passing it to the tf.Scaffold constructor as:  tf.Scaffold({}=item to use)",
                                   collection, argument));
  }
  if (!items.empty()) return items[0];
  const std::optional<T> made = make();
  if (made) add_to_collection(collection, *made);
  return made;
}

Output names_not_initialized(const ReportUninitializedOptions& options) {
  const Output variables = report_uninitialized_variables(options);
  return concat({variables, report_uninitialized_resources()}, 0);
}

}  // namespace

Scaffold::Scaffold(const ScaffoldOptions& options) : options_(std::make_shared<ScaffoldOptions>(options)) {
  options_->copy_from_scaffold = nullptr;
  if (!options.copy_from_scaffold) return;
  const ScaffoldOptions& other = *options.copy_from_scaffold->options_;
  ScaffoldOptions& mine = *options_;
  if (!mine.init_op) mine.init_op = other.init_op;
  if (mine.init_feed_dict.feeds().empty()) mine.init_feed_dict = other.init_feed_dict;
  if (!mine.init_fn) mine.init_fn = other.init_fn;
  if (!mine.ready_op) mine.ready_op = other.ready_op;
  if (!mine.ready_for_local_init_op) mine.ready_for_local_init_op = other.ready_for_local_init_op;
  if (!mine.local_init_op) mine.local_init_op = other.local_init_op;
  if (!mine.summary_op) mine.summary_op = other.summary_op;
  if (!mine.saver) mine.saver = other.saver;
}

const Scaffold& Scaffold::finalize() const {
  ScaffoldOptions& o = *options_;
  if (!o.init_op) {
    o.init_op = get_or_default<Operation>("init_op", GraphKeys::INIT_OP, [] {
      const Operation variables = global_variables_initializer();
      return std::optional(group({variables, initialize_resources()}));
    });
  }
  if (!o.ready_op) {
    o.ready_op = get_or_default<Output>("ready_op", GraphKeys::READY_OP,
                                        [] { return std::optional(names_not_initialized({})); });
  }
  if (!o.ready_for_local_init_op) {
    o.ready_for_local_init_op =
        get_or_default<Output>("ready_for_local_init_op", GraphKeys::READY_FOR_LOCAL_INIT_OP,
                               [] { return std::optional(names_not_initialized({.var_list = global_variables()})); });
  }
  if (!o.local_init_op) {
    o.local_init_op = get_or_default<Operation>("local_init_op", GraphKeys::LOCAL_INIT_OP,
                                                [] { return std::optional(default_local_init_op()); });
  }
  if (!o.summary_op) {
    o.summary_op = get_or_default<Output>("summary_op", GraphKeys::SUMMARY_OP, [] { return summary::merge_all(); });
  }
  if (!o.saver) {
    o.saver = get_or_default<std::shared_ptr<Saver>>("saver", GraphKeys::SAVERS, [] {
                return std::optional(std::make_shared<Saver>(SaverOptions{.sharded = true, .allow_empty = true}));
              }).value();
  }
  get_default_graph().finalize();
  log_info("Graph was finalized.");
  return *this;
}

std::function<void(const Session&)> Scaffold::init_fn() const {
  if (!options_->init_fn) return {};
  return [self = *this](const Session& session) { self.options_->init_fn(self, session); };
}

Operation Scaffold::default_local_init_op() {
  const Operation variables = local_variables_initializer();
  const Operation tables = tables_initializer();
  return group({variables, tables, initialize_resources()});
}

}  // namespace reflow::train
