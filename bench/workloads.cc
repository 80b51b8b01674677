// reflow_bench_main WORKLOAD...   (none: lists them)

#include "workloads.h"

#include <cstdio>
#include <map>

#include "harness.h"

namespace reflow::bench {

tf::Session session(bool passes) {
  tf::SessionOptions options;
  options.config.intra_op_parallelism_threads = threads();
  options.config.inter_op_parallelism_threads = threads();
  if (!passes) options.config.disabled_passes = {"all"};
  return tf::Session(options);
}

tf::Session started() {
  tf::Session sess = session();
  sess.run(tf::global_variables_initializer());
  return sess;
}

std::function<void()> target(const tf::Session& sess, const std::vector<tf::GraphElement>& operations) {
  return [run = sess.make_callable(operations), none = std::vector<Tensor>()]() mutable { run.run({}, &none); };
}

namespace {

const std::map<std::string_view, void (*)()> kWorkloads = {
    {"null_run", null_run},   {"capi_null_run", capi_null_run},
    {"graph_build", graph_build}, {"mnist_mlp", mnist_mlp},
    {"mlp_width", mlp_width}, {"lenet", lenet},             {"ptb_lstm", ptb_lstm},
    {"matmul", matmul},       {"conv2d", conv2d},           {"elementwise", elementwise},
    {"sparse", sparse},       {"checkpoint", checkpoint},   {"tfrecord", tfrecord},
    {"image", image},         {"first_step", first_step},   {"_first_step", first_step_child},
};

}  // namespace

int run_workloads(int count, char** names) {
  for (int i = 0; i < count; ++i) {
    const auto workload = kWorkloads.find(names[i]);
    if (workload == kWorkloads.end()) {
      std::fprintf(stderr, "reflow does not implement %s\n", names[i]);
      return 1;
    }
    workload->second();
  }
  if (count == 0) {
    for (const auto& [name, run] : kWorkloads) {
      if (!name.starts_with('_')) std::printf("%s\n", std::string(name).c_str());
    }
  }
  return 0;
}

}  // namespace reflow::bench

int main(int argc, char** argv) {
  try {
    return reflow::bench::run_workloads(argc - 1, argv + 1);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 1;
  }
}
