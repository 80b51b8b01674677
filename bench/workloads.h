#pragma once

// The workloads of the peer-benchmark protocol in C++, against the public API, as a user would write them. Each prints the
// lines of its metrics and throws when it can't run.

#include <cstdint>
#include <functional>
#include <vector>

#include "reflow/reflow.h"

namespace reflow::bench {

namespace tf = reflow;

// A session with as many threads as the protocol asks for.
tf::Session session(bool passes = true);
// The same with all variables initialized.
tf::Session started();
// A call that runs operations without fetching what they compute.
std::function<void()> target(const tf::Session& sess, const std::vector<tf::GraphElement>& operations);

// overheads.cc
void null_run();
void graph_build();

// capi.cc
void capi_null_run();

// networks.cc
struct MlpGraph {
  tf::Output x, labels, loss;
  tf::Operation train;
};
MlpGraph mlp_graph(int64_t hidden = 500);
void mnist_mlp();
void mlp_width();
void lenet();

// language_model.cc
void ptb_lstm();

// first_step.cc
void first_step();
void first_step_child();  // what first_step times in a process of its own

// kernels.cc
void matmul();
void conv2d();
void elementwise();
void sparse();

// files.cc
void checkpoint();
void tfrecord();
void image();

}  // namespace reflow::bench
