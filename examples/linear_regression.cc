// Fits a line to noisy points by gradient descent: the first program of every tutorial.

#include <cstdio>

#include "reflow/reflow.h"

namespace tf = reflow;

int main() {
  tf::set_random_seed(1);
  // Points of y = 0.3 x + 0.1, x in [0, 1), with a little noise.
  constexpr int kPoints = 100;
  const tf::Output x = tf::random_uniform({kPoints}, {.seed = 1});
  const tf::Output y = x * 0.3 + 0.1 + tf::random_normal({kPoints}, {.stddev = 0.01, .seed = 2});

  const tf::Variable weight(tf::random_uniform({1}, {.minval = -1.0, .maxval = 1.0}), {.name = "weight"});
  const tf::Variable bias(tf::zeros({1}), {.name = "bias"});
  const tf::Output loss = tf::reduce_mean(tf::square(x * weight + bias - y));
  const tf::Operation train = tf::train::GradientDescentOptimizer(0.5).minimize(loss);

  tf::Session sess;
  sess.run(tf::global_variables_initializer());
  for (int step = 0; step <= 200; ++step) {
    if (step % 40 == 0) {
      std::printf("step %3d  weight %.4f  bias %.4f\n", step, sess.run(weight).item<float>(),
                  sess.run(bias).item<float>());
    }
    sess.run(train);
  }
  return 0;
}
